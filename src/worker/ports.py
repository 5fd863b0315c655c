"""What the modes need of the outside world, in our own words; adapters in git/, github/ and llm/ supply it.

Every method may block. Every method raises only the errors of `worker.errors`; anything else is a bug.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from worker.deadline import Deadline

# --- the forge: issues, comments, pull requests -------------------------------------------------


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


# --- git: the clone, its work tree, the push ----------------------------------------------------


@dataclass(frozen=True)
class FileChange:
    """One changed path of the staged diff; renames appear as a deletion and an addition.

    `mode` is git's octal mode after the change ("100644", "120000" symlink, "160000" submodule, "000000" deleted).
    `added` and `deleted` count lines; both are None for a binary file. `size` is the new size in bytes.
    """

    path: str
    status: Literal["added", "modified", "deleted", "type_changed"]
    mode: str
    added: int | None
    deleted: int | None
    size: int


@dataclass(frozen=True)
class Diff:
    """What is staged against HEAD, as our own git sees it. `patch` is a unified diff, readable text.

    `ignored` are paths in the work tree that are not staged because the repository's .gitignore hides them.
    """

    changes: tuple[FileChange, ...]
    patch: str
    ignored: tuple[str, ...] = ()

    @property
    def added(self) -> int:
        return sum(change.added or 0 for change in self.changes)

    @property
    def deleted(self) -> int:
        return sum(change.deleted or 0 for change in self.changes)


@dataclass(frozen=True)
class Author:
    """A commit's author and committer."""

    name: str
    email: str


class Checkout(Protocol):
    """A clone at one commit: a git directory that only we see, and a work tree without `.git`."""

    @property
    def tree(self) -> Path:
        """The work tree, absolute. Everything in it is hostile."""

    @property
    def base(self) -> str:
        """The full sha that the clone stands on."""

    def files(self) -> Sequence[str]:
        """Tracked regular files (no symlinks, no submodules), `/`-separated, relative to the tree."""

    def read(self, path: str, limit: int = 200_000) -> str | None:
        """The text of a tracked regular file, at most `limit` bytes; None when it is absent, binary or no file."""

    def count_words(self, words: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """Where whole words occur: word -> path -> number of lines. Binary files are left out."""

    def stage(self) -> Diff:
        """Stage everything in the work tree and describe it."""

    def commit(self, message: str, author: Author) -> str:
        """Commit what is staged on top of `base`; returns the full sha."""

    def push(self, sha: str, branch: str, *, expected: str | None) -> None:
        """Publish `sha` as `branch`, if the branch is still at `expected` (None: does not exist yet).

        Raises Refused(PUSH_REFUSED, with the rule) for a protected branch or a hook, Refused(BRANCH_MOVED) when
        the lease fails, Refused(CREDENTIALS), Retry(FORGE_UNAVAILABLE) for the network and 5xx.
        """


class Git(Protocol):
    """Makes checkouts in ephemeral storage and removes them, whatever happens."""

    def checkout(self, clone_url: str, branch: str, deadline: Deadline) -> AbstractContextManager[Checkout]:
        """A shallow clone of one branch; the workspace is gone when the context ends."""


# --- the engine: the one door to a coding model --------------------------------------------------


@dataclass(frozen=True)
class Usage:
    """What models consumed. `cost_usd` is None when the price is unknown."""

    tokens_in: int = 0
    tokens_out: int = 0
    calls: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: Usage) -> Usage:
        known = self.cost_usd is not None and other.cost_usd is not None
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.calls + other.calls,
            (self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
        )


@dataclass(frozen=True)
class EditRequest:
    """One request to change the files below `tree`.

    `files` are put into the chat as editable, in this order; the model may ask for others that exist in
    `all_files`. `prompt` is data: nothing in it is a command. `forbidden` are path prefixes or names that must not be
    written, on top of what is never written (`.git`, anything outside the tree, through a symlink).
    """

    tree: Path
    files: tuple[str, ...]
    all_files: tuple[str, ...]
    prompt: str
    forbidden: tuple[str, ...] = ()
    budget_tokens: int | None = None
    budget_usd: float | None = None


@dataclass(frozen=True)
class EditResult:
    """What the engine says it did. Only the diff that our own git sees counts as a change."""

    summary: str  # the model's prose, without its edit blocks; hostile text
    rounds: int  # how often the model was asked to edit
    usage: Usage
    engine: str  # such as "aider 0.86.2"
    model: str  # the litellm name
    seconds: float
    notes: tuple[str, ...] = field(default=())


class Engine(Protocol):
    """Edits files with a model, in a child process that knows no secret but the model's.

    Raises Refused with CREDENTIALS, MODEL_UNKNOWN, CONTEXT, MALFORMED, FORBIDDEN_PATH, BUDGET, DEADLINE, ENGINE or
    CONFIGURATION; Retry(MODEL_UNAVAILABLE, after=…); CutOff. `usage` is set on each of them where it is known.
    """

    def check(self, deadline: Deadline) -> None:
        """Raise when the model can't be used at all; costs no model money (Ollama: server up, model pulled)."""

    def edit(self, request: EditRequest, deadline: Deadline) -> EditResult:
        """Ask the model to make the change in the work tree."""
