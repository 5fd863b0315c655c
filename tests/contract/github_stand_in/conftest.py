"""A GitHub with one repository, somebody who may write, and clients as plain as they get."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import github as pygithub
import httpx
import pytest

from tests.fakes.github import GitHub, Repository

PULLS = "/repos/acme/shop/pulls"
FILES = {"calc.py": "def add(a, b):\n    return a - b\n", "README.md": "# Shop\n"}
FIX = {"calc.py": "def add(a, b):\n    return a + b\n", "test_calc.py": "assert True\n"}


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as github:
        yield github


@pytest.fixture
def shop(github: GitHub) -> Repository:
    github.add_user("alice")
    github.add_user("mallory")
    repository = github.add_repository("acme/shop", FILES)
    repository.grant("alice", "write")
    return repository


@pytest.fixture
def token(github: GitHub, shop: Repository) -> str:
    """The token of patchferry-bot, which may write."""
    token = github.token_for("patchferry-bot")
    shop.grant("patchferry-bot", "write")
    return token


@pytest.fixture
def api(github: GitHub, token: str) -> Iterator[httpx.Client]:
    with client(github, token) as opened:
        yield opened


def client(github: GitHub, token: str | None = None) -> httpx.Client:
    """A client of the API that repeats nothing and follows nothing; certificates would only cost time."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=github.url, headers=headers, trust_env=False, verify=False, timeout=10)


@pytest.fixture
def hub(github: GitHub, token: str) -> Iterator[pygithub.Github]:
    """PyGithub, without its pauses and repeats."""
    hub = pygithub.Github(
        auth=pygithub.Auth.Token(token),
        base_url=github.url,
        per_page=100,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    yield hub
    hub.close()


@pytest.fixture
def fix(shop: Repository) -> str:
    """The head of the branch `fix`."""
    return shop.commit(FIX, "Add, not subtract\n\nPatchferry-Task: 0123456789abcdef", branch="fix")


def opened(api: httpx.Client, **fields: Any) -> httpx.Response:
    """The answer to opening a pull request from `fix` to `main`, unless the fields say otherwise."""
    return api.post(PULLS, json={"title": "Fix", "head": "fix", "base": "main", **fields})


class Clone:
    """A person's clone, made and pushed over HTTP."""

    def __init__(self, folder: Path, repository: Repository, token: str | None = None, *options: str) -> None:
        self.folder = folder
        self.address = repository.clone_url
        if token:
            self.address = self.address.replace("://", f"://x-access-token:{token}@")
        self.cloned = run_git(folder.parent, "clone", "--quiet", *options, self.address, folder.name)

    def commit(self, branch: str, path: str, text: str) -> str:
        """Commit one file on a new branch; returns the sha."""
        self.git("checkout", "--quiet", "-B", branch)
        (self.folder / path).write_text(text)
        self.git("add", path)
        self.git("commit", "--quiet", "-m", f"Change {path}")
        return self.git("rev-parse", "HEAD").stdout.strip()

    def push(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.git("push", self.address, *arguments)

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_git(self.folder, *arguments)


def run_git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git as nobody in particular; the caller looks at how it ended."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_{who}_{what}": "dev@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
