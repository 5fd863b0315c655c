"""One task for a repository on this machine, ending in a branch there."""

from __future__ import annotations

import secrets
from collections.abc import Collection

import structlog

from patchferry.asked import Here, Text
from patchferry.asker import asker
from patchferry.ended import Ended
from worker import authorship
from worker.brief import Brief, trusted_comments
from worker.deadline import Deadline
from worker.drafting import Drafter
from worker.dry_run_git import DryRunGit
from worker.errors import Reason, Refused
from worker.git.local import LocalRepository, read_repository
from worker.git.local_source import LocalGit
from worker.github.addresses import Target
from worker.logs import bind_task
from worker.main import Workshop
from worker.modes.local import local
from worker.permissions import Permissions
from worker.ports import Author, Git
from worker.tasks import Task, Tools

_UNKNOWN = Author("Patchferry", "patchferry@localhost")
_log = structlog.get_logger(__name__)


def here(workshop: Workshop, what: Here, deadline: Deadline, *, dry_run: bool) -> Ended:
    """Do the task. Raises PatchferryError; the repository is then as it was."""
    repository = read_repository(what.path)
    settings = workshop.settings
    wanted = _wanted(what, repository, workshop.addresses.host)
    author = _author(settings.commit_author, repository)
    number = wanted.number if isinstance(wanted, Target) and _belongs(wanted, repository) else None
    task = Task(secrets.token_hex(8), repository.root.name, (repository.author or author).name, issue=number)
    branch = f"{settings.branch_prefix}{f'issue-{number}' if number else 'task'}-{task.id[:8]}"
    _check_name(branch, repository.branches)
    git: Git = LocalGit(settings.workspace_dir)
    tools = Tools(DryRunGit(git) if dry_run else git, workshop.engine(), deadline, workshop.redactor.redact)
    drafter = Drafter(task, workshop.rules(), tools, author)
    with bind_task(task_id=task.id, repository=task.repository, kind="local"):
        _log.info("begun", what=str(repository.root), model=settings.require_model())
        if repository.dirty:
            _log.info("uncommitted changes")
        brief = Brief(wanted.title, wanted.body) if isinstance(wanted, Text) else _brief(workshop, wanted)
        return Ended(local(drafter, brief, str(repository.git_dir), repository.branch, branch), dry_run=dry_run)


def _wanted(what: Here, repository: LocalRepository, host: str) -> Target | Text:
    """A bare number is an issue of the repository's origin."""
    if not isinstance(what.what, int):
        return what.what
    if repository.origin is None or repository.origin.host != host:
        sentence = f"{repository.root} has no remote on {host}: name the issue by owner/repo#{what.what}"
        raise Refused(Reason.REPOSITORY, sentence)
    return Target(repository.origin.name, what.what)


def _belongs(target: Target, repository: LocalRepository) -> bool:
    """Whether `Fixes #12` in this repository means that issue; the host may be an alias of ssh's."""
    return repository.origin is not None and repository.origin.name.lower() == target.repository.lower()


def _brief(workshop: Workshop, target: Target) -> Brief:
    """What the issue says, and those of its comments whose authors may write."""
    forge = workshop.forge(target.repository)
    issue = forge.issue(target.repository, target.number)
    if issue.is_pull_request:
        raise Refused(Reason.ISSUE, f"{target.repository}#{target.number} is a pull request; name an issue")
    who = asker(forge, target.repository, anonymous=workshop.tokens() is None)
    if not who.may_write:
        _log.info("comments left out")
        return Brief(issue.title, issue.body, issue.number)
    permissions = Permissions(forge, target.repository)
    told = trusted_comments(forge.comments(target.repository, target.number), who.login, permissions.may_write)
    return Brief(issue.title, issue.body, issue.number, told)


def _author(setting: str, repository: LocalRepository) -> Author:
    return authorship.author(setting, "", "") if setting else repository.author or _UNKNOWN


def _check_name(branch: str, branches: Collection[str]) -> None:
    """No model is asked for a branch that can't be made: git keeps no branch beside a folder of its name."""
    for taken in branches:
        if branch == taken or branch.startswith(f"{taken}/") or taken.startswith(f"{branch}/"):
            sentence = f"your branch {taken} is in the way of {branch}: set PATCHFERRY_BRANCH_PREFIX to another name"
            raise Refused(Reason.CONFIGURATION, sentence)
