"""The warm parent: imports once, and forks a child for every job; it holds no secret, no thread and no connection.

The worker announces a job by five descriptors on the control socket: where the child reads the job, its output, its
errors, its report, and the life line, a socket. On that the parent says the exit status once nothing of the job is
left; when the worker lets go of it, the parent kills. On the control socket it says "ready", and ends when that closes.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from patchferry_engine import limits, linux
from patchferry_engine.protocol import Job, Report
from patchferry_engine.single import Perform, answer

_DESCRIPTORS = 5
_REPORT = 3  # where a child finds it


def serve(descriptor: int, load: Callable[[], Perform]) -> None:
    """Serve the socket `descriptor` until the worker closes it or dies. What `load` raises, every job is told."""
    worker = os.getppid()
    # Of these only the worker's end ends us. While we import, we are nobody's parent, and may be killed outright.
    for ignored in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    linux.when_the_parent_dies(signal.SIGHUP)
    linux.adopt_orphans()
    with socket.socket(fileno=descriptor) as control, _bell() as bell:
        _Parent(control, bell, worker, _loaded(load)).serve()


def _loaded(load: Callable[[], Perform]) -> Perform:
    try:
        return load()
    except BaseException as error:  # noqa: BLE001 - told by every child, in its own way
        reason = error

        def fail(_job: Job, _report: Report) -> None:
            raise reason

        return fail


def _bell() -> socket.socket:
    """Readable after a signal: a child has ended, or the worker. There is no thread whose end could ring it."""
    bell, clapper = socket.socketpair()
    for end in (bell, clapper):
        end.settimeout(0)

    def heard(_number: int, _frame: FrameType | None) -> None:
        """The byte that Python writes to the wake-up descriptor says it all."""

    signal.set_wakeup_fd(clapper.detach(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, heard)
    signal.signal(signal.SIGHUP, heard)
    return bell


class _Parent:
    def __init__(self, control: socket.socket, bell: socket.socket, worker: int, perform: Perform) -> None:
        self._control = control
        self._bell = bell
        self._worker = worker
        self._perform = perform
        self._lives: dict[int, socket.socket] = {}  # by process
        self._doomed: set[int] = set()

    def serve(self) -> None:
        try:
            with suppress(BrokenPipeError):
                self._control.send(b"ready")
            while os.getppid() == self._worker and self._turn():
                self._settle()
        finally:
            for pid in self._lives:
                linux.kill_group(pid)
            self._lives.clear()
            self._sweep()

    def _turn(self) -> bool:
        """Wait for anything to happen, and do it; False when the worker has gone."""
        watched = {life: pid for pid, life in self._lives.items() if pid not in self._doomed}
        ready, _, _ = select.select([self._control, self._bell, *watched], [], [])
        for one in ready:
            if one is self._bell:
                self._bell.recv(4096)
            elif one is not self._control:
                self._doomed.add(watched[one])
                linux.kill_group(watched[one])
            elif not self._take():
                return False
        return True

    def _take(self) -> bool:
        try:
            word, descriptors, _, _ = socket.recv_fds(self._control, 16, _DESCRIPTORS)
        except ConnectionResetError:
            return False
        if not word:
            return False
        *child, last = descriptors
        us = os.getpid()
        pid = os.fork()
        if not pid:
            _become_child(us, child, self._perform)
        self._lives[pid] = socket.socket(fileno=last)
        for descriptor in child:
            os.close(descriptor)
        return True

    def _settle(self) -> None:
        """Wait for what has ended; a task's whole group goes before its leader's number is free."""
        with suppress(ChildProcessError):
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                pid = ended.si_pid
                life = self._lives.pop(pid, None)
                if life:
                    linux.kill_group(pid)
                _, status = os.waitpid(pid, 0)
                if life:
                    self._doomed.discard(pid)
                    self._sweep()
                    with life, suppress(OSError):  # the worker may not want to know any more
                        life.send(b"%d" % os.waitstatus_to_exitcode(status))

    def _sweep(self) -> None:
        """Kill whatever has come to us from a task. Each may leave children of its own, which come next."""
        while strangers := linux.children() - self._lives.keys():
            for pid in strangers:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _become_child(parent: int, descriptors: list[int], perform: Perform) -> NoReturn:
    try:
        os.setsid()
        linux.when_the_parent_dies(signal.SIGKILL)
        if os.getppid() == parent:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            _keep_only(descriptors)
            limits.confine()
            gc.enable()
            answer(perform, _REPORT)
            os._exit(0)
    finally:
        os._exit(1)


def _keep_only(descriptors: list[int]) -> None:
    """Put them to 0, 1, 2, 3 and close every other one."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
    for entry in list(Path("/proc/self/fd").iterdir()):  # the limit may be a thousand million
        if int(entry.name) > _REPORT:
            with suppress(OSError):  # the one that listed them
                os.close(int(entry.name))
