"""The HTTP side of the scripted model: routes, streams, and the ways in which a connection can go wrong."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any, Protocol

from tests.fakes import model_ollama, model_openai
from tests.fakes.model_script import Cut, Drip, Drop, Hang, Request, Say, Status, Step

_OLLAMA_CALLS = ("/api/chat", "/api/generate")
_OPENAI_CALL = "/v1/chat/completions"
CALLS = (*_OLLAMA_CALLS, _OPENAI_CALL)


class Brain(Protocol):
    """What the server asks the scripted model."""

    closing: Event

    def decide(self, request: Request) -> Step:
        """The next step of the script, for a request that asks the model something."""

    def look_up(self, request: Request) -> dict[str, Any] | Status:
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
        request = Request(self.command, self.path, headers, body)
        if request.path not in CALLS:
            found = self.server.brain.look_up(request)
            if isinstance(found, Status):
                self._refuse(request, found)
            else:
                self._send(200, found)
            return
        self._act(request, self.server.brain.decide(request))

    def _act(self, request: Request, step: Step) -> None:
        match step:
            case Say():
                self._say(request, step)
            case Status():
                self._refuse(request, step)
            case Hang():
                self.server.brain.closing.wait()
                self._drop()
            case Drip():
                self._stream(request, self._for_ever(request, step.interval), end=False)
            case Cut():
                self._stream(request, iter([_piece(request, step.text)]), end=step.clean, terminate=False)
            case Drop():
                self._drop()

    def _say(self, request: Request, say: Say) -> None:
        wire = model_openai if request.path == _OPENAI_CALL else model_ollama
        # Ollama streams unless told not to, OpenAI the other way round.
        streams = request.body.get("stream", request.path != _OPENAI_CALL)
        if streams:
            self._stream(request, wire.answer(request, say))
        else:
            self._send(200, wire.whole(request, say))

    def _refuse(self, request: Request, status: Status) -> None:
        openai = request.path.startswith("/v1/")
        body = model_openai.error(status) if openai else {"error": status.message}
        headers = {"Retry-After": status.retry_after} if status.retry_after else {}
        self._send(status.status, body, headers)

    def _for_ever(self, request: Request, interval: float) -> Iterator[dict[str, Any]]:
        count = 0
        while not self.server.brain.closing.wait(interval):
            count += 1
            yield _piece(request, f"{count} ")

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
        self, request: Request, events: Iterator[dict[str, Any]], *, end: bool = True, terminate: bool = True
    ) -> None:
        openai = request.path == _OPENAI_CALL
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if openai else "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        form: Callable[[str], str] = (lambda text: f"data: {text}\n\n") if openai else (lambda text: f"{text}\n")
        for event in events:
            self._chunk(form(json.dumps(event)))
        if openai and end and terminate:
            self._chunk(form("[DONE]"))
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


def _piece(request: Request, text: str) -> dict[str, Any]:
    if request.path == _OPENAI_CALL:
        return model_openai.chunk(request, {"content": text})
    return model_ollama.fragment(request, text)
