"""QuickFix: an issue becomes a pull request.

The order is the promise: look at what stands already, tell the human, only then spend money, publish last.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from worker import comments, pull_request_template, standing
from worker.brief import Brief, trusted_comments
from worker.drafting import Draft, Drafter, Stopwatch
from worker.errors import Reason, Refused
from worker.job import Job
from worker.ports import Comment, Issue, Repository
from worker.tasks import Opened, Outcome

_log = structlog.get_logger(__name__)


def quickfix(job: Job) -> Outcome:
    """Turn the task into a pull request, or find the one that stands for it already.

    Raises the errors of `worker.errors`; until the branch is pushed nothing but the status comment is visible.
    """
    watch = Stopwatch()
    repository = _repository(job)
    issue, conversation = _issue(job)
    title = job.task.title or (issue.title if issue else "")
    if settled := standing.settle(job, repository, title):
        return settled
    _require_open(issue)
    _announce(job)
    job.tools.engine.check(job.tools.deadline)
    brief = _brief(job, title, issue, conversation)
    try:
        made, template = _make(job, repository, brief, watch)
    except Refused as refused:
        # another worker may have been faster with this very task
        if refused.reason is Reason.BRANCH_MOVED and (settled := standing.settle(job, repository, title)):
            return settled
        raise
    return _open(job, repository, made, template)


def _repository(job: Job) -> Repository:
    repository = job.forge.repository(job.task.repository)
    if repository.archived:
        raise Refused(Reason.REPOSITORY, "the repository is archived, so nothing can be pushed to it")
    return repository


def _issue(job: Job) -> tuple[Issue | None, Sequence[Comment]]:
    if job.task.issue is None:
        return None, ()
    issue = job.forge.issue(job.task.repository, job.task.issue)
    conversation = job.forge.comments(job.task.repository, job.task.issue)
    job.status.recall(conversation)
    return issue, conversation


def _require_open(issue: Issue | None) -> None:
    if issue is None:
        return
    if issue.is_pull_request:
        raise Refused(Reason.ISSUE, f"#{issue.number} is a pull request; a quickfix starts from an issue")
    if not issue.open:
        raise Refused(Reason.ISSUE, "the issue is closed; open it again and set the label anew")


def _announce(job: Job) -> None:
    if job.task.issue is not None:
        job.forge.react(job.task.repository, job.task.issue)
    job.status.show("working", comments.working())
    _log.info("announced")


def _brief(job: Job, title: str, issue: Issue | None, conversation: Sequence[Comment]) -> Brief:
    body = job.task.body if job.task.body is not None else (issue.body if issue else "")
    told = trusted_comments(conversation, job.forge.login(), job.permissions.may_write)
    return Brief(title, body, job.task.issue, told, job.task.instructions)


def _make(job: Job, repository: Repository, brief: Brief, watch: Stopwatch) -> tuple[Draft, str | None]:
    watch.start_clone()
    with job.tools.git.checkout(repository.clone_url, repository.default_branch, job.tools.deadline) as checkout:
        watch.cloned()
        _log.info("cloned", branch=repository.default_branch, base=checkout.base)
        template = pull_request_template.read(checkout)
        made = Drafter(job.task, job.rules, job.tools, job.author()).draft(brief, checkout, watch)
        checkout.push(made.sha, job.branch, expected=None)
        _log.info("pushed", branch=job.branch, sha=made.sha)
    return made, template


def _open(job: Job, repository: Repository, made: Draft, template: str | None) -> Opened:
    body = comments.pull_request_body(job.task, made.diff, made.report, made.said, template)
    opened = job.open_pull_request(repository.default_branch, made.title, body)
    _log.info("pull request opened", pull_request=opened.number, draft=opened.draft)
    job.status.show(
        "done", comments.opened(opened.url, draft=opened.draft, wanted_draft=job.rules.draft, report=made.report)
    )
    return Opened(opened.url, opened.number, opened.head_branch, made.report, made.diff.patch)
