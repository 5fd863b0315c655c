"""What changed between two commits, as git tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.fakes.github.store import CommitData, Store

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # every git knows it
_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}
_HEADER = re.compile(r"^diff --git ", re.MULTILINE)


@dataclass(frozen=True)
class FileChange:
    """One file of a diff. `patch` has the hunks alone, and is None where git shows none."""

    path: str
    previous: str | None
    status: str
    sha: str
    additions: int
    deletions: int
    patch: str | None


def between(store: Store, old: str, new: str) -> list[FileChange]:
    """The files that differ between two commits or trees; renames are found."""
    fields = store.git("diff", "--raw", "--numstat", "-z", "-M", "--abbrev=40", old, new).decode().split("\0")
    entries: list[tuple[str, str, str | None, str]] = []  # status, path, previous, sha
    counts: list[tuple[int, int]] = []
    while fields and fields[0]:
        head = fields.pop(0)
        if head.startswith(":"):
            *_, sha, letter = head.split(" ")
            previous = fields.pop(0) if letter[0] in "RC" else None
            entries.append((_STATUS[letter[0]], fields.pop(0), previous, sha))
        else:
            added, deleted, path = head.split("\t")
            del fields[: 0 if path else 2]  # of a rename both names follow
            counts.append((0, 0) if added == "-" else (int(added), int(deleted)))
    patches = _HEADER.split(store.git("diff", "-M", old, new).decode(errors="replace"))[1:]
    return [
        FileChange(path, previous, status, sha, added, deleted, _hunks(patch))
        for (status, path, previous, sha), (added, deleted), patch in zip(entries, counts, patches, strict=True)
    ]


def of_commit(store: Store, commit: CommitData) -> list[FileChange]:
    """What a commit changed against its first parent."""
    return between(store, commit.parents[0] if commit.parents else EMPTY_TREE, commit.sha)


def merge_base(store: Store, one: str, other: str) -> str:
    """Raises CalledProcessError when the two have no common history."""
    return store.git("merge-base", one, other).decode().strip()


def count(store: Store, old: str, new: str) -> int:
    """How many commits `new` has that `old` has not."""
    return int(store.git("rev-list", "--count", f"{old}..{new}"))


def _hunks(patch: str) -> str | None:
    start = patch.find("\n@@ ")
    return None if start < 0 else patch[start + 1 :].rstrip("\n")
