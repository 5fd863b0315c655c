"""The way to the model's server: no redirects, no compression, no answer without end; what the server says is noted.

Every client that litellm has for the models of a job is httpx's, so this stands at the one door of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from litellm.llms.custom_httpx import http_handler

from patchferry_engine.classify import Failure
from patchferry_engine.reported import Reported

httpx: Any = http_handler.httpx  # the one that litellm uses

_PLAIN = {"", "identity"}
# https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
_EVENT_FIELDS = (b":", b"event:", b"id:", b"retry:")
_CHUNKS_A_TOKEN = 4  # far more than any server needs
_BYTES_A_TOKEN = 2_048
_SPARE_CHUNKS = 1_000
_SPARE_BYTES = 1_000_000


class Wire:
    """The exchanges of one job with the server of `model`.

    `max_tokens` is what a server is asked for at most; an answer that goes far beyond is refused, and so is one that is
    compressed or garbled: by raising Abort, and in `refused`, because a library may swallow even that. `reported` is
    what the server has said since `begin`.
    """

    def __init__(self, model: str, max_tokens: int) -> None:
        self._model = model
        self._largest = _SPARE_BYTES + _BYTES_A_TOKEN * max_tokens
        self._responses: list[Any] = []
        self.longest = _SPARE_CHUNKS + _CHUNKS_A_TOKEN * max_tokens
        self.reported = Reported()
        self.refused: Failure | None = None

    def install(self) -> None:
        """Stand between httpx and its users in this process; there is no way back."""
        httpx.Client.send = self._watched(httpx.Client.send)

    def begin(self) -> None:
        """Forget the last call."""
        self.reported = Reported()
        self.refused = None

    def hang_up(self) -> None:
        """Close what was left open: httpcore waits for itself when the garbage collector has to do it."""
        while self._responses:
            self._responses.pop().close()

    def _watched(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def watched(client: Any, request: Any, *, stream: bool = False, **options: Any) -> Any:
            request.headers["Accept-Encoding"] = "identity"
            # A redirect would take the key and the repository's code to wherever the server likes.
            response = send(client, request, stream=True, **{**options, "follow_redirects": False})
            self._responses.append(response)
            self._inspect(response)
            if not stream:
                response.read()
            return response

        return watched

    def _inspect(self, response: Any) -> None:
        kind = response.headers.get("content-type", "").lower()
        # A few kilobytes can become gigabytes. What a refusal says in its body does not matter.
        if response.headers.pop("content-encoding", "").lower() not in _PLAIN and response.is_success:
            why = "compresses its answers although it was asked not to; check its address, or what stands between"
            self._refuse(Failure("configuration", f"the server of {self._model} {why}"))
        if response.is_success and kind.startswith("text/html"):
            self._garbled()
        check = response.is_success and kind.startswith(("text/event-stream", "application/x-ndjson"))
        response.stream = _stream(response.stream, lambda data: self._lines(data, check=check))

    def _lines(self, data: Iterator[bytes], *, check: bool) -> Iterator[bytes]:
        pending, size = bytearray(), 0
        for piece in data:
            size += len(piece)
            if size > self._largest:
                self._refuse(Failure("malformed", f"the answer of {self._model} does not end"))
            pending += piece
            end = pending.rfind(b"\n", len(pending) - len(piece)) + 1
            if end:
                yield self._read(bytes(pending[:end]), check=check)
                del pending[:end]
        if pending:
            yield self._read(bytes(pending), check=check)

    def _read(self, lines: bytes, *, check: bool) -> bytes:
        return b"".join(self._one(line, check=check) for line in lines.splitlines(keepends=True))

    def _one(self, line: bytes, *, check: bool) -> bytes:
        bare = line.rstrip(b"\r\n")
        read = self.reported.read(bare)
        if read is None and check and bare.strip() and not bare.startswith(_EVENT_FIELDS):
            # Of garbage some of litellm's readers wait for the end for ever.
            self._garbled()
        return (bare if read is None else read) + line[len(bare) :]

    def _garbled(self) -> None:
        sentence = f"{self._model} answered something that is no answer"
        self._refuse(Failure("model_unavailable", sentence, again=True))

    def _refuse(self, failure: Failure) -> None:
        self.refused = failure
        raise failure.abort()


def _stream(inner: Any, through: Callable[[Iterator[bytes]], Iterator[bytes]]) -> Any:
    """A stream of httpx that yields what `through` makes of the other's."""

    class Watched(httpx.SyncByteStream):  # type: ignore[misc]  # known at run time only
        def __iter__(self) -> Iterator[bytes]:
            return through(iter(inner))

        def close(self) -> None:
            inner.close()

    return Watched()
