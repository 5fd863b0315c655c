"""How a run ended."""

from __future__ import annotations

from dataclasses import dataclass

from worker.dry_run import PlannedCall
from worker.errors import PatchferryError
from worker.tasks import Outcome


@dataclass(frozen=True)
class Ended:
    """A run that has ended: with an outcome, or with an error that nobody tries again.

    A dry run also has the calls of GitHub that it would have made, and the (sha, branch) pairs it would have pushed.
    """

    outcome: Outcome | PatchferryError
    dry_run: bool = False
    planned: tuple[PlannedCall, ...] = ()
    pushes: tuple[tuple[str, str], ...] = ()
