"""Repeats a read in place through a short outage; longer ones are the queue's business."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from worker.github.errors import Outage

DELAYS = (0.2, 1.0, 3.0)
BUDGET_SECONDS = 5.0

T = TypeVar("T")


def repeated(
    send: Callable[[], T],
    *,
    sleep: Callable[[float], None],
    delays: tuple[float, ...] = DELAYS,
    clock: Callable[[], float] = time.monotonic,
) -> T:
    """Call `send`, again after each of `delays` seconds while it raises Outage and about 5 s have not passed.

    An outage that names its own wait is not repeated. Only for reads: nobody knows what a write that met an
    outage has done.
    """
    started = clock()
    for delay in delays:
        try:
            return send()
        except Outage as outage:
            if outage.after is not None or clock() - started + delay > BUDGET_SECONDS:
                raise
        sleep(delay)
    return send()
