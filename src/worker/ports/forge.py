"""The forge: issues, comments, branches, pull requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True)
class Repository:
    """A repository as the forge describes it. `clone_url` is of our git host, checked by the adapter."""

    name: str  # owner/name
    default_branch: str
    clone_url: str
    archived: bool = False


@dataclass(frozen=True)
class Issue:
    """An issue. `is_pull_request` is true when the number is really a pull request's."""

    number: int
    title: str
    body: str
    author: str
    open: bool
    locked: bool
    is_pull_request: bool
    url: str


@dataclass(frozen=True)
class Comment:
    """A comment in the conversation of an issue or pull request."""

    id: int
    author: str
    body: str
    created_at: datetime
    url: str


@dataclass(frozen=True)
class PullRequest:
    """A pull request; `head_repository` is None when the fork is gone."""

    number: int
    url: str
    author: str
    state: Literal["open", "closed"]
    merged: bool
    draft: bool
    title: str
    body: str
    head_branch: str
    head_sha: str
    head_repository: str | None
    base_branch: str


@dataclass(frozen=True)
class Branch:
    """A branch on the forge and the commit that it points to."""

    name: str
    sha: str


@dataclass(frozen=True)
class Commit:
    """A commit on the forge, with what it changed against its first parent."""

    sha: str
    message: str
    parents: tuple[str, ...]
    files: tuple[str, ...]
    added: int
    deleted: int


class Forge(Protocol):
    """GitHub, one client per task. A write is never repeated by the adapter.

    Raises Refused(REPOSITORY) for gone, renamed, no access; Refused(CREDENTIALS) for 401 and for 403 without a
    limit; Retry(FORGE_UNAVAILABLE, after=…) for 5xx, rate limits and the network.
    """

    @property
    def host(self) -> str:
        """The git host, such as github.com."""

    def login(self) -> str:
        """Who we are: the user of the token, or `<slug>[bot]`."""

    def may_write(self, repository: str, login: str) -> bool:
        """Whether `login` has write or admin access. Only a definite answer returns; no answer raises Retry."""

    def repository(self, name: str) -> Repository:
        """Look the repository up; a name that GitHub redirects raises Refused(REPOSITORY, "… renamed …")."""

    def issue(self, repository: str, number: int) -> Issue:
        """Raises Refused(ISSUE) for 404 and 410."""

    def comments(self, repository: str, number: int) -> Sequence[Comment]:
        """All comments of an issue or pull request, oldest first."""

    def create_comment(self, repository: str, number: int, body: str) -> Comment:
        """Add a comment. Look first whether it is there already. Raises Refused(ISSUE) when it is locked or gone."""

    def edit_comment(self, repository: str, comment_id: int, body: str) -> None:
        """Replace a comment's text. Raises Refused(ISSUE) when the comment is gone."""

    def react(self, repository: str, number: int) -> None:
        """Put 👀 on an issue; doing it twice has one effect."""

    def branches(self, repository: str, prefix: str) -> Sequence[Branch]:
        """All branches whose names begin with `prefix`."""

    def commit(self, repository: str, sha: str) -> Commit:
        """Look up one commit."""

    def pull_requests(
        self, repository: str, *, head: str, state: Literal["open", "closed", "all"] = "all"
    ) -> Sequence[PullRequest]:
        """Pull requests whose head is the branch `head` of the same repository, newest first."""

    def create_pull_request(
        self, repository: str, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        """Open a pull request; look first whether it is there already.

        On 422 "already exists" the existing one is returned; where the plan has no drafts an ordinary one is
        opened, and its `draft` is then False.
        """
