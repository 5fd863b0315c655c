"""Runs a child process: an argument list, an explicit environment, a deadline that ends its whole group."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from worker.deadline import Deadline

_POLL_SECONDS = 0.05
_CHUNK = 65_536


@dataclass(frozen=True)
class Finished:
    """How a child ended. `stdout` and `stderr` hold at most the bytes that the caller allowed."""

    returncode: int
    stdout: bytes
    stderr: bytes
    seconds: float


class Channel:
    """A pipe on which a child answers beside its output; open it with `with`, around `run`.

    `received` holds at most `limit` bytes, and keeps them when `run` raises. The child writes to `child_end`.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.received = bytearray()
        self._ours = self._childs = -1

    @property
    def child_end(self) -> int:
        """The number of the child's descriptor, the same in the child as here."""
        return self._childs

    @property
    def our_end(self) -> int:
        return self._ours

    def __enter__(self) -> Self:
        self._ours, self._childs = os.pipe()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close_child_end()
        os.close(self._ours)

    def close_child_end(self) -> None:
        """Let go of the child's end, so that its last copy closes with the child."""
        if self._childs >= 0:
            os.close(self._childs)
            self._childs = -1


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    deadline: Deadline,
    stdin: bytes = b"",
    max_output: int = 50_000_000,
    pass_fds: Sequence[int] = (),
    channel: Channel | None = None,
) -> Finished:
    """Run `argv` in a session of its own and wait for it.

    Output over `max_output` bytes per stream is read and thrown away. Raises what `deadline.check` raises,
    after the whole process group was killed; FileNotFoundError when the program is missing.
    """
    started = time.monotonic()
    deadline.check()
    child = subprocess.Popen(
        list(argv),
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        pass_fds=(*pass_fds, *([channel.child_end] if channel else [])),
    )
    with child:
        try:
            if channel:
                channel.close_child_end()
            out, err = _talk(child, stdin, max_output, deadline, channel)
            _await_exit(child, deadline)
        finally:
            kill_group(child.pid)
    return Finished(child.returncode, out, err, time.monotonic() - started)


def kill_group(pid: int) -> None:
    """Kill every process of the group that `pid` leads; gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _talk(
    child: subprocess.Popen[bytes], stdin: bytes, limit: int, deadline: Deadline, channel: Channel | None
) -> tuple[bytes, bytes]:
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    out, err = _Sink(bytearray(), limit), _Sink(bytearray(), limit)
    sinks = {child.stdout.fileno(): out, child.stderr.fileno(): err}
    if channel:
        sinks[channel.our_end] = _Sink(channel.received, channel.limit)
    _exchange(child.stdin, sinks, stdin, deadline)
    return bytes(out.data), bytes(err.data)


def _await_exit(child: subprocess.Popen[bytes], deadline: Deadline) -> None:
    while True:
        deadline.check()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=_POLL_SECONDS)
            return


def _exchange(stdin: IO[bytes], sinks: Mapping[int, _Sink], data: bytes, deadline: Deadline) -> None:
    with selectors.DefaultSelector() as selector:
        for descriptor in sinks:
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ)
        os.set_blocking(stdin.fileno(), False)
        selector.register(stdin, selectors.EVENT_WRITE)
        rest = memoryview(data)
        while selector.get_map():
            deadline.check()
            for key, _ in selector.select(timeout=_POLL_SECONDS):
                if key.fileobj is stdin:
                    rest = _feed(stdin, rest)
                    if not rest:
                        selector.unregister(stdin)
                        with contextlib.suppress(BrokenPipeError):
                            stdin.close()
                    continue
                chunk = os.read(key.fd, _CHUNK)
                if chunk:
                    sinks[key.fd].take(chunk)
                else:
                    selector.unregister(key.fileobj)


@dataclass(frozen=True)
class _Sink:
    data: bytearray
    limit: int

    def take(self, chunk: bytes) -> None:
        self.data.extend(chunk[: max(0, self.limit - len(self.data))])


def _feed(stdin: IO[bytes], rest: memoryview) -> memoryview:
    if not rest:
        return rest
    try:
        return rest[os.write(stdin.fileno(), rest[:_CHUNK]) :]
    except BrokenPipeError:
        return rest[:0]
