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
from typing import IO

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


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    deadline: Deadline,
    stdin: bytes = b"",
    max_output: int = 50_000_000,
    pass_fds: Sequence[int] = (),
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
        pass_fds=tuple(pass_fds),
    )
    with child:
        try:
            out, err = _talk(child, stdin, max_output, deadline)
            _await_exit(child, deadline)
        finally:
            kill_group(child.pid)
    return Finished(child.returncode, out, err, time.monotonic() - started)


def kill_group(pid: int) -> None:
    """Kill every process of the group that `pid` leads; gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _talk(child: subprocess.Popen[bytes], stdin: bytes, limit: int, deadline: Deadline) -> tuple[bytes, bytes]:
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    outputs: dict[IO[bytes], bytearray] = {child.stdout: bytearray(), child.stderr: bytearray()}
    _exchange(child.stdin, outputs, stdin, limit, deadline)
    return bytes(outputs[child.stdout]), bytes(outputs[child.stderr])


def _await_exit(child: subprocess.Popen[bytes], deadline: Deadline) -> None:
    while True:
        deadline.check()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=_POLL_SECONDS)
            return


def _exchange(
    stdin: IO[bytes], outputs: dict[IO[bytes], bytearray], data: bytes, limit: int, deadline: Deadline
) -> None:
    with selectors.DefaultSelector() as selector:
        for stream in outputs:
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ)
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
                stream = next(one for one in outputs if one is key.fileobj)
                chunk = os.read(stream.fileno(), _CHUNK)
                if chunk:
                    outputs[stream] += chunk[: max(0, limit - len(outputs[stream]))]
                else:
                    selector.unregister(stream)


def _feed(stdin: IO[bytes], rest: memoryview) -> memoryview:
    if not rest:
        return rest
    try:
        return rest[os.write(stdin.fileno(), rest[:_CHUNK]) :]
    except BrokenPipeError:
        return rest[:0]
