"""The in-memory forge: the behaviour that the `Forge` port promises, without a network; for tests of the modes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from tests.fakes.forge_state import IssueState, RepositoryState
from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.ports import Branch, Comment, Commit, Issue, PullRequest, Repository

WRITES = frozenset({"create_comment", "edit_comment", "react", "create_pull_request"})
_LONGEST = 65_536


@dataclass(frozen=True)
class _Fault:
    method: str
    error: PatchferryError
    after_effect: bool


class FakeForge:
    """A forge on which we are `user`. `calls` are the names of the methods that were called, in order."""

    def __init__(self, user: str = "patchferry-bot", host: str = "github.com") -> None:
        self.user = user
        self.host = host
        self.calls: list[str] = []
        self._repositories: dict[str, RepositoryState] = {}
        self._renamed: dict[str, str] = {}
        self._faults: list[_Fault] = []

    # --- the world, for tests

    @property
    def writes(self) -> list[str]:
        """The calls that were meant to change something."""
        return [call for call in self.calls if call in WRITES]

    def add_repository(self, name: str, *, default_branch: str = "main") -> RepositoryState:
        made = RepositoryState(name, default_branch)
        self._repositories[name.lower()] = made
        return made

    def rename(self, old: str, new: str) -> None:
        """From now on calls with the old name are redirected."""
        state = self._repositories.pop(old.lower())
        state.name = new
        self._repositories[new.lower()] = state
        self._renamed[old.lower()] = new

    def fail(self, method: str, error: PatchferryError, *, after_effect: bool = False, times: int = 1) -> None:
        """Make the next calls of `method` raise `error`: instead of their effect, or after it has happened."""
        self._faults.extend([_Fault(method, error, after_effect)] * times)

    # --- the port

    def login(self) -> str:
        with self._answering("login"):
            return self.user

    def may_write(self, repository: str, login: str) -> bool:
        with self._answering("may_write"):
            gone = repository.lower() not in {*self._repositories, *self._renamed}
            return not gone and self._is_writer(repository, login)

    def repository(self, name: str) -> Repository:
        with self._answering("repository"):
            found = self._find(name)
            return Repository(found.name, found.default_branch, found.clone_url, found.archived)

    def issue(self, repository: str, number: int) -> Issue:
        with self._answering("issue"):
            found = self._issue(repository, number)
            return Issue(
                number=found.number,
                title=found.title,
                body=found.body,
                author=found.author,
                open=found.open,
                locked=found.locked,
                is_pull_request=found.is_pull_request,
                url=found.url,
            )

    def comments(self, repository: str, number: int) -> Sequence[Comment]:
        with self._answering("comments"):
            return list(self._issue(repository, number).comments)

    def create_comment(self, repository: str, number: int, body: str) -> Comment:
        with self._answering("create_comment"):
            _check_length(body)
            self._writable(repository)
            issue = self._issue(repository, number)
            if issue.locked and not self._is_writer(repository, self.user):
                raise Refused(Reason.ISSUE, f"issue {repository}#{number} is locked; unlock it and ask again")
            return self._find(repository).comment(number, self.user, body)

    def edit_comment(self, repository: str, comment_id: int, body: str) -> None:
        with self._answering("edit_comment"):
            _check_length(body)
            for issue in self._writable(repository).issues.values():
                for index, comment in enumerate(issue.comments):
                    if comment.id == comment_id:
                        issue.comments[index] = replace(comment, body=body)
                        return
            raise Refused(Reason.ISSUE, f"the comment {comment_id} in {repository} does not exist")

    def react(self, repository: str, number: int) -> None:
        with self._answering("react"):
            self._writable(repository)
            self._issue(repository, number).eyes.add(self.user)

    def branches(self, repository: str, prefix: str) -> Sequence[Branch]:
        with self._answering("branches"):
            found = self._find(repository).branches
            if not found:
                raise Refused(Reason.REPOSITORY, f"the repository {repository} is empty; it needs a first commit")
            return [Branch(name, found[name]) for name in sorted(found) if name.startswith(prefix)]

    def commit(self, repository: str, sha: str) -> Commit:
        with self._answering("commit"):
            found = self._find(repository).commits.get(sha)
            if found is None:
                raise Refused(Reason.REPOSITORY, f"the commit {sha} in {repository} does not exist")
            return found

    def pull_requests(
        self, repository: str, *, head: str, state: Literal["open", "closed", "all"] = "all"
    ) -> Sequence[PullRequest]:
        with self._answering("pull_requests"):
            found = self._find(repository)
            wanted = [
                one for one in found.pull_requests if (one.head_branch, one.head_repository) == (head, found.name)
            ]
            return [one for one in reversed(wanted) if state in {"all", one.state}]

    def create_pull_request(
        self, repository: str, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        with self._answering("create_pull_request"):
            _check_length(body)
            found = self._writable(repository)
            for one in found.pull_requests:
                if one.state == "open" and (one.head_branch, one.base_branch) == (head, base):
                    return one
            if head not in found.branches:
                raise Retry(Reason.FORGE_UNAVAILABLE, f"GitHub does not know the branch {head} yet")
            if found.branches[head] == found.branches.get(base):
                raise Refused(Reason.NO_CHANGE, f"{head} has nothing that {base} has not")
            return found.open_pull_request(
                head, author=self.user, title=title, body=body, base=base, draft=draft and found.drafts
            )

    @contextmanager
    def _answering(self, method: str) -> Iterator[None]:
        self.calls.append(method)
        fault = next((one for one in self._faults if one.method == method), None)
        if fault:
            self._faults.remove(fault)
        if fault and not fault.after_effect:
            raise fault.error
        yield
        if fault:
            raise fault.error

    def _find(self, name: str) -> RepositoryState:
        if name.lower() in self._renamed:
            new = self._renamed[name.lower()]
            raise Refused(Reason.REPOSITORY, f"the repository was renamed to {new}; use the new name")
        if name.lower() not in self._repositories:
            raise Refused(Reason.REPOSITORY, f"the repository {name} does not exist, or the token may not see it")
        return self._repositories[name.lower()]

    def _writable(self, name: str) -> RepositoryState:
        found = self._find(name)
        if found.archived:
            raise Refused(Reason.REPOSITORY, f"{name} is archived, so it is read-only")
        return found

    def _issue(self, repository: str, number: int) -> IssueState:
        issue = self._find(repository).issues.get(number)
        if issue is None or issue.deleted:
            raise Refused(Reason.ISSUE, f"issue {repository}#{number} does not exist, or the token may not see it")
        return issue

    def _is_writer(self, repository: str, login: str) -> bool:
        return self._find(repository).roles.get(login.lower()) in {"write", "maintain", "admin"}


def _check_length(body: str) -> None:
    if len(body) > _LONGEST:
        raise Refused(Reason.TOO_LARGE, f"a text for GitHub has {len(body)} characters; it takes at most {_LONGEST}")
