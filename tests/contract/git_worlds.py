"""The worlds that the checkout suite runs in: in memory, git over HTTP, and a repository on this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from tests.fakes.git import FakeGit, FakeRepository
from tests.fakes.github import Blob, GitHub, Repository
from tests.fakes.github.store import Store
from worker.git.adapter import GitAdapter
from worker.git.local_source import LocalGit
from worker.ports import Git

BOT = "patchferry-bot"
BRANCH = "trunk"
NOW = 1_760_000_000
Files = Mapping[str, str | bytes | Blob]


class World(Protocol):
    """A server with one repository whose default branch is `BRANCH`, and a `Git` that may read and write it."""

    @property
    def git(self) -> Git: ...
    @property
    def url(self) -> str: ...
    @property
    def workspaces(self) -> Path: ...

    def commit(self, branch: str, files: Files) -> str:
        """Somebody else commits; a new branch starts at `BRANCH`. Returns the sha."""

    def branches(self) -> dict[str, str]:
        """Branch -> sha, as the server has them."""

    def read(self, branch: str, path: str) -> bytes | None:
        """The content of a file on the server."""


class Server(World, Protocol):
    """A world where others push too."""

    def protect(self, branch: str) -> None:
        """From now on a rule refuses pushes to the branch."""


class MemoryWorld:
    """The fake that the tests of the modes use."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.workspaces = folder / "workspaces"
        self.url = "https://github.com/acme/shop.git"
        self._fake = FakeGit(self.workspaces)
        self.git: Git = self._fake
        self._repository: FakeRepository = self._fake.add_repository(self.url)
        if files:
            self.commit(BRANCH, files)

    def commit(self, branch: str, files: Files) -> str:
        if branch not in self._repository.branches and BRANCH in self._repository.branches:
            self._repository.branches[branch] = self._repository.branches[BRANCH]
        contents = {path: (one.mode, one.data) if isinstance(one, Blob) else one for path, one in files.items()}
        return self._repository.commit(branch, contents)

    def branches(self) -> dict[str, str]:
        return dict(self._repository.branches)

    def read(self, branch: str, path: str) -> bytes | None:
        return self._repository.read(branch, path)

    def protect(self, branch: str) -> None:
        self._repository.protected[branch] = f"Protected branch update failed for {branch}"


class HttpWorld:
    """The adapter with the stand-in for GitHub, over HTTP."""

    def __init__(self, github: GitHub, folder: Path, files: Files) -> None:
        self.github = github
        self.workspaces = folder / "workspaces"
        self.repository: Repository = github.add_repository(
            "acme/shop", dict(files), default_branch=BRANCH, private=True
        )
        self.token = github.token_for(BOT)
        self.repository.grant(BOT, "write")
        self.url = self.repository.clone_url
        self.adapter = GitAdapter(self.workspaces, lambda: self.token, github.url, allow_http=True, clock=lambda: NOW)
        self.git: Git = self.adapter

    def commit(self, branch: str, files: Files) -> str:
        return self.repository.commit(dict(files), branch=branch)

    def branches(self) -> dict[str, str]:
        return self.repository.branches()

    def read(self, branch: str, path: str) -> bytes | None:
        return self.repository.store.read_file(f"refs/heads/{branch}", path)

    def protect(self, branch: str) -> None:
        self.repository.protect(branch)


class LocalWorld:
    """The adapter for a repository of the user, which has a work tree with changes of its own."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.workspaces = folder / "workspaces"
        self.root = folder / "mine"
        self.git: Git = LocalGit(self.workspaces, clock=lambda: NOW)
        self._git("init", "--quiet", f"--initial-branch={BRANCH}", str(self.root))
        self.url = str(self.root / ".git")
        self._store = Store(self.root / ".git")
        if files:
            self.commit(BRANCH, files)
            self._git("-C", str(self.root), "reset", "--quiet", "--hard")

    def commit(self, branch: str, files: Files) -> str:
        start = self._store.resolve(f"refs/heads/{BRANCH}")
        when = datetime(2026, 1, 2, tzinfo=UTC)
        author = "Ada <ada@example.com>"
        return self._store.commit(branch, dict(files), message="Change", author=author, when=when, start=start)

    def branches(self) -> dict[str, str]:
        return {ref.removeprefix("refs/heads/"): sha for ref, sha in self._store.refs("refs/heads/").items()}

    def read(self, branch: str, path: str) -> bytes | None:
        return self._store.read_file(f"refs/heads/{branch}", path)

    @staticmethod
    def _git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], check=True, capture_output=True)


@contextmanager
def memory_world(folder: Path, files: Files) -> Iterator[MemoryWorld]:
    yield MemoryWorld(folder, files)


@contextmanager
def http_world(folder: Path, files: Files) -> Iterator[HttpWorld]:
    with GitHub() as github:
        yield HttpWorld(github, folder, files)


@contextmanager
def local_world(folder: Path, files: Files) -> Iterator[LocalWorld]:
    yield LocalWorld(folder, files)


SERVERS: Mapping[str, Callable[[Path, Files], AbstractContextManager[Server]]] = {
    "memory": memory_world,
    "http": http_world,
}
WORLDS: Mapping[str, Callable[[Path, Files], AbstractContextManager[World]]] = {**SERVERS, "local": local_world}
