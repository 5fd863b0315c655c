"""When a task that met a passing failure is tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ATTEMPT_HEADER = "x-patchferry-attempt"


def next_delay(delays: Sequence[int], attempt: int, after: float | None = None) -> int | None:
    """The seconds until the next try, one of `delays`; None when there are no tries left.

    `attempt` counts the tries that are behind, from 0 for the first one that failed. `after` is the least wait that
    the other side asked for: a longer step is taken for it, the longest when none is long enough.
    """
    steps = delays[attempt:]
    if not steps:
        return None
    return next((delay for delay in steps if after is None or delay >= after), steps[-1])


def attempt_of(headers: Mapping[str, object]) -> int:
    """How many tries are behind, as our own header says; anything unreadable counts as none."""
    value = headers.get(ATTEMPT_HEADER, 0)
    return value if isinstance(value, int) and value > 0 else 0
