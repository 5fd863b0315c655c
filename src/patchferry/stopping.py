"""Ctrl-C and SIGTERM: running work is cut off and cleans up after itself, and only then the process ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from patchferry.exits import Exit

if TYPE_CHECKING:
    from worker.deadline import Deadline

_T = TypeVar("_T")
_CODES = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.CUT_OFF, signal.SIGHUP: Exit.CUT_OFF}
_WHY = {Exit.INTERRUPTED: "interrupted by hand", Exit.CUT_OFF: "told to stop before it was done"}
_POLL_SECONDS = 0.1
_PULSE_SECONDS = 15.0
_ECHO_SECONDS = 1.0  # wrappers pass a Ctrl-C on that the terminal has sent to everybody already
_PATIENCE_SECONDS = 20.0  # more than a push that has begun, or one request to GitHub, may take


class Stop:
    """Hears signals while its `with` lasts. `code` is the exit code that the first one stands for, None so far.

    Outside of `attend` a signal ends the process by way of every `finally`.
    """

    def __init__(self) -> None:
        self.code: Exit | None = None
        self._attending = False
        self._again = False
        self._first = 0.0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in _CODES:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup and shells without job control want it
                self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def attend(self, work: Callable[[], _T], deadline: Deadline, tell: Callable[[str], object]) -> _T:
        """Do `work` in a thread and return what it returns; a signal cancels `deadline`, which ends it with CutOff.

        `tell` hears "still at it" from time to time, and "stopping". A second Ctrl-C, or work that does not end,
        leaves the process at once.
        """
        self._attending = True
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(work)
            self._watch(running, deadline, tell)
        self._attending = False
        return running.result()

    def _watch(self, running: Future[_T], deadline: Deadline, tell: Callable[[str], object]) -> None:
        pulse = time.monotonic() + _PULSE_SECONDS
        stopping = False
        while wait([running], timeout=_POLL_SECONDS).not_done:
            if self.code is not None and not stopping:
                stopping = True
                deadline.cancel(_WHY[self.code])
                tell("stopping")
            elif self._again or (stopping and time.monotonic() > self._first + _PATIENCE_SECONDS):
                sys.stderr.flush()
                os._exit(self.code or Exit.CUT_OFF)
            elif time.monotonic() > pulse:
                pulse += _PULSE_SECONDS
                tell("still at it")

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        code = _CODES[signal.Signals(number)]
        if not self._attending:
            raise KeyboardInterrupt if code is Exit.INTERRUPTED else SystemExit(code)
        if self.code is None:
            self.code, self._first = code, time.monotonic()
        elif code is Exit.INTERRUPTED:
            self._again = time.monotonic() > self._first + _ECHO_SECONDS
