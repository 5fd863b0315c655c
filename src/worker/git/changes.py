"""Reads `git diff --raw --numstat -z --no-renames`: what changed, path by path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from worker.ports import FileChange

_STATUS: Mapping[str, Literal["added", "modified", "deleted", "type_changed"]] = {
    "A": "added",
    "M": "modified",
    "D": "deleted",
    "T": "type_changed",
}
GITLINK = "160000"
DELETED = "000000"


@dataclass(frozen=True)
class RawChange:
    """One `:old new old-sha new-sha status` record. `blob` names the new content."""

    path: bytes
    mode: str
    blob: str
    status: Literal["added", "modified", "deleted", "type_changed"]

    @property
    def has_blob(self) -> bool:
        """Whether git holds content for it: a deleted path and a submodule have none."""
        return self.mode not in {DELETED, GITLINK}


def parse(output: bytes) -> tuple[list[RawChange], dict[bytes, tuple[int | None, int | None]]]:
    """The raw records in git's order, and path -> lines added and deleted (None, None for binary content)."""
    raw: list[RawChange] = []
    counts: dict[bytes, tuple[int | None, int | None]] = {}
    fields: Iterator[bytes] = iter(output.split(b"\0")[:-1])
    for first in fields:
        if first.startswith(b":"):
            _, mode, _, blob, letter = first.decode("ascii").split(" ")
            raw.append(RawChange(next(fields), mode, blob, _STATUS[letter]))
        else:
            added, deleted, path = first.split(b"\t", 2)
            counts[path] = (_number(added), _number(deleted))
    return raw, counts


def describe(
    raw: RawChange, counts: Mapping[bytes, tuple[int | None, int | None]], sizes: Mapping[str, int]
) -> FileChange:
    """One change in the words of the port. `sizes` maps a blob to its bytes."""
    added, deleted = counts[raw.path]
    size = sizes[raw.blob] if raw.has_blob else 0
    return FileChange(text_of(raw.path), raw.status, raw.mode, added, deleted, size)


def text_of(path: bytes) -> str:
    r"""A path that can be shown and encoded; bytes that are not UTF-8 become `\xNN`."""
    return path.decode(errors="backslashreplace")


def _number(digits: bytes) -> int | None:
    return None if digits == b"-" else int(digits)
