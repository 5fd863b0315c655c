"""One warm engine process, from its start to its end: jobs are announced to it, and it forks a child for each."""

from __future__ import annotations

import os
import select
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from worker import process
from worker.deadline import Deadline
from worker.errors import Reason, Retry
from worker.exchange import POLL_SECONDS, Sink, exchange
from worker.llm import child

# Nobody's home. A parent writes nothing, and each of its children gets a home of its own.
_NO_HOME = "/nonexistent"
_KILL_SECONDS = 5.0


class Parent:
    """Starts `python` at once, without waiting for it. `active` and `served` count jobs, for whoever lends it out.

    Raises Refused(CONFIGURATION) when there is no such program.
    """

    def __init__(self, python: str) -> None:
        self.active = 0
        self.served = 0
        self._ready = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, ExitStack() as undo:
            undo.callback(self._control.close)
            try:
                self._process = process.start(
                    child.command(python, "serve", str(theirs.fileno())),
                    env=child.own_variables(_NO_HOME),
                    cwd=Path("/"),
                    pass_fds=[theirs.fileno()],
                )
            except OSError as error:
                raise child.cannot_start(error) from error
            undo.pop_all()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> int | None:
        """Its exit status; None while it lives."""
        return self._process.ended()

    def wait(self, deadline: Deadline) -> bool:
        """Wait until it has imported everything; False when it ended instead. Raises what `deadline.check` raises."""
        while not self._ready:
            deadline.check()
            if select.select([self._control], [], [], POLL_SECONDS)[0]:
                # Looked at and left there: another thread may wait for it too.
                self._ready = self._control.recv(16, socket.MSG_PEEK) == b"ready"
                if not self._ready:
                    self._process.end(_KILL_SECONDS)
                    return False
        return self.ended() is None

    def run(self, job: bytes, channel: process.Channel, deadline: Deadline) -> process.Finished:
        """Have a job done, after `wait`; what is raised is in `child.Runner`."""
        started = time.monotonic()
        out, err = Sink(bytearray(), child.LARGEST_OUTPUT), Sink(bytearray(), child.LARGEST_OUTPUT)
        with ExitStack() as stack:
            life, stdin, outputs = self._announce(channel, stack)
            sinks = dict(zip(outputs, (out, err), strict=True))
            try:
                exchange(stdin, {**sinks, channel.our_end: Sink(channel.received, channel.limit)}, job, deadline)
                status = _status(life, deadline)
            except BaseException:
                self._cut(life)
                raise
        return process.Finished(status, bytes(out.data), bytes(err.data), time.monotonic() - started)

    def close(self) -> None:
        """End it, and whatever job it still has."""
        self._control.close()
        self._process.end(_KILL_SECONDS if self.active else 0.0)

    def _announce(self, channel: process.Channel, stack: ExitStack) -> tuple[socket.socket, IO[bytes], list[int]]:
        """Hand the child's ends over; ours are closed with `stack`."""
        with ExitStack() as theirs:
            life, line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            stack.enter_context(life)
            theirs.enter_context(line)
            ours, given = zip(*(os.pipe() for _ in range(2)), strict=True)
            job, feed = os.pipe()
            stdin = stack.enter_context(os.fdopen(feed, "wb", buffering=0))
            for descriptor in ours:
                stack.callback(os.close, descriptor)
            for descriptor in (job, *given):
                theirs.callback(os.close, descriptor)
            try:
                socket.send_fds(self._control, [b"job"], [job, *given, channel.child_end, line.fileno()])
            except OSError as error:
                raise _lost() from error
        channel.close_child_end()
        return life, stdin, list(ours)

    def _cut(self, life: socket.socket) -> None:
        """Have the job killed, and return when it is gone."""
        with suppress(OSError):  # it is gone already
            life.shutdown(socket.SHUT_WR)
        life.settimeout(_KILL_SECONDS)
        try:
            life.recv(16)
        except TimeoutError:
            self._process.end()
        except OSError:
            return


def _status(life: socket.socket, deadline: Deadline) -> int:
    """The exit status, which is said when nothing of the job is left."""
    while not select.select([life], [], [], POLL_SECONDS)[0]:
        deadline.check()
    try:
        word = life.recv(16)
    except ConnectionResetError as error:
        raise _lost() from error
    if not word:
        raise _lost()
    return int(word)


def _lost() -> Retry:
    return Retry(Reason.ENGINE, "the engine's process was lost; a new one is started for the next try")
