"""The git of a dry run: clones, stages and commits in the workspace, and never pushes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from worker.deadline import Deadline
from worker.ports import Author, Checkout, Diff, Git


class DryRunGit:
    """A Git over another one. `pushes` are the (sha, branch) pairs that would have been published."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self.pushes: list[tuple[str, str]] = []

    @contextmanager
    def checkout(self, clone_url: str, branch: str, deadline: Deadline) -> Iterator[Checkout]:
        with self._git.checkout(clone_url, branch, deadline) as checkout:
            yield _Unpublished(checkout, self.pushes)


class _Unpublished:
    """A Checkout that writes down what it would push."""

    def __init__(self, checkout: Checkout, pushes: list[tuple[str, str]]) -> None:
        self._checkout = checkout
        self._pushes = pushes

    @property
    def tree(self) -> Path:
        return self._checkout.tree

    @property
    def base(self) -> str:
        return self._checkout.base

    def files(self) -> Sequence[str]:
        return self._checkout.files()

    def read(self, path: str, limit: int = 200_000) -> str | None:
        return self._checkout.read(path, limit)

    def count_words(self, words: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        return self._checkout.count_words(words)

    def stage(self) -> Diff:
        return self._checkout.stage()

    def commit(self, message: str, author: Author) -> str:
        return self._checkout.commit(message, author)

    def push(self, sha: str, branch: str, *, expected: str | None) -> None:  # noqa: ARG002
        self._pushes.append((sha, branch))
