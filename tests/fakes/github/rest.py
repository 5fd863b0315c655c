"""The way of an API request: who asks, for what, may they see it, and then the endpoint."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from tests.fakes.github import endpoints
from tests.fakes.github.accounts import Role, Token
from tests.fakes.github.exchange import Answer, Request
from tests.fakes.github.routing import NOT_FOUND, ApiError, Call, moved

if TYPE_CHECKING:
    from tests.fakes.github.repository import Repository
    from tests.fakes.github.world import World

_BY_ID = re.compile(r"/repositories/(?P<id>[0-9]+)(?P<rest>/.*)?")
_BY_NAME = re.compile(r"/repos/(?P<name>[^/]+/[^/]+)(?P<rest>/.*)?")


def serve(github: World, request: Request, number: int) -> Answer:
    """Answer one API request, the `number`-th that GitHub has seen."""
    token: Token | None = None
    try:
        _check_manners(request)
        token = authenticate(github, request)
        with github.lock:
            answer = _dispatch(github, request, token)
    except ApiError as error:
        answer = error.answer()
    return answer.with_headers(_headers(token, number))


def authenticate(github: World, request: Request) -> Token | None:
    """The token that the request carries, None for a stranger. Raises 401."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    token = github.find_token(value) if scheme.lower() in {"token", "bearer"} else None
    if token is None:
        raise ApiError(401, "Bad credentials")
    return token


def _check_manners(request: Request) -> None:
    if not request.headers.get("user-agent"):
        raise ApiError(
            403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
        )


def _dispatch(github: World, request: Request, token: Token | None) -> Answer:
    path, repository = _resolve(github, request, token)
    found = endpoints.find(request.method, path)
    if found is None:  # the judge objects to it
        raise ApiError(404, NOT_FOUND)
    endpoint, parameters = found
    if repository and repository.archived and request.method != "GET":
        raise ApiError(403, "Repository was archived so is read-only.")
    call = Call(github, request, parameters, token, repository)
    answer = endpoint(call)
    call.check_noticed()
    return answer


def _resolve(github: World, request: Request, token: Token | None) -> tuple[str, Repository | None]:
    """The path by the repository's present name, and the repository. Raises 301, 307 and 404."""
    repository: Repository | None
    if match := _BY_ID.fullmatch(request.path):
        repository = github.find_repository_by_id(int(match["id"]))
    elif match := _BY_NAME.fullmatch(request.path):
        repository = github.find_repository(match["name"])
        if repository is None:
            _redirect(github, request, token, match)
    else:
        return request.path, None
    if repository is None or github.role(token, repository) < Role.READ:
        raise ApiError(404, NOT_FOUND)
    return f"/repos/{repository.full_name}{match['rest'] or ''}", repository


def _redirect(github: World, request: Request, token: Token | None, match: re.Match[str]) -> None:
    repository = github.renamed(match["name"])
    if repository is not None and github.role(token, repository) >= Role.READ:
        raise moved(request, f"{github.url}/repositories/{repository.id}{match['rest'] or ''}")


def _headers(token: Token | None, number: int) -> dict[str, str]:
    limit = 5000 if token else 60
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-GitHub-Request-Id": f"STND:{number:06d}",
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(limit - 1),
        "X-RateLimit-Used": "1",
        "X-RateLimit-Reset": str(int(time.time()) + 3600),
        "X-RateLimit-Resource": "core",
    }
    if token and token.kind == "classic":
        headers["X-OAuth-Scopes"] = ", ".join(token.scopes)
    return headers
