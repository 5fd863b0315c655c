"""GitHub's own description of its API, as scripts/github_description.py cut it, and what it lacks."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

_DATA = Path(__file__).parents[2] / "data" / "github"
_LONGEST = 400  # characters of a complaint
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


class Schema:
    """A JSON Schema together with the definitions that it refers to."""

    def __init__(self, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        self._validator = Draft202012Validator({**schema, "$defs": definitions}, format_checker=FORMATS)
        self.type = schema.get("type")

    def complaint(self, value: Any) -> str | None:
        """What is wrong with a value, None when it fits."""
        if self._validator.is_valid(value):
            return None
        error = best_match(self._validator.iter_errors(value))
        assert error is not None
        return f"{error.json_path}: {error.message}"[:_LONGEST]


@dataclass(frozen=True)
class Operation:
    """One method on one path. A body or an answer that is None has no content."""

    name: str
    pattern: re.Pattern[str]
    query: Mapping[str, Schema]
    required: frozenset[str]  # of the query
    body: Schema | None
    body_required: bool
    answers: Mapping[int, Schema | None]


@dataclass(frozen=True)
class Exempt:
    """An answer that GitHub gives though the description lacks it; a schema that is None allows any body."""

    status: int
    operations: re.Pattern[str]
    schema: Schema | None


class Description:
    """The operations that we use, and the listed exceptions."""

    def __init__(self, described: Mapping[str, Any], lacks: Mapping[str, Any]) -> None:
        self._definitions: Mapping[str, Any] = described["$defs"]
        for one in lacks["fields"]:
            _widen(self._definitions[one["schema"]], one["field"].split("."), one["also"])
        self._operations = [self._operation(name, one) for name, one in described["operations"].items()]
        self._addresses = [(re.compile(one["pattern"]), one["stands_for"]) for one in lacks["addresses"]]
        self._queries = [(re.compile(one["operations"]), one["names"]) for one in lacks["queries"]]
        self._exempt = [
            Exempt(one["status"], re.compile(one["operations"]), self._optional(one["schema"]))
            for one in lacks["answers"]
        ]

    def names(self) -> set[str]:
        """All operations, such as `GET /user`."""
        return {operation.name for operation in self._operations}

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation and its path parameters."""
        for pattern, stands_for in self._addresses:
            path = pattern.sub(stands_for, path)
        for operation in self._operations:
            if operation.name.startswith(f"{method} ") and (match := operation.pattern.fullmatch(path)):
                return operation, match.groupdict()
        return None

    def may_ask(self, operation: str, name: str) -> bool:
        """Whether a query parameter that the description lacks is listed."""
        return any(pattern.fullmatch(operation) and name in names for pattern, names in self._queries)

    def exempt(self, operation: str, status: int) -> Exempt | None:
        """Why `operation`, such as `GET /user`, may answer with a `status` that its description lacks."""
        found = (one for one in self._exempt if one.status == status and one.operations.fullmatch(operation))
        return next(found, None)

    def _operation(self, name: str, described: Mapping[str, Any]) -> Operation:
        return Operation(
            name,
            re.compile(described["pattern"]),
            {key: Schema(one["schema"], self._definitions) for key, one in described["query"].items()},
            frozenset(key for key, one in described["query"].items() if one["required"]),
            self._optional(described["body"]),
            described["body_required"],
            {int(status): self._optional(one) for status, one in described["answers"].items()},
        )

    def _optional(self, schema: Mapping[str, Any] | None) -> Schema | None:
        return None if schema is None else Schema(schema, self._definitions)


def _widen(schema: dict[str, Any], field: Sequence[str], also: Mapping[str, Any]) -> None:
    """Let a field, such as head.repo, hold what `also` describes as well; it may be new."""
    for name in field[:-1]:
        schema = schema["properties"][name]
    known = schema["properties"].get(field[-1])
    schema["properties"][field[-1]] = {"anyOf": [known, also]} if known else also


@functools.cache
def lacking() -> Mapping[str, Any]:
    """The list of what GitHub does though its description does not say so."""
    return json.loads((_DATA / "not_described.json").read_text())  # type: ignore[no-any-return]


@functools.cache
def description() -> Description:
    """Read once for a process."""
    return Description(json.loads((_DATA / "description.json").read_text()), lacking())
