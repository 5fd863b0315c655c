"""The way to the model's server: no redirects, no compression, no answer without end; what the server says is noted.

Every client that litellm has for the models of a job is httpx's, so this stands at the one door of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from litellm.llms.custom_httpx import http_handler

from patchferry_engine.failures import Abort
from patchferry_engine.reported import Reported

httpx: Any = http_handler.httpx  # the one that litellm uses

_PLAIN = {"", "identity"}
_CHUNKS_A_TOKEN = 4  # far more than any server needs
_BYTES_A_TOKEN = 2_048
_SPARE_CHUNKS = 1_000
_SPARE_BYTES = 1_000_000


class Wire:
    """The exchanges of one job with the server of `model`.

    `max_tokens` is what a server is asked for at most; an answer that goes far beyond is refused by raising Abort, and
    kept in `refused`, because a library may swallow even that. `reported` is what the server has said since `begin`.
    """

    def __init__(self, model: str, max_tokens: int) -> None:
        self._model = model
        self._largest = _SPARE_BYTES + _BYTES_A_TOKEN * max_tokens
        self.longest = _SPARE_CHUNKS + _CHUNKS_A_TOKEN * max_tokens
        self.reported = Reported()
        self.refused: Abort | None = None

    def install(self) -> None:
        """Stand between httpx and its users in this process; there is no way back."""
        httpx.Client.send = self._watched(httpx.Client.send)

    def begin(self) -> None:
        """Forget the last call."""
        self.reported = Reported()
        self.refused = None

    def _watched(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def watched(client: Any, request: Any, *, stream: bool = False, **options: Any) -> Any:
            request.headers["Accept-Encoding"] = "identity"
            # A redirect would take the key and the repository's code to wherever the server likes.
            response = send(client, request, stream=True, **{**options, "follow_redirects": False})
            try:
                self._open(response)
                if not stream:
                    response.read()
            except BaseException:
                response.close()
                raise
            return response

        return watched

    def _open(self, response: Any) -> None:
        # A few kilobytes can become gigabytes.
        if response.headers.pop("content-encoding", "").lower() not in _PLAIN and response.is_success:
            self._refuse(
                "configuration",
                f"the server of {self._model} compresses its answers although it was asked not to; "
                "check its address, or what stands between",
            )
        response.stream = _stream(response.stream, self._lines)

    def _lines(self, data: Iterator[bytes]) -> Iterator[bytes]:
        pending, size = bytearray(), 0
        for piece in data:
            size += len(piece)
            if size > self._largest:
                self._refuse("malformed", f"the answer of {self._model} does not end")
            pending += piece
            end = pending.rfind(b"\n", len(pending) - len(piece)) + 1
            if end:
                yield self._read(bytes(pending[:end]))
                del pending[:end]
        if pending:
            yield self._read(bytes(pending))

    def _read(self, lines: bytes) -> bytes:
        return b"".join(map(self._one, lines.splitlines(keepends=True)))

    def _one(self, line: bytes) -> bytes:
        bare = line.rstrip(b"\r\n")
        return self.reported.read(bare) + line[len(bare) :]

    def _refuse(self, reason: Any, sentence: str) -> None:
        self.refused = Abort(reason, sentence)
        raise self.refused


def _stream(inner: Any, through: Callable[[Iterator[bytes]], Iterator[bytes]]) -> Any:
    """A stream of httpx that yields what `through` makes of the other's."""

    class Watched(httpx.SyncByteStream):  # type: ignore[misc]  # known at run time only
        def __iter__(self) -> Iterator[bytes]:
            return through(iter(inner))

        def close(self) -> None:
            inner.close()

    return Watched()
