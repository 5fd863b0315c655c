"""Finds the endpoint for a request, by the path templates of GitHub's own description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.github.accounts import Role, Token, User
from tests.fakes.github.description import description
from tests.fakes.github.exchange import Answer, Request

if TYPE_CHECKING:
    from tests.fakes.github.repository import Repository
    from tests.fakes.github.world import World


class ApiError(Exception):
    """An answer that is not a success; `errors` are the items of a validation error."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: list[dict[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers or {}

    def answer(self) -> Answer:
        body: dict[str, Any] = {"message": self.message, "documentation_url": "https://docs.github.com/rest"}
        if self.errors is not None:
            body["errors"] = self.errors
        elif self.status != 422:
            body["status"] = str(self.status)
        return Answer(self.status, body, self.headers)


def invalid(resource: str, *, code: str = "custom", **details: str) -> ApiError:
    """GitHub's 422 with one item."""
    return ApiError(422, "Validation Failed", [{"resource": resource, "code": code, **details}])


def moved(request: Request, location: str) -> ApiError:
    """GitHub's redirect, with the query kept: 301 for reads, 307 for writes."""
    query = request.target.partition("?")[2]
    headers = {"Location": f"{location}?{query}" if query else location}
    if request.method in {"GET", "HEAD"}:
        return ApiError(301, "Moved Permanently", headers=headers)
    return ApiError(307, "Temporary Redirect", headers=headers)


NOT_FOUND = "Not Found"


@dataclass(frozen=True)
class Call:
    """A request on its way to an endpoint. `repository` stands for every path below /repos/{owner}/{repo}."""

    github: World
    request: Request
    parameters: Mapping[str, str]
    token: Token | None
    target: Repository | None
    noticed: set[str] = field(default_factory=set)  # the parts of the query that the endpoint asked for

    @property
    def viewer(self) -> User | None:
        return self.token.user if self.token else None

    @property
    def repository(self) -> Repository:
        if self.target is None:
            raise ApiError(404, NOT_FOUND)
        return self.target

    @property
    def role(self) -> Role:
        """What the token may do here: never more than a stranger when it does not reach the repository."""
        return self.github.role(self.token, self.repository)

    def number(self, name: str) -> int:
        return int(self.parameters[name])

    def query(self, name: str, default: str) -> str:
        self.noticed.add(name)
        return self.request.query.get(name, [default])[-1]

    def body(self, *known: str) -> dict[str, Any]:
        """The JSON object of the request, in which the endpoint takes notice of the fields `known`."""
        try:
            body = self.request.json()
        except ValueError as error:
            raise ApiError(400, "Problems parsing JSON") from error
        if not isinstance(body, dict):
            raise ApiError(400, "Body should be a JSON object")
        if unnoticed := body.keys() - set(known):
            raise NotImplementedError(f"the stand-in takes no notice of {unnoticed} in the body")
        return body

    def check_noticed(self) -> None:
        """Raises NotImplementedError when the query asked for what the endpoint takes no notice of."""
        if unnoticed := self.request.query.keys() - self.noticed:
            raise NotImplementedError(f"the stand-in takes no notice of {unnoticed} in the query")

    def author(self) -> User:
        """The signed-in user. Raises 401."""
        if self.viewer is None:
            raise ApiError(401, "Requires authentication")
        return self.viewer

    def may_write(self, permission: str) -> None:
        """Raises what GitHub answers when the token was not given the scope or permission for this write."""
        token = self.token
        if token is None:
            raise ApiError(401, "Requires authentication")
        repository = self.repository
        if token.kind == "classic" and not token.reaches(repository.full_name, private=repository.private):
            raise ApiError(404, NOT_FOUND)
        if not token.reaches(repository.full_name, private=repository.private) or not token.allows(
            permission, write=True
        ):
            kind = "integration" if token.kind == "installation" else "personal access token"
            needed = {"X-Accepted-GitHub-Permissions": f"{permission}=write"}
            raise ApiError(403, f"Resource not accessible by {kind}", headers=needed)


Endpoint = Callable[[Call], Answer]
_ENDPOINTS: dict[str, Endpoint] = {}


def route(method: str, template: str) -> Callable[[Endpoint], Endpoint]:
    """Serve an operation of the description, such as ("GET", "/repos/{owner}/{repo}")."""

    def register(endpoint: Endpoint) -> Endpoint:
        _ENDPOINTS[f"{method} {template}"] = endpoint
        return endpoint

    return register


def served() -> set[str]:
    """The names of the operations that have an endpoint."""
    return set(_ENDPOINTS)


def find(method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
    """The endpoint and its path parameters; None for what the description does not know or nobody serves."""
    found = description().find(method, path)
    if found is None or found[0].name not in _ENDPOINTS:
        return None
    return _ENDPOINTS[found[0].name], found[1]
