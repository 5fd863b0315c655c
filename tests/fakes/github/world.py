"""Everything that exists on the stand-in: users, tokens, repositories and their old names."""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from tests.fakes.github.accounts import Role, Token, User
from tests.fakes.github.conversation import now
from tests.fakes.github.repository import Repository
from tests.fakes.github.store import Content


class World:
    """The state, without the server. `lock` guards it; names and logins are case-insensitive."""

    def __init__(self, root: Path, url: str) -> None:
        self.lock = threading.RLock()
        self.url = url
        self._root = root
        self._ids = itertools.count(1001)
        self._users: dict[str, User] = {}
        self._tokens: dict[str, Token] = {}
        self._repositories: dict[str, Repository] = {}
        self._redirects: dict[str, Repository] = {}

    def next_id(self) -> int:
        return next(self._ids)

    def add_user(self, login: str, type: Literal["User", "Organization", "Bot"] = "User") -> User:  # noqa: A002
        """Sign a user up; one who is there already stays as they are."""
        with self.lock:
            return self._users.setdefault(login.lower(), User(self.next_id(), login, type, now()))

    def delete_user(self, login: str) -> None:
        """The account is gone; what it wrote in issues stays, with no user."""
        self._users.pop(login.lower()).deleted = True

    def user(self, login: str) -> User:
        """Raises KeyError for nobody."""
        return self._users[login.lower()]

    def find_user(self, login: str) -> User | None:
        return self._users.get(login.lower())

    def token_for(self, login: str, *, scopes: tuple[str, ...] = ("repo",)) -> str:
        """A classic personal access token; signs the user up."""
        value = f"ghp_{secrets.token_hex(18)}"
        self._tokens[value] = Token(value, self.add_user(login), "classic", scopes)
        return value

    def fine_grained_token(self, login: str, *repositories: str, **permissions: str) -> str:
        """A fine-grained personal access token, such as ("bot", "acme/shop", contents="write", issues="read")."""
        value = f"github_pat_{secrets.token_hex(41)}"
        self._tokens[value] = Token(
            value, self.add_user(login), "fine-grained", (), frozenset(repositories), permissions
        )
        return value

    def installation_token(self, slug: str, *repositories: str, **permissions: str) -> str:
        """A token of the GitHub App `slug`, which acts as `<slug>[bot]`."""
        value = f"ghs_{self.next_id()}_{secrets.token_urlsafe(120)}"
        bot = self.add_user(f"{slug}[bot]", "Bot")
        self._tokens[value] = Token(value, bot, "installation", (), frozenset(repositories), permissions)
        return value

    def revoke(self, value: str) -> None:
        """From now on the token is a bad credential."""
        self._tokens[value].revoked = True

    def find_token(self, value: str) -> Token | None:
        """The token, None when nobody has it or it was revoked."""
        token = self._tokens.get(value)
        return None if token is None or token.revoked else token

    def add_repository(
        self,
        full_name: str,
        files: Mapping[str, Content] | None = None,
        *,
        default_branch: str = "main",
        private: bool = False,
        allow_drafts: bool = True,
    ) -> Repository:
        """A new repository, with one commit that holds `files`; without files it is empty."""
        with self.lock:
            repository = Repository(
                self, full_name, self._root, default_branch=default_branch, private=private, allow_drafts=allow_drafts
            )
            self._repositories[full_name.lower()] = repository
            self._redirects.pop(full_name.lower(), None)
        if files:
            repository.commit(files, "Initial commit")
        return repository

    def repository(self, full_name: str) -> Repository:
        """Raises KeyError; old names don't count."""
        return self._repositories[full_name.lower()]

    def find_repository(self, full_name: str) -> Repository | None:
        return self._repositories.get(full_name.lower())

    def find_repository_by_id(self, repository_id: int) -> Repository | None:
        return next((one for one in self._repositories.values() if one.id == repository_id), None)

    def renamed(self, full_name: str) -> Repository | None:
        """The repository that had this name before."""
        return self._redirects.get(full_name.lower())

    def rename(self, repository: Repository, full_name: str) -> None:
        with self.lock:
            old = repository.full_name.lower()
            self._redirects[old] = self._repositories.pop(old)
            self._repositories[full_name.lower()] = repository
            repository.full_name = full_name
            repository.owner = self.add_user(full_name.split("/", maxsplit=1)[0])

    def remove(self, repository: Repository) -> None:
        with self.lock:
            del self._repositories[repository.full_name.lower()]
            self._redirects = {name: one for name, one in self._redirects.items() if one is not repository}
            for other in self._repositories.values():
                other.forget_head(repository)

    def role(self, token: Token | None, repository: Repository) -> Role:
        """What a token may do in a repository."""
        stranger = repository.role_of(None)
        if token is None or not token.reaches(repository.full_name, private=repository.private):
            return stranger
        if token.kind == "installation":
            return max(stranger, Role.WRITE if "write" in token.permissions.values() else Role.READ)
        return repository.role_of(token.user)
