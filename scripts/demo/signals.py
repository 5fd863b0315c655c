"""How the demo ends before its end: once, with everything tidied up."""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn

_ASKED_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """Somebody wants the demo to end. A KeyboardInterrupt, because asyncio swallows others of its rank."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def listen() -> None:
    """From now on a signal that asks this process to end raises Interrupted, the first time."""
    for number in _ASKED_TO_END:
        signal.signal(number, _raise)


def ignore() -> None:
    """From now on nothing interrupts: what is left to do is tidying up, and takes seconds."""
    for number in _ASKED_TO_END:
        signal.signal(number, signal.SIG_IGN)


def _raise(number: int, _frame: FrameType | None) -> NoReturn:
    ignore()
    raise Interrupted(number)
