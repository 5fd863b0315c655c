"""One task for a repository on GitHub, from the token's own user, ending in a pull request."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

import structlog

from patchferry.asked import OnGitHub, Text
from patchferry.asker import Asker, asker
from patchferry.ended import Ended
from worker import comments
from worker.conduct import conduct
from worker.deadline import Deadline
from worker.dry_run import DryRunForge
from worker.dry_run_git import DryRunGit
from worker.errors import CutOff, PatchferryError, Reason, Refused
from worker.logs import bind_task
from worker.main import Workshop
from worker.models import QuickFix, task_id
from worker.ports import Forge
from worker.status import Status
from worker.tasks import Outcome, Task, Tools

_log = structlog.get_logger(__name__)


def on_github(workshop: Workshop, what: OnGitHub, deadline: Deadline, *, dry_run: bool) -> Ended:
    """Do the task. Raises PatchferryError for what is wrong before it has begun."""
    anonymous = workshop.tokens() is None
    if anonymous and not dry_run:
        raise Refused(Reason.CONFIGURATION, "GITHUB_TOKEN is not set: only --dry-run works without it")
    forge = workshop.forge(what.repository)
    _look(forge, what, anonymous=anonymous)
    who = asker(forge, what.repository, anonymous=anonymous)
    if not (who.may_write or dry_run):
        sentence = f"{who.login} has no write access to {what.repository}: only --dry-run works without it"
        raise Refused(Reason.REPOSITORY, sentence)
    task = _task(what, who, forge.host)
    tools = workshop.tools(what.repository, deadline)
    with bind_task(task_id=task.id, repository=task.repository, kind="quickfix"):
        name = f"{task.repository}#{task.issue}" if task.issue else task.repository
        _log.info("begun", what=name, model=workshop.settings.require_model())
        return _plan(workshop, task, forge, tools, who) if dry_run else Ended(_conduct(workshop, task, forge, tools))


def _look(forge: Forge, what: OnGitHub, *, anonymous: bool) -> None:
    """Nobody is told about a task whose repository or issue is not there, and its permission can't be asked for."""
    try:
        forge.repository(what.repository)
    except Refused as refused:
        if not anonymous or refused.reason is not Reason.REPOSITORY:
            raise
        sentence = f"there is no public repository {what.repository}: set GITHUB_TOKEN if it is private"
        raise Refused(Reason.REPOSITORY, sentence) from refused
    if isinstance(what.what, int):
        forge.issue(what.repository, what.what)


def _task(what: OnGitHub, who: Asker, host: str) -> Task:
    """A request by hand is always a new one: what has failed before may be tried again."""
    if isinstance(what.what, Text):
        title, body = what.what.title, what.what.body
        return Task(secrets.token_hex(8), what.repository, who.login, title=title, body=body)
    revision = time.time_ns() // 1_000_000
    message = QuickFix(repository=what.repository, issue=what.what, requested_by=who.login, revision=revision)
    return Task(task_id(message, host), what.repository, who.login, issue=what.what)


def _plan(workshop: Workshop, task: Task, forge: Forge, tools: Tools, who: Asker) -> Ended:
    if not who.may_write and task.issue:
        _log.info("comments left out")
    planning = DryRunForge(forge, anonymous=None if who.may_write else who.login)
    git = DryRunGit(tools.git)
    outcome = _conduct(workshop, task, planning, replace(tools, git=git))
    return Ended(outcome, dry_run=True, planned=planning.planned, pushes=tuple(git.pushes))


def _conduct(workshop: Workshop, task: Task, forge: Forge, tools: Tools) -> Outcome | PatchferryError:
    try:
        return conduct(task, forge, tools, workshop.rules(), next_delay=lambda _after: None)
    except CutOff as cut:
        _tell(Status(forge, task.repository, task.issue, task.id, tools.redact), cut)
        return cut
    except PatchferryError as error:
        return error


def _tell(status: Status, cut: CutOff) -> None:
    """Nobody takes this task up again, so a comment that says "on it" must not be its last word."""
    try:
        if status.find():
            status.show("gave_up", comments.gave_up(cut.sentence, 1))
    except PatchferryError as error:
        _log.warning("could not tell the requester", sentence=error.sentence)
