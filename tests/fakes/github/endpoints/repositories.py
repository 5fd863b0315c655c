"""The repository itself."""

from __future__ import annotations

from tests.fakes.github.exchange import Answer
from tests.fakes.github.routing import Call, route
from tests.fakes.github.shapes import repositories


@route("GET", "/repos/{owner}/{repo}")
def repository(call: Call) -> Answer:
    return Answer(200, repositories.full_repository(call.repository, call.role))
