"""Git in memory: repositories are dicts, a checkout is a temporary folder; for tests of the modes."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.git_tree import Tree, diff_of, occurrences, read_tree, write_tree
from worker.deadline import Deadline
from worker.errors import PatchferryError, Reason, Refused
from worker.ports import Author, Diff

_BINARY_PROBE = 8_000


@dataclass(frozen=True)
class FakeCommit:
    """`tree` maps a path to its mode and content."""

    sha: str
    message: str
    author: Author
    parent: str | None
    tree: Tree


@dataclass
class FakeRepository:
    """What the server holds. `protected` maps a branch to the words of the rule that refuses pushes to it."""

    branches: dict[str, str] = field(default_factory=dict)
    commits: dict[str, FakeCommit] = field(default_factory=dict)
    protected: dict[str, str] = field(default_factory=dict)

    def commit(self, branch: str, files: Mapping[str, str | bytes | tuple[str, bytes]], message: str = "Change") -> str:
        """Commit as somebody else: `files` are added or replaced; a pair is (mode, content). Returns the sha."""
        parent = self.branches.get(branch)
        tree = dict(self.commits[parent].tree) if parent else {}
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            tree[path] = data if isinstance(data, tuple) else ("100644", data)
        self.branches[branch] = self.store(message, Author("Ada", "ada@example.com"), parent, tree)
        return self.branches[branch]

    def store(self, message: str, author: Author, parent: str | None, tree: Tree) -> str:
        """Keep a commit without a branch; equal commits have equal names."""
        content = repr((message, author, parent, sorted(tree.items())))
        sha = hashlib.sha1(content.encode()).hexdigest()
        self.commits[sha] = FakeCommit(sha, message, author, parent, tree)
        return sha

    def read(self, branch: str, path: str) -> bytes | None:
        """The content of a file on a branch; None when either is not there."""
        if branch not in self.branches:
            return None
        return self.commits[self.branches[branch]].tree.get(path, ("", None))[1]


class FakeGit:
    """Implements `worker.ports.Git`. Checkouts live below `root`, which is empty when none is open.

    `calls` are the names of the port's methods that were called, in order: checkout, stage, commit, push. `searched`
    are all words that were counted.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls: list[str] = []
        self.searched: list[str] = []
        self._repositories: dict[str, FakeRepository] = {}
        self._faults: list[tuple[str, PatchferryError]] = []

    def add_repository(
        self, url: str, files: Mapping[str, str | bytes | tuple[str, bytes]] | None = None, *, branch: str = "main"
    ) -> FakeRepository:
        """Without files it has no branch."""
        repository = self._repositories[url] = FakeRepository()
        if files:
            repository.commit(branch, files, "Initial commit")
        return repository

    def fail(self, method: str, error: PatchferryError, *, times: int = 1) -> None:
        """Make the next calls of `method` raise `error` instead of having an effect."""
        self._faults.extend([(method, error)] * times)

    def called(self, method: str) -> None:
        """Record a call, and raise the fault that waits for it."""
        self.calls.append(method)
        for fault in self._faults:
            if fault[0] == method:
                self._faults.remove(fault)
                raise fault[1]

    @contextmanager
    def checkout(self, clone_url: str, branch: str, deadline: Deadline) -> Iterator[FakeCheckout]:
        self.called("checkout")
        deadline.check()
        repository = self._repositories.get(clone_url)
        if repository is None:
            raise Refused(Reason.REPOSITORY, "there is no such repository")
        if branch not in repository.branches:
            raise Refused(Reason.REPOSITORY, "the branch is not there")
        self.root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self.root))
        try:
            yield FakeCheckout(self, repository, repository.branches[branch], folder, deadline)
        finally:
            shutil.rmtree(folder)


class FakeCheckout:
    """Implements `worker.ports.Checkout` on a real folder."""

    def __init__(self, git: FakeGit, repository: FakeRepository, base: str, tree: Path, deadline: Deadline) -> None:
        self._git = git
        self._repository = repository
        self._base = base
        self._tree = tree
        self._deadline = deadline
        self._staged = self._base_tree
        write_tree(tree, self._base_tree)

    @property
    def tree(self) -> Path:
        return self._tree

    @property
    def base(self) -> str:
        return self._base

    def files(self) -> Sequence[str]:
        return tuple(sorted(path for path, (mode, _) in self._staged.items() if mode.startswith("100")))

    def read(self, path: str, limit: int = 200_000) -> str | None:
        file = self._tree / path
        if path not in self.files() or file.is_symlink() or not file.is_file():
            return None
        content = file.read_bytes()[:limit]
        return None if b"\0" in content[:_BINARY_PROBE] else content.decode(errors="replace")

    def count_words(self, words: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        self._git.searched.extend(words)
        texts = {path: text for path in self.files() if (text := self.read(path, 10_000_000)) is not None}
        return {word: occurrences(word, texts) for word in words}

    def stage(self) -> Diff:
        self._git.called("stage")
        self._deadline.check()
        self._staged, ignored = read_tree(self._tree, self._base_tree)
        return diff_of(self._base_tree, self._staged, ignored)

    def commit(self, message: str, author: Author) -> str:
        self._git.called("commit")
        return self._repository.store(message, author, self._base, self._staged)

    def push(self, sha: str, branch: str, *, expected: str | None) -> None:
        self._git.called("push")
        self._deadline.check()
        if self._repository.branches.get(branch) == sha:
            return
        if self._repository.branches.get(branch) != expected:
            raise Refused(Reason.BRANCH_MOVED, f"somebody else moved the branch {branch} in the meantime")
        if branch in self._repository.protected:
            raise Refused(Reason.PUSH_REFUSED, f"the push was refused: {self._repository.protected[branch]}")
        self._repository.branches[branch] = sha

    @property
    def _base_tree(self) -> Tree:
        return self._repository.commits[self._base].tree
