"""The in-memory forge as a world of the forge suite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.contract.forge_http import BOT, REPOSITORY
from tests.fakes.forge import FakeForge
from tests.fakes.forge_state import RepositoryState
from worker.errors import Reason, Retry
from worker.ports import Forge


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

    def break_call(self, call: str, *, after_effect: bool) -> None:
        self.fake.fail(call, Retry(Reason.FORGE_UNAVAILABLE, "GitHub answered 502"), after_effect=after_effect)


@contextmanager
def memory_world() -> Iterator[MemoryWorld]:
    yield MemoryWorld()
