"""Where the token for a request comes from."""

from __future__ import annotations

import re
from typing import Protocol

import github.Auth

from worker.errors import Reason, Refused


class TokenSource(Protocol):
    """Supplies tokens; asked before every request, so it may renew them. Safe to call from any thread."""

    def login(self) -> str | None:
        """Who the tokens act as, where GitHub's `GET /user` can't tell (an App); None: ask GitHub."""

    def token(self, repository: str | None) -> str:
        """A valid token that reaches `repository` (owner/name), or whatever it reaches when that is None."""


class StaticToken:
    """One personal access token, for everything. Raises Refused(CREDENTIALS) for what cannot be a token."""

    def __init__(self, token: str) -> None:
        if not re.fullmatch(r"[!-~]+", token):  # the HTTP library would put such a header into its error
            sentence = "GITHUB_TOKEN is empty, or has a space or a line break in it; copy it again"
            raise Refused(Reason.CREDENTIALS, sentence)
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
