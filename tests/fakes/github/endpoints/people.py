"""Who the token belongs to, and what others may do."""

from __future__ import annotations

import time

from tests.fakes.github.accounts import Role
from tests.fakes.github.exchange import Answer
from tests.fakes.github.routing import ApiError, Call, route
from tests.fakes.github.shapes import people, repositories


@route("GET", "/user")
def signed_in_user(call: Call) -> Answer:
    user = call.author()
    if call.token and call.token.kind == "installation":
        raise ApiError(403, "Resource not accessible by integration")
    return Answer(200, people.signed_in_user(call.github, user))


@route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission")
def permission(call: Call) -> Answer:
    call.author()
    if call.role < Role.WRITE:
        raise ApiError(403, "Must have push access to view collaborator permission.")
    user = call.github.find_user(call.parameters["username"])
    if user is None:
        raise ApiError(404, f"{call.parameters['username']} is not a user")
    role = call.repository.role_of(user)
    name = role.name.lower()
    details = {"permissions": repositories.permissions(role), "role_name": name}
    shown = {**people.simple_user(call.github, user), **details}
    return Answer(200, {"permission": role.legacy, "role_name": name, "user": shown})


@route("GET", "/rate_limit")
def rate_limit(call: Call) -> Answer:
    limit = 5000 if call.token else 60
    rate = {"limit": limit, "remaining": limit, "reset": int(time.time()) + 3600, "used": 0}
    return Answer(200, {"resources": {"core": rate, "search": rate}, "rate": rate})
