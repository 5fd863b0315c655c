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
    brief = _brief(workshop, repository, what)
    settings = workshop.settings
    author = _author(settings.commit_author, repository)
    task = Task(secrets.token_hex(8), repository.root.name, (repository.author or author).name, issue=brief.issue)
    branch = f"{settings.branch_prefix}{f'issue-{task.issue}' if task.issue else 'task'}-{task.id[:8]}"
    _check_name(branch, repository.branches)
    git: Git = LocalGit(settings.workspace_dir)
    tools = Tools(DryRunGit(git) if dry_run else git, workshop.engine(), deadline, workshop.redactor.redact)
    with bind_task(task_id=task.id, repository=task.repository, kind="local"):
        _log.info("begun", what=str(repository.root), model=settings.require_model())
        if repository.dirty:
            _log.info("uncommitted changes")
        drafter = Drafter(task, workshop.rules(), tools, author)
        return Ended(local(drafter, brief, str(repository.git_dir), repository.branch, branch), dry_run=dry_run)


def _brief(workshop: Workshop, repository: LocalRepository, what: Here) -> Brief:
    match what.what:
        case Text(title, body):
            return Brief(title, body)
        case Target():
            return _of_issue(workshop, what.what)
        case number:
            origin = repository.origin
            host = workshop.addresses.host
            if origin is None or origin.host != host:
                sentence = f"{repository.root} has no remote on {host}: name the issue by owner/repo#{number}"
                raise Refused(Reason.REPOSITORY, sentence)
            return _of_issue(workshop, Target(origin.name, number))


def _of_issue(workshop: Workshop, target: Target) -> Brief:
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
