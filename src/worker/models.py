"""The messages in the queue: frozen, versioned, and tolerant of fields that a newer sender adds."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MAX_BODY_BYTES = 1_000_000

RepositoryName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", max_length=200)]
Login = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(\[bot\])?$", max_length=100)]
TaskId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Number = Annotated[int, Field(ge=1, strict=True)]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: Literal[1] = Field(default=1, alias="schema")
    source: str = "github"
    repository: RepositoryName
    requested_by: Login
    installation_id: int | None = None
    created_at: datetime | None = None


class QuickFix(_Message):
    """Turn an issue into a pull request. `title` and `body` are the issue's text when it was asked for, if known."""

    kind: Literal["quickfix"] = "quickfix"
    issue: Number
    task_id: TaskId | None = None
    revision: Annotated[int, Field(ge=0)] = 0
    title: str | None = None
    body: str | None = None
    instructions: str | None = None


class Refine(_Message):
    """Improve one of our own pull requests."""

    kind: Literal["refine"] = "refine"
    pull_request: Number
    instructions: Annotated[str, Field(min_length=1)]
    comment_id: int
    comment_kind: Literal["issue", "review_comment", "review"]
    task_id: TaskId | None = None
    revision: Annotated[int, Field(ge=0)] = 0


class Stop(_Message):
    """End the waiting or running work on an issue or pull request."""

    kind: Literal["stop"] = "stop"
    number: Number


Message = Annotated[QuickFix | Refine | Stop, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[QuickFix | Refine | Stop] = TypeAdapter(Message)


def parse(body: bytes) -> QuickFix | Refine | Stop:
    """Read one message. Raises ValueError (pydantic's ValidationError is one) when it is not ours."""
    if len(body) > MAX_BODY_BYTES:
        message = f"a message may have at most {MAX_BODY_BYTES} bytes, this one has {len(body)}"
        raise ValueError(message)
    return _ADAPTER.validate_json(body)


def encode(message: QuickFix | Refine | Stop) -> bytes:
    """The JSON body of a message, as `parse` reads it."""
    return message.model_dump_json(by_alias=True).encode()


def task_id(message: QuickFix | Refine | Stop, host: str) -> str:
    """The identity of a task: 16 hex digits, equal for every delivery of the same request.

    `host` is the git host, such as github.com. A sender may have computed it already.
    """
    match message:
        case QuickFix():
            return message.task_id or _digest(host, message.repository, "quickfix", message.issue, 0, message.revision)
        case Refine():
            key = (message.pull_request, message.comment_id, message.revision)
            return message.task_id or _digest(host, message.repository, "refine", *key)
        case Stop():
            asked = message.created_at.isoformat() if message.created_at else 0
            return _digest(host, message.repository, "stop", message.number, 0, asked)


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(str(part) for part in parts).lower().encode()).hexdigest()[:16]
