"""Local: a request becomes a branch in the requester's own repository, without a forge."""

from __future__ import annotations

import structlog

from worker.brief import Brief
from worker.drafting import Drafter, Stopwatch
from worker.tasks import Branched

_log = structlog.get_logger(__name__)


def local(drafter: Drafter, brief: Brief, source: str, base_branch: str, branch: str) -> Branched:
    """Fulfil `brief` on top of `base_branch` of the repository at `source`, and leave it there as `branch`.

    Raises the errors of `worker.errors`; until the branch is there nothing of the repository has changed.
    """
    watch = Stopwatch()
    drafter.tools.engine.check(drafter.tools.deadline)
    watch.start_clone()
    with drafter.tools.git.checkout(source, base_branch, drafter.tools.deadline) as checkout:
        watch.cloned()
        _log.info("cloned", branch=base_branch, base=checkout.base)
        made = drafter.draft(brief, checkout, watch)
        checkout.push(made.sha, branch, expected=None)
        _log.info("branch made", branch=branch, sha=made.sha)
    return Branched(branch, made.sha, made.report, made.diff.patch)
