"""An HTTP exchange that ends in time and in size, whatever the server does: httpx's own limits are for each read."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Self

import httpx


class Bounds:
    """Within its `with`, the clients that have `hooks` get `seconds` in all; a body may have `size` bytes.

    At the end of the time the connection is cut, which the client takes for a lost one: httpx.TransportError.
    """

    def __init__(self, seconds: float, size: int) -> None:
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True
        self.size = size
        self._lock = Lock()
        self.over = False
        self._connections: list[socket.socket] = []

    @property
    def hooks(self) -> dict[str, list[Any]]:
        """For httpx's `event_hooks`."""
        return {"request": [self._watch], "response": [self._limit]}

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _watch(self, request: httpx.Request) -> None:
        request.headers["Accept-Encoding"] = "identity"
        request.extensions = {**request.extensions, "trace": self._trace}

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """See https://www.python-httpx.org/advanced/extensions/#trace."""
        if event != "connection.connect_tcp.complete":
            return
        # A handle of our own on the connection: TLS takes the client's away.
        own = socket.socket(fileno=os.dup(info["return_value"].get_extra_info("socket").fileno()))
        with self._lock:
            self._connections.append(own)
        if self.over:
            self._cut()

    def _cut(self) -> None:
        self.over = True
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # closed meanwhile
                    connection.shutdown(socket.SHUT_RDWR)

    def _limit(self, response: httpx.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx.DecodingError("a compressed answer, which was not asked for", request=response.request)
        response.stream = _Limited(response.stream, self)


class _Limited(httpx.SyncByteStream):
    def __init__(self, inner: Any, bounds: Bounds) -> None:
        self._inner = inner
        self._bounds = bounds

    def __iter__(self) -> Iterator[bytes]:
        left = self._bounds.size
        for piece in self._inner:
            left -= len(piece)
            if left < 0:
                raise httpx.DecodingError("an answer without end")
            yield piece
        if self._bounds.over:
            # A body without a length ends with the connection, so what was cut off looks whole.
            raise httpx.ReadTimeout("an answer that took too long")

    def close(self) -> None:
        self._inner.close()
