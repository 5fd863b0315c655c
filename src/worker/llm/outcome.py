"""What the engine's process reports, read as hostile input: it has handled a stranger's text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.usage import Usage

LARGEST_REPORT = 1_000_000  # bytes

_Count = Annotated[int, Field(ge=0, le=10**12)]
_Seconds = Annotated[float, Field(ge=0, le=10**7, allow_inf_nan=False)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Consumed(_Line):
    """The sums after a call."""

    type: Literal["usage"]
    tokens_in: _Count
    tokens_out: _Count
    calls: _Count
    cost_usd: Annotated[float, Field(ge=0, le=10**9, allow_inf_nan=False)] | None

    def usage(self) -> Usage:
        return Usage(self.tokens_in, self.tokens_out, self.calls, self.cost_usd)


class Done(_Line):
    """The model has finished."""

    type: Literal["done"]
    summary: Annotated[str, Field(max_length=10_000)]
    rounds: _Count
    engine: Annotated[str, Field(pattern=r"^aider [0-9.]{1,20}$")]
    notes: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=20)]


class Failed(_Line):
    """It ended early."""

    type: Literal["failed"]
    reason: Literal[
        "credentials",
        "model_unknown",
        "model_unavailable",
        "context",
        "malformed",
        "forbidden_path",
        "budget",
        "configuration",
        "engine",
    ]
    sentence: Annotated[str, Field(max_length=1_000)]
    after: _Seconds | None

    def error(self, usage: Usage | None) -> PatchferryError:
        """The same in the worker's words; the sentence on one line."""
        reason = Reason(self.reason)
        sentence = " ".join(self.sentence.split())
        if reason is Reason.MODEL_UNAVAILABLE:
            return Retry(reason, sentence, after=self.after, usage=usage)
        return Refused(reason, sentence, usage=usage)


_LINES: TypeAdapter[Consumed | Done | Failed] = TypeAdapter(
    Annotated[Consumed | Done | Failed, Field(discriminator="type")]
)


def usage_in(received: bytes | bytearray) -> Usage | None:
    """The last complete sums in a report, even in one that was cut off; None when there are none."""
    found = None
    for line in bytes(received).split(b"\n")[:-1]:
        try:
            parsed = _LINES.validate_json(line)
        except ValidationError:
            return found
        if isinstance(parsed, Consumed):
            found = parsed.usage()
    return found


def ending_of(received: bytes | bytearray) -> Done | Failed | None:
    """The one ending, which stands last; None when the report is cut off, empty or not a report."""
    lines: Sequence[bytes] = bytes(received).split(b"\n")
    if len(lines) < 2:  # noqa: PLR2004 - an ending and the empty rest after its line break
        return None
    try:
        parsed = _LINES.validate_json(lines[-2])
    except ValidationError:
        return None
    return None if isinstance(parsed, Consumed) else parsed
