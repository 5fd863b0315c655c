"""The worlds that the forge suite runs in: in memory, the stand-in over HTTP, and, when asked for, the real GitHub."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal, Protocol

import pytest

from tests.contract.forge_live import live_world
from tests.fakes.forge import FakeForge
from tests.fakes.forge_state import RepositoryState
from tests.fakes.github import GitHub, Repository
from worker.errors import Reason, Retry
from worker.github.forge import GitHubForge
from worker.github.tokens import StaticToken
from worker.ports import Forge

BOT = "patchferry-bot"
REPOSITORY = "acme/shop"

Call = Literal["create_comment", "edit_comment", "react", "create_pull_request"]
_CALLS: Mapping[Call, tuple[str, str]] = {
    "create_comment": ("POST", ".*/issues/[0-9]+/comments"),
    "edit_comment": ("PATCH", ".*/issues/comments/[0-9]+"),
    "react": ("POST", ".*/issues/[0-9]+/reactions"),
    "create_pull_request": ("POST", ".*/pulls"),
}


class World(Protocol):
    """A repository that exists, with one commit on its default branch, and a forge that may write to it."""

    @property
    def forge(self) -> Forge: ...
    @property
    def repository(self) -> str: ...

    def name(self, branch: str) -> str:
        """What a branch is called in this world."""

    def add_issue(self, title: str, body: str) -> int:
        """Returns the number."""

    def comment(self, number: int, body: str) -> None:
        """Somebody comments."""

    def push(self, branch: str, path: str, message: str) -> str:
        """Make a branch with one commit that adds the file `path`; returns the sha."""

    def branch_at_default(self, branch: str) -> None:
        """Make a branch that has nothing new."""

    def close(self, pull_request: int) -> None:
        """Close a pull request without merging."""

    def stored(self, number: int) -> list[str]:
        """The comments that really stand on the issue."""

    def eyes(self, number: int) -> int:
        """How many 👀 the issue really has."""


class OurWorld(World, Protocol):
    """A world in which anything can be made to happen: in memory or on the stand-in, not on the real GitHub."""

    def grant(self, login: str, role: str) -> None:
        """Give a person, or us, a role."""

    def rename(self, new: str) -> None: ...
    def archive(self) -> None: ...
    def empty(self) -> None:
        """Take all commits away."""

    def forbid_drafts(self) -> None: ...
    def lock(self, number: int) -> None: ...
    def delete(self, number: int) -> None: ...
    def add_template(self, text: str) -> None:
        """Give the repository a pull request template."""

    def break_call(self, call: Call, *, after_effect: bool) -> None:
        """Let the next such call be answered by 502, instead of its effect or after it."""


class MemoryWorld:
    """The in-memory forge."""

    def __init__(self) -> None:
        self.fake = FakeForge(BOT)
        self.state: RepositoryState = self.fake.add_repository(REPOSITORY)
        self.state.grant(BOT, "write")
        self.forge: Forge = self.fake
        self.repository = REPOSITORY

    def name(self, branch: str) -> str:
        return branch

    def add_issue(self, title: str, body: str) -> int:
        return self.state.add_issue(title, body).number

    def comment(self, number: int, body: str) -> None:
        self.state.comment(number, "ada", body)

    def push(self, branch: str, path: str, message: str) -> str:
        return self.state.push(branch, message, (path,))

    def branch_at_default(self, branch: str) -> None:
        self.state.branches[branch] = self.state.branches[self.state.default_branch]

    def close(self, pull_request: int) -> None:
        self.state.close(pull_request)

    def stored(self, number: int) -> list[str]:
        return [comment.body for comment in self.state.issues[number].comments]

    def eyes(self, number: int) -> int:
        return len(self.state.issues[number].eyes)

    def grant(self, login: str, role: str) -> None:
        self.state.grant(login, role)

    def rename(self, new: str) -> None:
        self.fake.rename(REPOSITORY, new)

    def archive(self) -> None:
        self.state.archived = True

    def empty(self) -> None:
        self.state.branches.clear()

    def forbid_drafts(self) -> None:
        self.state.drafts = False

    def lock(self, number: int) -> None:
        self.state.issues[number].locked = True

    def delete(self, number: int) -> None:
        self.state.issues[number].deleted = True

    def add_template(self, text: str) -> None:
        self.state.template = text

    def break_call(self, call: Call, *, after_effect: bool) -> None:
        self.fake.fail(call, Retry(Reason.FORGE_UNAVAILABLE, "GitHub answered 502"), after_effect=after_effect)


class HttpWorld:
    """PyGithub over HTTP against the stateful stand-in. `slept` are the waits that the adapter asked for."""

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

    def add_template(self, text: str) -> None:
        self.state.commit({".github/Pull_Request_Template.md": text}, "A template")

    def break_call(self, call: Call, *, after_effect: bool) -> None:
        self.github.fail(*_CALLS[call], status=502, after_effect=after_effect)


@contextmanager
def memory_world() -> Iterator[MemoryWorld]:
    yield MemoryWorld()


@contextmanager
def http_world() -> Iterator[HttpWorld]:
    with GitHub() as github:
        yield HttpWorld(github)


def _live() -> list[Any]:
    token, repository = (os.environ.get(f"PATCHFERRY_LIVE_{name}") for name in ("TOKEN", "REPOSITORY"))
    if not token or not repository:
        return []
    return [pytest.param(partial(live_world, token, repository), id="live", marks=pytest.mark.live)]


OUR_WORLDS = [pytest.param(memory_world, id="memory"), pytest.param(http_world, id="http")]
WORLDS = [*OUR_WORLDS, *_live()]
