"""PyGithub over HTTP against the stateful stand-in, as a world of the forge suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.fakes.github import GitHub, Repository
from worker.errors import PatchferryError
from worker.github.forge import GitHubForge
from worker.github.tokens import StaticToken
from worker.ports import Forge

BOT = "patchferry-bot"
REPOSITORY = "acme/shop"
_CALLS: Mapping[str, tuple[str, str]] = {
    "create_comment": ("POST", ".*/issues/[0-9]+/comments"),
    "edit_comment": ("PATCH", ".*/issues/comments/[0-9]+"),
    "react": ("POST", ".*/issues/[0-9]+/reactions"),
    "create_pull_request": ("POST", ".*/pulls"),
}


class HttpWorld:
    """`slept` are the waits that the adapter asked for."""

    def __init__(self, github: GitHub) -> None:
        self.github = github
        github.add_user("ada")
        self.state: Repository = github.add_repository(REPOSITORY, {"README.md": "A shop\n"})
        self.token = github.token_for(BOT)
        self.state.grant(BOT, "write")
        self.slept: list[float] = []
        self.forge: Forge = self.connect(self.token)
        self.repository = REPOSITORY

    def connect(self, token: str | None, *, write_pause: float = 0) -> GitHubForge:
        """Another forge on the same world."""
        tokens = StaticToken(token) if token else None
        return GitHubForge(self.github.url, tokens, write_pause=write_pause, sleep=self.slept.append)

    def name(self, branch: str) -> str:
        return branch

    def add_issue(self, title: str, body: str) -> int:
        return self.state.add_issue(title, body, author="ada").number

    def comment(self, number: int, body: str) -> None:
        self.state.issue(number).comment("ada", body)

    def push(self, branch: str, path: str, message: str) -> str:
        return self.state.commit({path: "new\n"}, message, branch=branch)

    def branch_at_default(self, branch: str) -> None:
        head = self.state.branches()[self.state.default_branch]
        self.state.store.git("update-ref", f"refs/heads/{branch}", head)

    def close(self, pull_request: int) -> None:
        self.state.issue(pull_request).close()

    def stored(self, number: int) -> list[str]:
        return [comment.body for comment in self.state.issue(number).comments]

    def eyes(self, number: int) -> int:
        return sum(reaction.content == "eyes" for reaction in self.state.issue(number).reactions)

    def grant(self, login: str, role: str) -> None:
        self.github.add_user(login)
        self.state.grant(login, role)

    def rename(self, new: str) -> None:
        self.state.rename(new)

    def archive(self) -> None:
        self.state.archive()

    def empty(self) -> None:
        self.state.delete_branch("main")

    def forbid_drafts(self) -> None:
        self.state.allow_drafts = False

    def lock(self, number: int) -> None:
        self.state.issue(number).lock()

    def delete(self, number: int) -> None:
        self.state.issue(number).delete()

    def break_call(self, call: str, *, after_effect: bool) -> None:
        self.github.fail(*_CALLS[call], status=502, after_effect=after_effect)


@contextmanager
def http_world() -> Iterator[HttpWorld]:
    with GitHub() as github:
        yield HttpWorld(github)


def raised(call: Callable[[], object]) -> PatchferryError:
    """The error of ours that `call` ends in."""
    with pytest.raises(PatchferryError) as error:
        call()
    return error.value


def read_everything(world: HttpWorld, number: int) -> None:
    """Read what a task reads first, one request each."""
    world.forge.login()
    world.forge.may_write(REPOSITORY, BOT)
    world.forge.repository(REPOSITORY)
    world.forge.issue(REPOSITORY, number)
    world.forge.comments(REPOSITORY, number)
