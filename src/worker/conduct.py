"""One task from the permission to its outcome: the place where failures become words on GitHub."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from worker import comments
from worker.errors import CutOff, PatchferryError, Refused, Retry
from worker.job import Job
from worker.markers import State
from worker.modes.quickfix import quickfix
from worker.permissions import Permissions
from worker.ports import Forge
from worker.report import price
from worker.status import Status
from worker.tasks import Answered, Ignored, Outcome, Rules, Task, Tools

_log = structlog.get_logger(__name__)

NextDelay = Callable[[float | None], int | None]


def conduct(
    task: Task, forge: Forge, tools: Tools, rules: Rules, *, next_delay: NextDelay, attempts: int = 1
) -> Outcome:
    """Do one task and tell its requester how it ended.

    `next_delay` says in how many seconds a passing failure is tried again, None for never. Raises Retry (the
    requester knows that it waits, or that it was given up), CutOff, and whatever is a bug; also Refused, when not even
    the permission could be looked up, so that nobody may be told.
    """
    permissions = Permissions(forge, task.repository)
    if not permissions.may_write(task.requested_by):
        _log.info("refused in silence", requested_by=task.requested_by)
        return Ignored(f"{task.requested_by} has no write access")
    _log.info("permitted", requested_by=task.requested_by)
    status = Status(forge, task.repository, task.issue, task.id, tools.redact)
    try:
        return quickfix(Job(task, rules, tools, forge, status, permissions))
    except Refused as refused:
        _log.warning("refused", reason=str(refused.reason), sentence=refused.sentence)
        _tell(status, "failed", comments.failed(refused.sentence, said=refused.said, usage=_spent(refused)))
        return Answered(refused.sentence, refused.reason, refused.usage)
    except Retry as retry:
        _tell_waiting(status, retry, next_delay(retry.after), attempts)
        raise
    except CutOff:
        raise
    except Exception:
        _tell(status, "gave_up", comments.broken(task.id))
        raise


def _tell_waiting(status: Status, retry: Retry, delay: int | None, attempts: int) -> None:
    """Say that the task waits, if that can be said now; what made it wait may be GitHub itself."""
    if delay is None:
        state: State = "gave_up"
        text = comments.gave_up(retry.sentence, attempts)
    else:
        until = datetime.now(UTC) + timedelta(seconds=delay)
        state, text = "waiting", comments.waiting(retry.sentence, until=f"{until:%Y-%m-%d %H:%M:%S} UTC")
    try:
        _tell(status, state, text)
    except Retry as unreachable:
        _log.warning("could not tell the requester", sentence=unreachable.sentence)


def _tell(status: Status, state: State, text: str) -> None:
    try:
        status.show(state, text)
    except Refused as refused:
        _log.error("cannot tell the requester", reason=str(refused.reason), sentence=refused.sentence)


def _spent(error: PatchferryError) -> str:
    usage = error.usage
    if usage is None or not usage.tokens_in + usage.tokens_out:
        return ""
    return f"{usage.tokens_in:,} tokens in, {usage.tokens_out:,} out, {price(usage)}"
