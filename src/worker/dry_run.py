"""The forge of a dry run: reads what is there, writes down what it would write, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from worker.ports import Branch, Comment, Commit, Forge, Issue, PullRequest, Repository

URL = "(dry run)"


@dataclass(frozen=True)
class PlannedCall:
    """A call of GitHub's API that was not made. `summary` is one line for a person, `body` the text to be posted."""

    verb: Literal["POST", "PATCH"]
    path: str
    summary: str
    body: str = ""


class DryRunForge:
    """A Forge over another one. What it pretends to create has the number 0 and the address "(dry run)".

    `anonymous` is for a run without a token: the name that then stands for us and for the person who asks. That
    person may ask, because nothing is written; of everybody else GitHub tells nobody who may write, so they may not.
    """

    def __init__(self, forge: Forge, *, anonymous: str | None = None) -> None:
        self._forge = forge
        self._anonymous = anonymous
        self._planned: list[PlannedCall] = []

    @property
    def planned(self) -> tuple[PlannedCall, ...]:
        """What would have been written, in order."""
        return tuple(self._planned)

    @property
    def host(self) -> str:
        return self._forge.host

    def login(self) -> str:
        return self._anonymous or self._forge.login()

    def may_write(self, repository: str, login: str) -> bool:
        if self._anonymous is not None:
            return login == self._anonymous
        return self._forge.may_write(repository, login)

    def repository(self, name: str) -> Repository:
        return self._forge.repository(name)

    def issue(self, repository: str, number: int) -> Issue:
        return self._forge.issue(repository, number)

    def comments(self, repository: str, number: int) -> Sequence[Comment]:
        return self._forge.comments(repository, number)

    def create_comment(self, repository: str, number: int, body: str) -> Comment:
        self._plan("POST", f"/repos/{repository}/issues/{number}/comments", f"comment on #{number}", body)
        return Comment(id=0, author=self.login(), body=body, created_at=datetime.now(UTC), url=URL)

    def edit_comment(self, repository: str, comment_id: int, body: str) -> None:
        self._plan("PATCH", f"/repos/{repository}/issues/comments/{comment_id}", "edit the comment", body)

    def react(self, repository: str, number: int) -> None:
        self._plan("POST", f"/repos/{repository}/issues/{number}/reactions", f"put 👀 on #{number}")

    def branches(self, repository: str, prefix: str) -> Sequence[Branch]:
        return self._forge.branches(repository, prefix)

    def commit(self, repository: str, sha: str) -> Commit:
        return self._forge.commit(repository, sha)

    def pull_requests(
        self, repository: str, *, head: str, state: Literal["open", "closed", "all"] = "all"
    ) -> Sequence[PullRequest]:
        return self._forge.pull_requests(repository, head=head, state=state)

    def create_pull_request(
        self, repository: str, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        kind = "draft pull request" if draft else "pull request"
        self._plan("POST", f"/repos/{repository}/pulls", f"open the {kind} “{title}”: {head} into {base}", body)
        return PullRequest(
            number=0,
            url=URL,
            author=self.login(),
            state="open",
            merged=False,
            draft=draft,
            title=title,
            body=body,
            head_branch=head,
            head_sha="0" * 40,
            head_repository=repository,
            base_branch=base,
        )

    def _plan(self, verb: Literal["POST", "PATCH"], path: str, summary: str, body: str = "") -> None:
        self._planned.append(PlannedCall(verb, path, summary, body))
