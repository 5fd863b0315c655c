"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from worker.errors import PatchferryError


class Status(StrEnum):
    """How it stands: only `fail` keeps Patchferry from working."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True)
class Check:
    """`name` is a stable word or two, `detail` what was found, `fix` what to do about it, empty when all is well."""

    name: str
    status: Status
    detail: str
    fix: str = ""


def ok(name: str, detail: str) -> Check:
    return Check(name, Status.OK, detail)


def warn(name: str, detail: str, fix: str) -> Check:
    return Check(name, Status.WARN, detail, fix)


def fail(name: str, detail: str, fix: str) -> Check:
    return Check(name, Status.FAIL, detail, fix)


def skip(name: str, detail: str) -> Check:
    return Check(name, Status.SKIP, detail)


def failed(name: str, error: PatchferryError) -> Check:
    """The check for an error of ours, whose sentence says what to do after its first `:` or `;`."""
    places = [place for place in (error.sentence.find(": "), error.sentence.find("; ")) if place > 0]
    end = min(places, default=len(error.sentence))
    return fail(name, error.sentence[:end], error.sentence[end + 2 :])
