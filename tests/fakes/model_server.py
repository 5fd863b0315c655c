"""The HTTP side of the scripted model: routes, streams, and the ways in which a connection can go wrong."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any, Protocol

from tests.fakes import model_ollama
from tests.fakes.model_script import Cut, Drip, Drop, Hang, Raw, Request, Say, Status, Step
from tests.fakes.model_wires import Wire, wire_of


class Brain(Protocol):
    """What the server asks the scripted model."""

    closing: Event

    def decide(self, request: Request) -> Step:
        """The next step of the script, for a request that asks the model something."""

    def look_up(self, request: Request) -> dict[str, Any] | Step:
        """The answer to any other request."""


class Server(ThreadingHTTPServer):
    """Listens on an ephemeral port of 127.0.0.1, with a thread for each connection."""

    daemon_threads = False  # so that server_close waits for them

    def __init__(self, brain: Brain) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.brain = brain
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection: a client that keeps it open would keep its thread waiting."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Hang up on every client, and wait for the threads."""
        for connection in list(self._connections):
            with suppress(OSError):  # gone meanwhile
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what many scripts are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(data) if data else {}
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, headers, body, query)
        wire = wire_of(path)
        if wire is None:
            found = self.server.brain.look_up(request)
            if isinstance(found, dict):
                self._send(200, found)
            else:
                self._act(model_ollama, request, found)
            return
        self._act(wire, request, self.server.brain.decide(request))

    def _act(self, wire: Wire, request: Request, step: Step) -> None:
        match step:
            case Say() if wire.streams(request):
                self._stream(wire, wire.answer(request, step))
            case Say():
                self._send(200, wire.whole(request, step))
            case Status():
                headers = {"Retry-After": step.retry_after, "Location": step.location}
                self._send(step.status, wire.error(step), {name: text for name, text in headers.items() if text})
            case Hang():
                self.server.brain.closing.wait()
                self._drop()
            case Drip():
                self._stream(wire, self._for_ever(wire, request, step.interval), end=False)
            case Cut():
                self._stream(wire, iter([wire.fragment(request, step.text)]), end=step.clean, terminate=False)
            case Drop():
                self._drop()
            case Raw():
                self._write(step)

    def _for_ever(self, wire: Wire, request: Request, interval: float) -> Iterator[dict[str, Any]]:
        count = 0
        while not self.server.brain.closing.wait(interval):
            count += 1
            yield wire.fragment(request, f"{count} ")

    def _write(self, raw: Raw) -> None:
        self.wfile.write(raw.start)
        while raw.again and not self.server.brain.closing.wait(raw.interval):
            self.wfile.write(raw.again)
        self._drop()

    def _send(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _stream(
        self, wire: Wire, events: Iterator[dict[str, Any]], *, end: bool = True, terminate: bool = True
    ) -> None:
        self.send_response(200)
        self.send_header("Content-Type", wire.CONTENT_TYPE)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in events:
            self._chunk(wire.framed(event))
        if wire.END and end and terminate:
            self._chunk(wire.END)
        if end:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self._drop()

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
