"""What people say: issues, their comments, labels and reactions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.fakes.github.accounts import User

if TYPE_CHECKING:
    from tests.fakes.github.repository import Repository

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Reaction:
    id: int
    user: User
    content: str
    created_at: datetime = field(default_factory=now)


@dataclass(eq=False)
class Subject:
    """Anything that can be reacted to."""

    id: int
    repository: Repository = field(repr=False)
    author: User
    body: str
    created_at: datetime = field(default_factory=now, kw_only=True)
    updated_at: datetime = field(default_factory=now, kw_only=True)
    reactions: list[Reaction] = field(default_factory=list, kw_only=True)

    def react(self, login: str, content: str) -> bool:
        """Add a reaction; False when that user had given it before."""
        if content not in REACTIONS:
            raise ValueError(f"GitHub has no reaction {content!r}")
        with self.repository.github.lock:
            user = self.repository.github.user(login)
            if any(one.user is user and one.content == content for one in self.reactions):
                return False
            self.reactions.append(Reaction(self.repository.github.next_id(), user, content))
            return True

    def edit(self, body: str) -> None:
        self.body = body
        self.updated_at = now()


@dataclass(eq=False)
class Comment(Subject):
    """A comment in the conversation of an issue or pull request."""

    issue: Issue = field(kw_only=True, repr=False)

    def delete(self) -> None:
        with self.repository.github.lock:
            self.issue.comments.remove(self)


@dataclass(eq=False)
class Issue(Subject):
    """An issue, and the conversation of a pull request."""

    number: int = field(kw_only=True)
    title: str = field(kw_only=True)
    labels: list[str] = field(default_factory=list, kw_only=True)
    comments: list[Comment] = field(default_factory=list, kw_only=True)
    state: str = field(default="open", kw_only=True)
    closed_at: datetime | None = field(default=None, kw_only=True)
    locked: bool = field(default=False, kw_only=True)
    deleted: bool = field(default=False, kw_only=True)
    moved_to: Issue | None = field(default=None, kw_only=True, repr=False)

    @property
    def url(self) -> str:
        """The address that a person opens, which is also how a task is addressed."""
        return f"{self.repository.html_url}/issues/{self.number}"

    def comment(self, login: str, body: str) -> Comment:
        github = self.repository.github
        with github.lock:
            comment = Comment(github.next_id(), self.repository, github.user(login), body, issue=self)
            self.comments.append(comment)
            self.updated_at = comment.created_at
        return comment

    def add_label(self, name: str) -> None:
        with self.repository.github.lock:
            if name not in self.labels:
                self.labels.append(name)

    def close(self) -> None:
        self.state, self.closed_at = "closed", now()

    def reopen(self) -> None:
        self.state, self.closed_at = "open", None

    def lock(self) -> None:
        self.locked = True

    def unlock(self) -> None:
        self.locked = False

    def transfer(self, repository: Repository) -> Issue:
        """Move the issue to another repository; from now on its old address redirects."""
        moved = repository.add_issue(self.title, self.body, self.author.login, self.labels)
        for comment in self.comments:
            comment.repository, comment.issue = repository, moved
        moved.comments, self.comments, self.moved_to = self.comments, [], moved
        return moved

    def delete(self) -> None:
        """From now on the issue answers 410."""
        self.deleted = True
