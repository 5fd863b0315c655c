"""The worlds that the forge suite runs in: in memory, the stand-in over HTTP, and, when asked for, the real GitHub."""

from __future__ import annotations

import os
from functools import partial
from typing import Any, Protocol

import pytest

from tests.contract.forge_http import http_world
from tests.contract.forge_live import live_world
from tests.contract.forge_memory import memory_world
from worker.ports import Forge


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
    def break_call(self, call: str, *, after_effect: bool) -> None:
        """Let the next such call of the port be answered by 502, instead of its effect or after it."""


def _live() -> list[Any]:
    token, repository = (os.environ.get(f"PATCHFERRY_LIVE_{name}") for name in ("TOKEN", "REPOSITORY"))
    if not token or not repository:
        return []
    return [pytest.param(partial(live_world, token, repository), id="live", marks=pytest.mark.live)]


OUR_WORLDS = [pytest.param(memory_world, id="memory"), pytest.param(http_world, id="http")]
WORLDS = [*OUR_WORLDS, *_live()]
