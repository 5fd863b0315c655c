"""A repository: its code in a real bare git repository, its issues and pull requests, and who may do what."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes.github.accounts import Role, User
from tests.fakes.github.conversation import Comment, Issue, now
from tests.fakes.github.store import CommitData, Content, Store

if TYPE_CHECKING:
    from tests.fakes.github.world import World


class Repository:
    """Made by `GitHub.add_repository`. Its git repository lies in a folder named after its id: a rename moves nothing."""

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
        self.created_at: datetime = now()
        self.store = Store(root / f"{self.id}.git", default_branch)
        self.issues: list[Issue] = []
        self._roles: dict[str, Role] = {}
        self._numbers = 0

    # --- addresses

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

    # --- people

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

    # --- conversation

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

    def issue(self, number: int) -> Issue:
        """The issue or pull request of that number. Raises KeyError."""
        found = next((one for one in self.issues if one.number == number), None)
        if found is None:
            raise KeyError(number)
        return found

    def find_comment(self, comment_id: int) -> Comment | None:
        comments = (comment for issue in self.issues for comment in issue.comments)
        return next((one for one in comments if one.id == comment_id), None)

    # --- code

    def commit(
        self,
        files: Mapping[str, Content],
        message: str = "Change files",
        *,
        branch: str | None = None,
        author: str = "Ada <ada@example.com>",
    ) -> str:
        """Commit on a branch as if somebody had pushed; a new branch starts at the default branch. Returns the sha."""
        start = self.store.resolve(f"refs/heads/{self.default_branch}")
        return self.store.commit(
            branch or self.default_branch, files, message=message, author=author, when=now(), start=start
        )

    def branches(self) -> dict[str, str]:
        """Branch name -> sha."""
        heads = self.store.refs("refs/heads/")
        return {ref.removeprefix("refs/heads/"): sha for ref, sha in heads.items()}

    def delete_branch(self, name: str) -> None:
        self.store.git("update-ref", "-d", f"refs/heads/{name}")

    def read_file(self, branch: str, path: str) -> str | None:
        """The text of a file on a branch, None when it is not there."""
        data = self.store.read_file(f"refs/heads/{branch}", path)
        return None if data is None else data.decode()

    def log(self, branch: str) -> list[CommitData]:
        """The commits of a branch, newest first, with their whole messages."""
        return self.store.commits(f"refs/heads/{branch}")

    # --- its fate

    def archive(self) -> None:
        """From now on it is read-only."""
        self.archived = True

    def rename(self, full_name: str) -> None:
        """From now on its old name redirects."""
        self.github.rename(self, full_name)

    def delete(self) -> None:
        """From now on it answers 404."""
        self.github.remove(self)
        shutil.rmtree(self.store.path)
