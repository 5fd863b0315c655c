"""The last line of defence: an audit hook that refuses processes, strange addresses and writes elsewhere.

Nothing that Aider is asked to do needs them. See https://docs.python.org/3/library/audit_events.html.
"""

from __future__ import annotations

import os
import platform
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from patchferry_engine.failures import Abort
from patchferry_engine.policy import PathPolicy
from patchferry_engine.protocol import Address

_PROCESS = {
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.fork",
    "os.forkpty",
    "pty.spawn",
}
_SERVING = {"socket.bind", "socket.sendto", "socket.sendmsg"}
_LOOKUP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_CHANGING = {
    "os.remove": 1,
    "os.rename": 2,
    "os.link": 2,
    "os.symlink": 2,
    "os.mkdir": 1,
    "os.rmdir": 1,
    "os.truncate": 1,
    "os.chmod": 1,
    "os.chown": 1,
    "os.utime": 1,
    "sqlite3.connect": 1,
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Refuses by raising Abort; the first refusal is kept in `tripped`, because a library may swallow even that."""

    def __init__(self, policy: PathPolicy, addresses: Iterable[Address], writable: Iterable[str]) -> None:
        self._policy = policy
        self._addresses = tuple(addresses)
        self._writable = tuple(os.path.realpath(one) + os.sep for one in writable)
        self._known: set[tuple[Any, ...]] = set()
        self.tripped: Abort | None = None

    def install(self) -> None:
        """Watch this process from now on; there is no way back."""
        platform.processor()  # runs `uname` and remembers the answer, which OpenAI's client sends along
        resolve = socket.getaddrinfo

        def remember(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            found = resolve(host, port, *args, **kwargs)
            self._known.update(answer[4][:2] for answer in found)
            return found

        socket.getaddrinfo = remember
        sys.addaudithook(self._hook)

    def check(self) -> None:
        """Raise the first refusal again, if there was one."""
        if self.tripped:
            raise self.tripped

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            self._open(*args)
        elif event in _CHANGING:
            for path in args[: _CHANGING[event]]:
                self._write(path)
        elif event in _LOOKUP:
            self._look_up(args[0], args[1] if len(args) > 1 else None)
        elif event == "socket.connect":
            self._connect(args[1])
        elif event in _PROCESS:
            self._refuse(Abort("engine", f"the engine tried to start a process or program ({event})"))
        elif event in _SERVING:
            self._refuse(Abort("engine", f"the engine tried to use the network in a way it must not ({event})"))

    def _open(self, path: Any, _mode: Any, flags: int | None) -> None:
        if flags is not None and flags & _WRITING:
            self._write(path)

    def _write(self, path: Any) -> None:
        if isinstance(path, int) or path == ":memory:":
            return
        full = os.path.normpath(Path.cwd() / os.fsdecode(path))
        if full == os.devnull or (os.path.realpath(full) + os.sep).startswith(self._writable):
            return
        why = self._policy.unwritable(full)
        if why:
            self._refuse(Abort("forbidden_path", f"something tried to write {self._policy.show(full)}, which {why}"))

    def _look_up(self, host: Any, port: Any) -> None:
        name = os.fsdecode(host) if host else ""
        if not any(_covers(one, name) and port in (None, one.port, str(one.port)) for one in self._addresses):
            self._refuse(Abort("engine", "the engine tried to reach a host that is not the model's"))

    def _connect(self, address: Any) -> None:
        if not isinstance(address, tuple) or tuple(address[:2]) not in self._known:
            self._refuse(Abort("engine", "the engine tried to reach an address that is not the model's"))

    def _refuse(self, abort: Abort) -> None:
        self.tripped = self.tripped or abort
        raise abort


def _covers(address: Address, name: str) -> bool:
    wanted, given = address.host.lower(), name.lower()
    return given.endswith(wanted[1:]) if wanted.startswith("*.") else given == wanted
