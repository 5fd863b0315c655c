"""A repository: its code in a real bare git repository, its issues and pull requests, and who may do what."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes.github.accounts import Role, User
from tests.fakes.github.code import Code
from tests.fakes.github.conversation import Comment, Issue, now
from tests.fakes.github.pulls import PullRequest
from tests.fakes.github.push_rules import PushRules
from tests.fakes.github.store import Store

if TYPE_CHECKING:
    from tests.fakes.github.world import World


class Repository(Code):
    """Made by `GitHub.add_repository`. Its git folder is named after the id: a rename moves nothing."""

    def __init__(
        self, github: World, full_name: str, root: Path, *, default_branch: str, private: bool, allow_drafts: bool
    ) -> None:
        self.github = github
        self.id = github.next_id()
        self.full_name = full_name
        self.owner: User = github.add_user(full_name.split("/", maxsplit=1)[0])
        self.default_branch = default_branch
        self.private = private
        self.allow_drafts = allow_drafts
        self.archived = False
        self.has_issues = True
        self.parent: Repository | None = None  # what it is a fork of
        self.created_at: datetime = now()
        self.pushed_at: datetime = self.created_at
        self.store = Store(root / f"{self.id}.git", default_branch)
        self.rules = PushRules(self.store, self.html_url)
        self.issues: list[Issue] = []
        self._roles: dict[str, Role] = {}
        self._numbers = 0

    @property
    def name(self) -> str:
        return self.full_name.split("/")[1]

    @property
    def html_url(self) -> str:
        return f"{self.github.url}/{self.full_name}"

    @property
    def clone_url(self) -> str:
        return f"{self.html_url}.git"

    @property
    def api_url(self) -> str:
        return f"{self.github.url}/repos/{self.full_name}"

    def grant(self, login: str, role: str) -> None:
        """Give a user `read`, `triage`, `write`, `maintain` or `admin`; `none` takes it away."""
        self.github.user(login)
        self._roles[login] = Role[role.upper()]

    def role_of(self, user: User | None) -> Role:
        """What the user may do; everybody reads a public repository."""
        stranger = Role.NONE if self.private else Role.READ
        if user is None:
            return stranger
        if user is self.owner:
            return Role.ADMIN
        return max(stranger, self._roles.get(user.login, Role.NONE))

    def collaborators(self) -> set[str]:
        return {login for login, role in self._roles.items() if role}

    def next_number(self) -> int:
        """Issues and pull requests share one sequence."""
        with self.github.lock:
            self._numbers += 1
            return self._numbers

    def add_issue(self, title: str, body: str = "", author: str | None = None, labels: Sequence[str] = ()) -> Issue:
        """Open an issue; the owner is its author unless another login is given."""
        with self.github.lock:
            user = self.github.user(author or self.owner.login)
            issue = Issue(
                self.github.next_id(), self, user, body, number=self.next_number(), title=title, labels=list(labels)
            )
            self.issues.append(issue)
        return issue

    def add_pull_request(
        self,
        title: str,
        *,
        head: str,
        base: str | None = None,
        body: str = "",
        author: str | None = None,
        draft: bool = False,
        head_repository: Repository | None = None,
    ) -> PullRequest:
        """Open a pull request from the branch `head` (of a fork: `head_repository`) to `base`, the default branch."""
        source = head_repository or self
        with self.github.lock:
            pull = PullRequest(
                self.github.next_id(),
                self,
                self.github.user(author or self.owner.login),
                body,
                number=self.next_number(),
                title=title,
                head_repository=source,
                head_owner=source.owner.login,
                head_branch=head,
                base_branch=base or self.default_branch,
                draft=draft,
            )
            pull.refresh()
            self.issues.append(pull)
        return pull

    @property
    def pull_requests(self) -> list[PullRequest]:
        """All of them, oldest first, as git has them now."""
        with self.github.lock:
            pulls = [one for one in self.issues if isinstance(one, PullRequest)]
            for pull in pulls:
                pull.refresh()
        return pulls

    def notice_push(self) -> list[PullRequest]:
        """What GitHub does after a push; returns the pull requests that it looked at."""
        self.pushed_at = now()
        return self.pull_requests + (self.parent.pull_requests if self.parent else [])

    def forget_head(self, fork: Repository) -> None:
        """The fork is gone: its pull requests stay, closed, as they were last."""
        for pull in self.pull_requests:
            if pull.head_repository is fork:
                pull.head_repository = None
                pull.close()

    def issue(self, number: int) -> Issue:
        """The issue or pull request of that number. Raises KeyError."""
        found = next((one for one in self.issues if one.number == number), None)
        if found is None:
            raise KeyError(number)
        return found

    def find_comment(self, comment_id: int) -> Comment | None:
        comments = (comment for issue in self.issues for comment in issue.comments)
        return next((one for one in comments if one.id == comment_id), None)

    def fork(self, owner: str) -> Repository:
        """A copy with all branches that belongs to `owner`."""
        self.github.add_user(owner)
        copy = self.github.add_repository(f"{owner}/{self.name}", default_branch=self.default_branch)
        copy.parent, copy.private = self, self.private
        copy.store.git("fetch", "--quiet", str(self.store.path), "+refs/heads/*:refs/heads/*")
        return copy

    def archive(self) -> None:
        """From now on it is read-only."""
        self.archived = True

    def rename(self, full_name: str) -> None:
        """From now on its old name redirects."""
        self.github.rename(self, full_name)

    def delete(self) -> None:
        """From now on it answers 404, and pull requests from it have no head repository."""
        self.github.remove(self)
        shutil.rmtree(self.store.path)
