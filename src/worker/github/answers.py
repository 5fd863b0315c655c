"""PyGithub's objects in our words, checked: what GitHub must have said is there, and belongs to what was asked."""

from __future__ import annotations

from typing import TypeVar

from github.Commit import Commit as GitHubCommit
from github.Issue import Issue as GitHubIssue
from github.IssueComment import IssueComment
from github.NamedUser import NamedUser
from github.Organization import Organization
from github.PullRequest import PullRequest as GitHubPullRequest

from worker.github.errors import unreadable
from worker.ports import Comment, Commit, Issue, PullRequest

_GHOST = "ghost"  # GitHub's own name for the author of what a deleted account left

T = TypeVar("T")


def known(value: T | None) -> T:
    """Return `value`; raises Retry when GitHub left it out."""
    if value is None:
        raise unreadable()
    return value


def issue(found: GitHubIssue) -> Issue:
    return Issue(
        number=known(found.number),
        title=known(found.title),
        body=found.body or "",
        author=_login(found.user),
        open=found.state == "open",
        locked=bool(found.locked),
        is_pull_request=found.pull_request is not None,
        url=known(found.html_url),
    )


def comment(found: IssueComment) -> Comment:
    return Comment(
        id=known(found.id),
        author=_login(found.user),
        body=found.body or "",
        created_at=known(found.created_at),
        url=known(found.html_url),
    )


def pull_request(found: GitHubPullRequest) -> PullRequest:
    head_repository = found.head.repo
    return PullRequest(
        number=known(found.number),
        url=known(found.html_url),
        author=_login(found.user),
        state="open" if found.state == "open" else "closed",
        merged=found.merged_at is not None,  # lists leave `merged` out
        draft=bool(found.draft),
        title=known(found.title),
        body=found.body or "",
        head_branch=known(found.head.ref),
        head_sha=known(found.head.sha),
        head_repository=head_repository.full_name if head_repository else None,
        base_branch=known(found.base.ref),
    )


def commit(found: GitHubCommit) -> Commit:
    """Reading the files may cost a request for every 300 of them; GitHub names 3,000 at most."""
    return Commit(
        sha=known(found.sha),
        message=known(found.commit.message),
        parents=tuple(parent.sha for parent in found.parents),
        files=tuple(file.filename for file in found.files),
        added=found.stats.additions,
        deleted=found.stats.deletions,
    )


def same_repository(name: str, other: str | None) -> bool:
    """Whether both name one repository; GitHub ignores case."""
    return other is not None and name.lower() == other.lower()


def is_of_issue(found: IssueComment, repository: str, number: int | None = None) -> bool:
    """Whether a comment belongs to the repository, and to issue `number` unless that is None."""
    owner_name, _, of = known(found.issue_url).partition("/repos/")[2].partition("/issues/")
    return same_repository(repository, owner_name) and (number is None or of == str(number))


def _login(user: NamedUser | Organization | None) -> str:
    return known(user.login) if user else _GHOST
