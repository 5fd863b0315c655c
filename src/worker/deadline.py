"""The time that one task may take, and the way to cut it off earlier."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from worker.errors import CutOff, Reason, Refused

_PUBLISHING_SECONDS = 10.0


class Deadline:
    """Counts down `seconds` from its creation; `cancel` may be called from any thread."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds
        self._cancelled = threading.Event()
        self._cancelled_at = 0.0
        self._patience = 0.0
        self._why = ""

    def remaining(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._end - self._clock())

    def cancel(self, why: str) -> None:
        """Make every later `check` raise CutOff; `why` is one sentence."""
        self._why = why
        self._cancelled_at = self._clock()
        self._cancelled.set()

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Within the block a cancellation comes 10 s late: what others will see is made whole or not begun."""
        self.check()
        self._patience = _PUBLISHING_SECONDS
        try:
            yield
        finally:
            self._patience = 0.0

    def expired(self) -> bool:
        """Whether `check` would raise."""
        return self._is_cut_off() or self.remaining() <= 0

    def check(self) -> None:
        """Raise CutOff after `cancel`, Refused(DEADLINE) when the time is over."""
        if self._is_cut_off():
            raise CutOff(Reason.INTERRUPTED, self._why)
        if self.remaining() <= 0:
            sentence = f"the task took longer than {self.seconds:.0f} s (PATCHFERRY_TASK_TIMEOUT)"
            raise Refused(Reason.DEADLINE, sentence)

    def wait(self, seconds: float) -> None:
        """Sleep for at most `seconds`, less when the deadline comes or the task is cut off; then `check`."""
        self._cancelled.wait(min(seconds, self.remaining()))
        self.check()

    def _is_cut_off(self) -> bool:
        return self._cancelled.is_set() and self._clock() - self._cancelled_at >= self._patience
