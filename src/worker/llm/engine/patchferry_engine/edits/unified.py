"""Unified diffs, as the format udiff asks for them: hunks are found by their lines, never by their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from patchferry_engine.edits.fences import Fence, fence
from patchferry_engine.edits.headings import names
from patchferry_engine.edits.parts import Broken, Lines, Name, Part, Piece, Replacement

LANGUAGES = {"diff", "patch", "udiff"}
_OLD, _NEW = "--- ", "+++ "
_NOWHERE = "/dev/null"
_GIT = re.compile(
    r"^(diff --git|index [0-9a-f]|new file mode|deleted file mode|old mode|new mode|similarity|\\ No newline)"
)

_NO_FILE = "the hunk stands under no `--- ` and `+++ ` lines that name its file"
_DELETED = "files cannot be deleted with this edit format"
_CUT = "the diff ends without its closing fence, so it may have been cut off"


def present(lines: Sequence[str]) -> bool:
    """Whether a reply holds a diff: a fence that says so, or the two lines with the file's names."""
    fences = (fence(line) for line in lines)
    return any(one and one.language in LANGUAGES for one in fences) or any(
        one.startswith(_OLD) and two.startswith(_NEW) for one, two in pairwise(lines)
    )


def parts(lines: Sequence[str]) -> Iterator[Part]:
    """Every hunk, in order."""
    above: list[str] = []
    at = 0
    while at < len(lines):
        opened = fence(lines[at])
        starts = opened is not None and opened.language in LANGUAGES
        if not starts and not _headed(lines, at):
            above.append(lines[at])
            at += 1
            continue
        start = at + 1 if starts else at
        stop = _stop(lines, start, opened if starts else None)
        block = lines[start:stop]
        if starts and stop == len(lines):
            yield Broken(_named(block, above), tuple(block), _CUT)
        else:
            yield from _hunks(block, names(above))
        above, at = [], stop + 1


def _stop(lines: Sequence[str], start: int, opened: Fence | None) -> int:
    for at in range(start, len(lines)):
        here = fence(lines[at]) if lines[at][:1] not in {" ", "+", "-"} else None
        if opened and here and here.ends(opened):
            return at
        if not opened and lines[at] and lines[at][0] not in " +-@\\" and not _GIT.match(lines[at]):
            return at
    return len(lines)


def _headed(lines: Sequence[str], at: int) -> bool:
    return lines[at].startswith(_OLD) and at + 1 < len(lines) and lines[at + 1].startswith(_NEW)


def _named(block: Sequence[str], above: Sequence[str]) -> tuple[Name, ...]:
    found = next((at for at in range(len(block)) if _headed(block, at)), None)
    return names(above) if found is None else _file(block[found], block[found + 1])


def _hunks(block: Sequence[str], found: tuple[Name, ...]) -> Iterator[Part]:
    hunk: list[str] = []
    at = 0
    while at < len(block):
        if _headed(block, at):
            yield from _hunk(hunk, found)
            hunk, found = [], _file(block[at], block[at + 1])
            at += 1
        elif block[at].startswith("@@"):
            yield from _hunk(hunk, found)
            hunk = []
        elif not _GIT.match(block[at]):
            hunk.append(block[at])
        at += 1
    yield from _hunk(hunk, found)


def _file(old: str, new: str) -> tuple[Name, ...]:
    """The new name, then the old one, without git's `a/` and `b/`, and without the time that `diff` adds."""
    before, after = (line[4:].partition("\t")[0].strip().strip("`\"'") for line in (old, new))
    if after == _NOWHERE:
        return (Name(_NOWHERE, exact=True),)
    if after.startswith("b/") and (before.startswith("a/") or before == _NOWHERE):
        before, after = before.removeprefix("a/"), after.removeprefix("b/")
    return tuple(Name(one, exact=True) for one in dict.fromkeys((after, before)) if one and one != _NOWHERE)


def _hunk(lines: Sequence[str], found: tuple[Name, ...]) -> Iterator[Part]:
    if not any(line[:1] in {"+", "-"} for line in lines):
        return
    if not found:
        yield Broken((), tuple(lines), _NO_FILE)
    elif found[0].text == _NOWHERE:
        yield Broken((), tuple(lines), _DELETED)
    else:
        whole = _piece(lines)
        apart = tuple(_piece(group) for group in _groups(lines))
        yield Replacement(
            found, ((whole,), apart) if len(apart) > 1 and all(one.search for one in apart) else ((whole,),)
        )


def _piece(lines: Sequence[str]) -> Piece:
    """Before and after; a line without a sign is one that stays, since many models forget the blank."""
    return Piece(_side(lines, "+"), _side(lines, "-"))


def _side(lines: Sequence[str], without: str) -> Lines:
    return tuple(line[1:] if line[:1] in {" ", "+", "-"} else line for line in lines if line[:1] != without)


def _groups(lines: Sequence[str]) -> list[list[str]]:
    """One group for each run of changes, with half of the lines between two runs in either."""
    runs = [(key, list(run)) for key, run in groupby(lines, key=lambda line: line[:1] in {"+", "-"})]
    groups: list[list[str]] = [[]]
    for at, (changes, run) in enumerate(runs):
        if changes or at in {0, len(runs) - 1}:
            groups[-1] += run
        else:
            half = len(run) // 2
            groups[-1] += run[:half]
            groups.append(run[half:])
    return groups
