"""The real GitHub as a world of the forge suite: a repository that may be littered, and a token for it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import github

from worker.github.forge import GitHubForge
from worker.github.tokens import StaticToken

API = "https://api.github.com"


class LiveWorld:
    """Names its branches after itself, so that runs do not meet; issues and branches are tidied up at the end."""

    def __init__(self, token: str, repository: str) -> None:
        self.repository = repository
        self.forge = GitHubForge(API, StaticToken(token), repository=repository)
        self._run = secrets.token_hex(4)
        self._github = github.Github(auth=github.Auth.Token(token))
        self._there = self._github.get_repo(repository)
        self._issues: list[int] = []
        self._branches: list[str] = []

    def name(self, branch: str) -> str:
        """A branch name of this run."""
        return f"contract-{self._run}/{branch}"

    def add_issue(self, title: str, body: str) -> int:
        number = self._there.create_issue(title, body).number
        self._issues.append(number)
        return number

    def comment(self, number: int, body: str) -> None:
        self._there.get_issue(number).create_comment(body)

    def push(self, branch: str, path: str, message: str) -> str:
        self.branch_at_default(branch)
        made = self._there.create_file(f"{self._run}/{path}", message, "new\n", branch=branch)
        return made["commit"].sha

    def branch_at_default(self, branch: str) -> None:
        head = self._there.get_branch(self._there.default_branch).commit.sha
        self._there.create_git_ref(f"refs/heads/{branch}", head)
        self._branches.append(branch)

    def close(self, pull_request: int) -> None:
        self._there.get_pull(pull_request).edit(state="closed")

    def stored(self, number: int) -> list[str]:
        return [comment.body for comment in self._there.get_issue(number).get_comments()]

    def eyes(self, number: int) -> int:
        return sum(reaction.content == "eyes" for reaction in self._there.get_issue(number).get_reactions())

    def tidy(self) -> None:
        """Close the issues and remove the branches, which closes their pull requests."""
        for number in self._issues:
            self._there.get_issue(number).edit(state="closed")
        for branch in self._branches:
            self._there.get_git_ref(f"heads/{branch}").delete()
        self.forge.close()
        self._github.close()


@contextmanager
def live_world(token: str, repository: str) -> Iterator[LiveWorld]:
    """Yields the world and tidies it up."""
    world = LiveWorld(token, repository)
    try:
        yield world
    finally:
        world.tidy()
