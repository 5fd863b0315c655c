"""Holds every request and every answer against GitHub's own description of its API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.fakes.github import smart_http
from tests.fakes.github.description import Operation, Schema, description
from tests.fakes.github.exchange import Answer, Request

API_VERSION = "2022-11-28"  # the one that the description is of


def review_request(request: Request) -> list[str]:
    """What is wrong with a request, a line each."""
    if smart_http.is_git(request):
        return []
    found = description().find(request.method, request.path)
    if found is None:
        return ["GitHub's description has no such operation, or we said that we don't use it"]
    return list(_review_request(found[0], request))


def review_answer(request: Request, answer: Answer) -> list[str]:
    """What is wrong with the answer to a request, a line each."""
    if smart_http.is_git(request):
        return list(_review_answer(f"GIT {request.method} {request.path.rpartition('/')[2]}", None, answer))
    found = description().find(request.method, request.path)
    return list(_review_answer(found[0].name, found[0], answer)) if found else []


def _review_request(operation: Operation, request: Request) -> Iterator[str]:
    if request.headers.get("x-github-api-version", API_VERSION) != API_VERSION:
        yield f"the description is of version {API_VERSION}"
    yield from (f"the query lacks {name}" for name in sorted(operation.required - request.query.keys()))
    for name, values in request.query.items():
        if name not in operation.query and description().may_ask(operation.name, name):
            continue
        if name not in operation.query or len(values) > 1:
            yield f"the query may not have {name}={values}"
        elif complaint := operation.query[name].complaint(_typed(operation.query[name], values[0])):
            yield f"the query's {name}: {complaint}"
    yield from _review_body(operation, request)


def _review_body(operation: Operation, request: Request) -> Iterator[str]:
    if not request.body:
        if operation.body_required:
            yield "the request lacks its body"
        return
    if operation.body is None:
        yield "the request may not have a body"
        return
    try:
        value = request.json()
    except ValueError as error:
        yield f"the request's body is not JSON: {error}"
        return
    if complaint := operation.body.complaint(value):
        yield f"the request's body: {complaint}"


def _review_answer(name: str, operation: Operation | None, answer: Answer) -> Iterator[str]:
    exempt = description().exempt(name, answer.status)
    if exempt is not None and exempt.schema is None:
        return
    if operation is not None and answer.status in operation.answers:
        schema = operation.answers[answer.status]
    elif exempt is not None:
        schema = exempt.schema
    else:
        yield f"the description has no status {answer.status} for {name}, and not_described.json neither"
        return
    if schema is None:
        if answer.body is not None:
            yield "the answer may not have a body"
    elif complaint := schema.complaint(_as_received(answer)):
        yield f"the answer's body: {complaint}"


def _as_received(answer: Answer) -> Any:
    try:
        return json.loads(answer.encoded())
    except ValueError:
        return answer.encoded()  # fits no schema


def _typed(schema: Schema, text: str) -> Any:
    """The value that a query parameter's text stands for."""
    if schema.type == "integer" and text.lstrip("-").isdecimal():
        return int(text)
    return {"true": True, "false": False}.get(text, text) if schema.type == "boolean" else text
