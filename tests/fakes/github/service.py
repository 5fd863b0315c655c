"""The stand-in for GitHub: one object with the whole world in it, served over HTTP on this machine."""

from __future__ import annotations

import itertools
import secrets
import shutil
import tempfile
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.fakes.github import rest, smart_http
from tests.fakes.github.accounts import Role, Token, User
from tests.fakes.github.conversation import now
from tests.fakes.github.exchange import Answer, Exchange, Request
from tests.fakes.github.repository import Repository
from tests.fakes.github.store import Content
from tests.fakes.github.transport import Listener


class GitHub:
    """A GitHub of one's own: `with GitHub() as github:` starts it and, at the end, raises what broke its rules.

    `url` is both the root of the API and the address of the git host.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.requests: list[Exchange] = []
        self.violations: list[str] = []
        self.stopping = threading.Event()
        self._ids = itertools.count(1001)
        self._users: dict[str, User] = {}
        self._tokens: dict[str, Token] = {}
        self._repositories: dict[str, Repository] = {}
        self._redirects: dict[str, Repository] = {}
        self._root = Path(tempfile.mkdtemp(prefix="github-"))
        self._listener = Listener(self._serve)
        self.url = self._listener.url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self.violations and error is None:
            raise AssertionError("GitHub would not do, or be asked, that:\n" + "\n".join(self.violations))

    def close(self) -> None:
        """Stop serving and remove the repositories; `violations` stay."""
        self.stopping.set()
        self._listener.stop()
        shutil.rmtree(self._root)
        self.violations.extend(f"the server broke: {error!r}" for error in self._listener.failures)

    # --- people

    def next_id(self) -> int:
        return next(self._ids)

    def add_user(self, login: str, type: Literal["User", "Organization", "Bot"] = "User") -> User:  # noqa: A002
        """Sign a user up; one who is there already stays as they are."""
        with self.lock:
            return self._users.setdefault(login.lower(), User(self.next_id(), login, type, now()))

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

    # --- repositories

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

    def role(self, token: Token | None, repository: Repository) -> Role:
        """What a token may do in a repository."""
        stranger = repository.role_of(None)
        if token is None or not token.reaches(repository.full_name, private=repository.private):
            return stranger
        if token.kind == "installation":
            return max(stranger, Role.WRITE if "write" in token.permissions.values() else Role.READ)
        return repository.role_of(token.user)

    # --- the wire

    def writes(self) -> list[Exchange]:
        """All requests that were meant to change something, git pushes among them."""
        return [one for one in self.requests if one.is_write()]

    def _serve(self, request: Request) -> Answer | None:
        with self.lock:
            exchange = Exchange(len(self.requests) + 1, request)
            self.requests.append(exchange)
        try:
            exchange.answer = self._answer(request)
        except Exception:  # noqa: BLE001 (a bug of the stand-in must fail the test that met it)
            self.violations.append(f"{exchange}: {traceback.format_exc()}")
            exchange.answer = Answer(500, {"message": "the stand-in broke"})
        return exchange.answer

    def _answer(self, request: Request) -> Answer:
        if smart_http.is_git(request):
            return smart_http.serve(self, request)
        return rest.serve(self, request)
