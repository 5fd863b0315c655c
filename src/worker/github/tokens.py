"""Where the token for a request comes from."""

from __future__ import annotations

from typing import Protocol

import github.Auth


class TokenSource(Protocol):
    """Supplies tokens; asked before every request, so it may renew them. Safe to call from any thread."""

    def login(self) -> str | None:
        """Who the tokens act as, where GitHub's `GET /user` can't tell (an App); None: ask GitHub."""

    def token(self, repository: str | None) -> str:
        """A valid token that reaches `repository` (owner/name), or whatever it reaches when that is None."""


class StaticToken:
    """One personal access token, for everything."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __repr__(self) -> str:
        return "StaticToken(***)"

    def login(self) -> str | None:
        return None

    def token(self, repository: str | None) -> str:  # noqa: ARG002  # one token reaches them all
        return self._token


class SourcedAuth(github.Auth.Auth):
    """PyGithub's view of a token source."""

    def __init__(self, source: TokenSource, repository: str | None) -> None:
        self._source = source
        self._repository = repository

    @property
    def token_type(self) -> str:
        return "Bearer"

    @property
    def token(self) -> str:
        return self._source.token(self._repository)

    @property
    def _masked_token(self) -> str:
        return "Bearer ***"
