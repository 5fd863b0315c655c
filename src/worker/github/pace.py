"""Keeps writes apart: GitHub asks for a second between requests that change something.

Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pace:
    """Lets one write through at a time, `pause` seconds after the end of the one before; for any thread."""

    def __init__(
        self, pause: float, *, sleep: Callable[[float], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause = pause
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock()

    @contextmanager
    def write(self) -> Iterator[None]:
        """Wait for the turn; the next one comes `pause` seconds after the block ends, however it ends."""
        with self._lock:
            wait = self._next - self._clock()
            if wait > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                self._next = self._clock() + self._pause
