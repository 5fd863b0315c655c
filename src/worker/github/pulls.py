"""Opens a pull request: what GitHub's 422 means, and what to do about each of them."""

from __future__ import annotations

from http import HTTPStatus

from github.PullRequest import PullRequest
from github.Repository import Repository

from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.github.errors import Rejected


class Exists(Exception):
    """GitHub has an open pull request with this head and base already."""


def open_pull_request(
    repository: Repository, *, head: str, base: str, title: str, body: str, draft: bool
) -> PullRequest:
    """Open a pull request, an ordinary one where the plan has no drafts.

    `head` is owner:branch. Raises Exists, Rejected for what is no 422, and Refused or Retry.
    """
    try:
        return repository.create_pull(base=base, head=head, title=title, body=body, draft=draft)
    except Rejected as rejected:
        if not (draft and _is(rejected, "draft pull requests are not supported")):
            raise _meaning(rejected, head, base) from rejected
    return open_pull_request(repository, head=head, base=base, title=title, body=body, draft=False)


def _meaning(rejected: Rejected, head: str, base: str) -> PatchferryError | Exists | Rejected:
    if _is(rejected, "pull request already exists"):
        return Exists()
    if _is(rejected, "no commits between"):
        return Refused(Reason.NO_CHANGE, f"{head} has nothing that {base} has not")
    if rejected.status == HTTPStatus.UNPROCESSABLE_ENTITY and "head: invalid" in rejected.problem.fields:
        # A branch that was pushed a moment ago may not have reached every server yet.
        return Retry(Reason.FORGE_UNAVAILABLE, f"GitHub does not know the branch {head} yet")
    return rejected


def _is(rejected: Rejected, phrase: str) -> bool:
    return rejected.status == HTTPStatus.UNPROCESSABLE_ENTITY and rejected.problem.says(phrase)
