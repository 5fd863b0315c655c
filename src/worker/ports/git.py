"""Git: the clone, its work tree, the push."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from worker.deadline import Deadline


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
