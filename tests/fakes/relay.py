"""Doors in front of a server on this machine: one that speaks TLS, and a proxy that opens tunnels."""

from __future__ import annotations

import selectors
import socket
import socketserver
import ssl
import threading
from types import TracebackType
from typing import Self

_CHUNK = 65_536


class _Door:
    """Accepts connections on a free port of 127.0.0.1, each in a thread."""

    def __init__(self) -> None:
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                outer.serve(self.request)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="door")
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def serve(self, connection: socket.socket) -> None:
        raise NotImplementedError


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust us, or has enough, hangs up."""


class CutDoor(_Door):
    """Passes everything to `port`, until `cut` breaks the connections that are open; later ones are served again."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._to = port
        self._open: set[socket.socket] = set()

    def serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            _pass_on(connection, self._to)
        except OSError:
            return  # cut
        finally:
            self._open.discard(connection)

    def cut(self) -> None:
        """Break what is open, as a network does: without a word in the protocol."""
        for connection in list(self._open):
            connection.shutdown(socket.SHUT_RDWR)


class TlsDoor(_Door):
    """Takes TLS off and passes the rest to `port`."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        super().__init__()
        self._to = port
        self._context = context

    def serve(self, connection: socket.socket) -> None:
        with self._context.wrap_socket(connection, server_side=True) as plain:
            _pass_on(plain, self._to)


class TunnelProxy(_Door):
    """An HTTP proxy that connects every tunnel to `port`, whatever its name.

    `asked` are the heads of the requests, `authorized` those that came with the `Proxy-Authorization` that is demanded.
    """

    def __init__(self, port: int, *, status: str = "200 Connection established", demand: str | None = None) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.authorized: list[str] = []
        self._to = port
        self._status = status
        self._demand = demand

    def serve(self, connection: socket.socket) -> None:
        while head := _read_head(connection):
            self.asked.append(head)
            if self._demand and f"Proxy-Authorization: {self._demand}" not in head:
                challenge = "Proxy-Authenticate: Basic realm=proxy\r\nContent-Length: 0"
                connection.sendall(f"HTTP/1.1 407 Proxy Authentication Required\r\n{challenge}\r\n\r\n".encode())
                continue
            self.authorized.append(head)
            connection.sendall(f"HTTP/1.1 {self._status}\r\n\r\n".encode())
            if self._status.startswith("200"):
                _pass_on(connection, self._to)
            return


def _read_head(connection: socket.socket) -> str:
    """The request line and headers; empty when the client is gone."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return ""
        head += byte
    return head.decode()


def _pass_on(client: socket.socket, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as server, selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, server)
        selector.register(server, selectors.EVENT_READ, client)
        while True:
            for key, _ in selector.select():
                assert isinstance(key.fileobj, socket.socket)
                data = key.fileobj.recv(_CHUNK)
                while data and isinstance(key.fileobj, ssl.SSLSocket) and key.fileobj.pending():
                    data += key.fileobj.recv(_CHUNK)
                if not data:
                    return
                key.data.sendall(data)
