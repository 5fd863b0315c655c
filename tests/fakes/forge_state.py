"""What the in-memory forge knows: repositories with their issues, branches and pull requests."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from worker.ports import Comment, Commit, PullRequest

ORIGIN = "https://github.com"


@dataclass
class IssueState:
    """An issue and its conversation; `eyes` are the people who put 👀 on it."""

    number: int
    title: str
    body: str
    author: str
    url: str
    open: bool = True
    locked: bool = False
    deleted: bool = False
    is_pull_request: bool = False
    comments: list[Comment] = field(default_factory=list)
    eyes: set[str] = field(default_factory=set)


@dataclass
class RepositoryState:
    """A repository; its default branch exists from the start, with one commit."""

    name: str
    default_branch: str = "main"
    archived: bool = False
    drafts: bool = True
    roles: dict[str, str] = field(default_factory=dict)
    issues: dict[int, IssueState] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    pull_requests: list[PullRequest] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1001))

    def __post_init__(self) -> None:
        self.push(self.default_branch, "Initial commit")

    @property
    def clone_url(self) -> str:
        return f"{ORIGIN}/{self.name}.git"

    def grant(self, login: str, role: str) -> None:
        """Give `read`, `triage`, `write`, `maintain` or `admin`."""
        self.roles[login.lower()] = role

    def add_issue(
        self, title: str, body: str = "", author: str = "ada", *, is_pull_request: bool = False
    ) -> IssueState:
        number = next(self._numbers)
        url = f"{ORIGIN}/{self.name}/issues/{number}"
        self.issues[number] = IssueState(number, title, body, author, url, is_pull_request=is_pull_request)
        return self.issues[number]

    def comment(self, number: int, author: str, body: str) -> Comment:
        issue = self.issues[number]
        made = next(self._ids)
        comment = Comment(made, author, body, datetime.now(UTC), f"{issue.url}#issuecomment-{made}")
        issue.comments.append(comment)
        return comment

    def push(self, branch: str, message: str, files: tuple[str, ...] = ("README.md",), sha: str | None = None) -> str:
        """Add a commit to a branch as if somebody had pushed it; a new branch starts at the default one."""
        parent = self.branches.get(branch) or self.branches.get(self.default_branch)
        sha = sha or hashlib.sha1(f"{parent} {branch} {message}".encode(), usedforsecurity=False).hexdigest()
        parents = (parent,) if parent else ()
        self.commits[sha] = Commit(sha, message, parents, files, added=len(files), deleted=0)
        self.branches[branch] = sha
        return sha

    def open_pull_request(
        self,
        head: str,
        *,
        author: str,
        title: str = "A change",
        body: str = "",
        base: str | None = None,
        draft: bool = False,
        state: Literal["open", "closed"] = "open",
        merged: bool = False,
        head_repository: str | None = None,
    ) -> PullRequest:
        """Add a pull request; `head_repository` is this one unless it comes from a fork."""
        issue = self.add_issue(title, body, author, is_pull_request=True)
        made = PullRequest(
            number=issue.number,
            url=f"{ORIGIN}/{self.name}/pull/{issue.number}",
            author=author,
            state=state,
            merged=merged,
            draft=draft,
            title=title,
            body=body,
            head_branch=head,
            head_sha=self.branches.get(head, "0" * 40),
            head_repository=head_repository or self.name,
            base_branch=base or self.default_branch,
        )
        self.pull_requests.append(made)
        return made

    def close(self, number: int, *, merged: bool = False) -> None:
        """Close or merge the pull request of that number."""
        index, found = next((index, one) for index, one in enumerate(self.pull_requests) if one.number == number)
        self.pull_requests[index] = replace(found, state="closed", merged=merged)
        self.issues[number].open = False
