"""Does one task in this process, and shows how it ended."""

from __future__ import annotations

import secrets
import signal
import time
from dataclasses import replace
from getpass import getuser
from typing import NoReturn

from patchferry import shown
from patchferry.asked import Here, OnGitHub, Text
from patchferry.exits import Exit
from patchferry.output import Format, say
from worker import authorship
from worker.brief import Brief
from worker.conduct import conduct
from worker.deadline import Deadline
from worker.drafting import Drafter
from worker.dry_run import DryRunForge, PlannedCall
from worker.dry_run_git import DryRunGit
from worker.errors import Reason, Refused
from worker.git.local import LocalRepository, read_repository
from worker.git.local_source import LocalGit
from worker.logs import bind_task
from worker.main import Workshop
from worker.models import QuickFix, task_id
from worker.modes.local import local
from worker.ports import Author, Forge, Git
from worker.tasks import Branched, Opened, Outcome, Task, Tools

_SOMEBODY = "you"  # who asks, in a dry run without a token


def run(workshop: Workshop, what: OnGitHub | Here, *, dry_run: bool, output: Format) -> int:
    """Do what was asked and print the result; returns the exit code."""
    signal.signal(signal.SIGTERM, _stop)
    workshop.settings.require_model()
    match what:
        case OnGitHub():
            outcome, planned = _on_github(workshop, what, dry_run=dry_run)
        case Here():
            outcome, planned = _here(workshop, what, dry_run=dry_run), ()
    shown.show(outcome, planned, output, dry_run=dry_run)
    return Exit.DONE if isinstance(outcome, Opened | Branched) else Exit.FAILED


def _on_github(workshop: Workshop, what: OnGitHub, *, dry_run: bool) -> tuple[Outcome, tuple[PlannedCall, ...]]:
    real = workshop.forge(what.repository)
    anonymous = workshop.tokens() is None
    if anonymous and not dry_run:
        raise Refused(Reason.CONFIGURATION, "GITHUB_TOKEN is not set: only --dry-run works without it")
    deadline = Deadline(workshop.settings.task_timeout)
    tools = workshop.tools(what.repository, deadline)
    planning = DryRunForge(real, anonymous=_SOMEBODY if anonymous else None)
    forge: Forge = planning if dry_run else real
    if dry_run:
        tools = replace(tools, git=DryRunGit(tools.git))
    task = _task(what, forge)
    with bind_task(task_id=task.id, repository=task.repository, kind="quickfix"):
        outcome = conduct(task, forge, tools, workshop.rules(), next_delay=lambda _after: None)
    return outcome, planning.planned


def _task(what: OnGitHub, forge: Forge) -> Task:
    """A request by hand is always a new one: what has failed before may be tried again."""
    requested_by = forge.login()
    if isinstance(what.what, Text):
        title, body = what.what.title, what.what.body
        return Task(secrets.token_hex(8), what.repository, requested_by, title=title, body=body)
    message = QuickFix(
        repository=what.repository, issue=what.what, requested_by=requested_by, revision=time.time_ns() // 1_000_000
    )
    return Task(task_id(message, forge.host), what.repository, requested_by, issue=what.what)


def _here(workshop: Workshop, what: Here, *, dry_run: bool) -> Outcome:
    repository = read_repository(what.path)
    if repository.dirty:
        say("Your uncommitted changes are left alone, and the model does not see them.")
    brief, issue = _brief(workshop, repository, what)
    settings = workshop.settings
    git: Git = LocalGit(settings.workspace_dir)
    deadline = Deadline(settings.task_timeout)
    tools = Tools(DryRunGit(git) if dry_run else git, workshop.engine(), deadline, workshop.redactor.redact)
    task = Task(secrets.token_hex(8), repository.root.name, getuser(), issue=issue)
    stem = f"issue-{issue}" if issue else "task"
    branch = f"{settings.branch_prefix}{stem}-{task.id[:8]}"
    drafter = Drafter(task, workshop.rules(), tools, _author(workshop, repository))
    with bind_task(task_id=task.id, repository=task.repository, kind="local"):
        return local(drafter, brief, str(repository.git_dir), repository.branch, branch)


def _brief(workshop: Workshop, repository: LocalRepository, what: Here) -> tuple[Brief, int | None]:
    if isinstance(what.what, Text):
        return Brief(what.what.title, what.what.body), None
    origin = repository.origin
    if origin is None or origin.host != workshop.addresses.host:
        sentence = f"{repository.root} has no remote on {workshop.addresses.host}, so --issue can't be looked up"
        raise Refused(Reason.REPOSITORY, sentence)
    issue = workshop.forge(origin.name).issue(origin.name, what.what)
    return Brief(issue.title, issue.body, issue.number), issue.number


def _author(workshop: Workshop, repository: LocalRepository) -> Author:
    if workshop.settings.commit_author:
        return authorship.author(workshop.settings.commit_author, "", "")
    return repository.author or Author("Patchferry", "patchferry@localhost")


def _stop(*_: object) -> NoReturn:
    """End by way of every `finally`: children are killed and workspaces removed."""
    raise SystemExit(Exit.CUT_OFF)
