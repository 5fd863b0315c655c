"""One delivery as work to be done, and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from worker import ladder, models
from worker.deadline import Deadline


class Settlement(StrEnum):
    """What becomes of a delivery."""

    ACK = "ack"
    DEAD = "dead"  # rejected, which dead-letters it
    AGAIN = "again"  # back to its place in the queue
    KEEP = "keep"  # left unacknowledged: the broker delivers it elsewhere when this worker is gone


@dataclass(frozen=True)
class Work:
    """One well-formed delivery. `attempt` counts the tries behind it, as our own header says."""

    message: models.QuickFix | models.Refine | models.Stop
    task_id: str
    attempt: int
    deadline: Deadline
    retry_delays: tuple[int, ...]

    def next_delay(self, after: float | None) -> int | None:
        """Seconds until a passing failure is tried again; None when it isn't."""
        return ladder.next_delay(self.retry_delays, self.attempt, after)
