"""Health probes over HTTP, from a thread of their own: they answer while the event loop is busy or blocked.

`/health/live` is 200 while the loop ticks; the broker has no part in it, since a restart would not bring it back.
`/health/ready` is 200 while the worker is connected to the broker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

_STALE_SECONDS = 30.0


class Health:
    """Serves the probes on `port` of all interfaces while its `with` lasts; port 0 serves nothing.

    `tick` is called by the event loop, again and again. Raises OSError when the port is taken.
    """

    def __init__(self, port: int, ready: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._ready = ready
        self._clock = clock
        self._ticked = clock()
        self._server = _Server(port, self) if port else None

    def tick(self) -> None:
        """The event loop is alive."""
        self._ticked = self._clock()

    def status(self, path: str) -> HTTPStatus:
        """What a probe of `path` is answered."""
        match path:
            case "/health/live":
                healthy = self._clock() - self._ticked < _STALE_SECONDS
            case "/health/ready":
                healthy = self._ready()
            case _:
                return HTTPStatus.NOT_FOUND
        return HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE

    @property
    def port(self) -> int:
        """Where it listens; 0 when it does not."""
        return self._server.server_port if self._server else 0

    def __enter__(self) -> Self:
        if self._server:
            threading.Thread(target=self._server.serve_forever, args=(0.1,), name="health", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, health: Health) -> None:
        self.health = health
        super().__init__(("", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5.0

    def do_GET(self) -> None:
        status = self.server.health.status(self.path)
        body = f"{status.phrase}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
        """A probe every few seconds is no event."""
