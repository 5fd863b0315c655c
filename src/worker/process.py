"""Runs child processes: an argument list, an explicit environment, an end for the whole group."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from worker.deadline import Deadline
from worker.exchange import POLL_SECONDS, Sink, exchange


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
    limits: Mapping[int, int] = MappingProxyType({}),
) -> Finished:
    """Run `argv` in a session of its own and wait for it.

    Output over `max_output` bytes per stream is read and thrown away. `limits` maps RLIMIT_* of the module `resource`
    to the most that the child, and what it starts, may take; a limit that is stricter already stays.
    Raises what `deadline.check` raises, after the whole process group was killed; FileNotFoundError when the program is
    missing.
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
            _limit(child.pid, limits)
            if channel:
                channel.close_child_end()
            out, err = _talk(child, stdin, max_output, deadline, channel)
            _await_exit(child, deadline)
        finally:
            kill_group(child.pid)
    return Finished(child.returncode, out, err, time.monotonic() - started)


class Standing:
    """A child that stays, in a session of its own, without input and output; made by `start`."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self.pid = child.pid

    def ended(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._child.poll()

    def end(self, grace: float = 0.0) -> None:
        """Wait `grace` seconds for it to end, then kill its group, and wait for it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(grace)
            return
        kill_group(self.pid)
        self._child.wait()


def start(argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, pass_fds: Sequence[int] = ()) -> Standing:
    """Start a child and leave it running; who starts it ends it. FileNotFoundError when the program is missing."""
    return Standing(
        subprocess.Popen(
            list(argv),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
        )
    )


def kill_group(pid: int) -> None:
    """Kill every process of the group that `pid` leads; gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _limit(pid: int, limits: Mapping[int, int]) -> None:
    """From here, since code between fork and exec is not safe in a process with threads."""
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        for which, most in limits.items():
            _, hard = resource.prlimit(pid, which)
            value = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.prlimit(pid, which, (value, value))


def _talk(
    child: subprocess.Popen[bytes], stdin: bytes, limit: int, deadline: Deadline, channel: Channel | None
) -> tuple[bytes, bytes]:
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stderr is not None
    out, err = Sink(bytearray(), limit), Sink(bytearray(), limit)
    sinks = {child.stdout.fileno(): out, child.stderr.fileno(): err}
    if channel:
        sinks[channel.our_end] = Sink(channel.received, channel.limit)
    exchange(child.stdin, sinks, stdin, deadline)
    return bytes(out.data), bytes(err.data)


def _await_exit(child: subprocess.Popen[bytes], deadline: Deadline) -> None:
    while True:
        deadline.check()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=POLL_SECONDS)
            return
