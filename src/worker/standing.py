"""What stands already: an earlier run of this task, or another task for the same issue, may have left it."""

from __future__ import annotations

import structlog

from worker import authorship, comments, markers
from worker.errors import Reason, Refused
from worker.job import Job
from worker.ports import Branch, PullRequest, Repository
from worker.tasks import Ignored, Opened, Outcome

_log = structlog.get_logger(__name__)


def settle(job: Job, repository: Repository, title: str) -> Outcome | None:
    """Bring the visible outcome in line with what stands; None when the work is still to be done.

    No model is asked. `title` is for a pull request whose branch was pushed and which was never opened.
    """
    told = job.status.find()
    if told is not None and markers.is_final(told.body):
        return Ignored("its final comment stands already")
    branches = job.forge.branches(job.task.repository, job.branch_stem)
    if found := _pull_request(job, job.branch):
        return _known(job, found, _text(found))
    for branch in branches:
        if job.task.issue is None or branch.name == job.branch:
            continue
        if (found := _pull_request(job, branch.name)) and found.state == "open":
            return _known(job, found, comments.already_open(found.url))
    left = next((branch for branch in branches if branch.name == job.branch), None)
    if left is None:
        _log.info("nothing stands yet")
        return None
    return _resume(job, repository, title, left)


def _pull_request(job: Job, head: str) -> PullRequest | None:
    found = job.forge.pull_requests(job.task.repository, head=head)
    ours = job.forge.login()
    mine = [one for one in found if one.author == ours and one.head_branch == head]
    return next((one for one in mine if one.state == "open"), mine[0] if mine else None)


def _text(found: PullRequest) -> str:
    if found.state == "closed":
        return comments.already_ended(found.url, merged=found.merged)
    return comments.opened(found.url, draft=found.draft, wanted_draft=False, report=None)


def _known(job: Job, found: PullRequest, text: str) -> Opened:
    _log.info("pull request found", pull_request=found.number, state=found.state)
    job.status.show("done", text)
    return Opened(found.url, found.number, found.head_branch)


def _resume(job: Job, repository: Repository, title: str, left: Branch) -> Opened:
    commit = job.forge.commit(job.task.repository, left.sha)
    if not authorship.made_for(commit.message, job.task.id):
        raise Refused(Reason.BRANCH_MOVED, f"the branch `{left.name}` exists and is not of this task")
    _log.info("branch found", branch=left.name, sha=left.sha)
    body = comments.resumed_body(job.task, left.sha, commit.files)
    opened = job.open_pull_request(repository.default_branch, comments.title(job.rules, job.task, title), body)
    return _known(job, opened, _text(opened))
