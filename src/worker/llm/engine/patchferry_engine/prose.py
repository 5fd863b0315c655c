"""What a model said around its edits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchferry_engine.edits.fences import Fence, fence
from patchferry_engine.edits.headings import in_line, names
from patchferry_engine.edits.reader import lines_of
from patchferry_engine.edits.unified import LANGUAGES

_HEAD = re.compile(r"^<{5,9} SEARCH>?\s*$")
_END = re.compile(r"^>{5,9} REPLACE\s*$")


def prose(reply: str, *, whole: bool = False) -> str:
    """The reply without thoughts, blocks and diffs, their fences and their file names; `whole`: and without files."""
    kept: list[str] = []
    lines = iter(lines_of(reply))
    fenced = False
    for line in lines:
        here = fence(line)
        if _HEAD.match(line):
            fenced = _drop_heading(kept) or fenced
            _skip(lines, _END)
        elif fenced and here:
            fenced = False
        elif here and (here.language in LANGUAGES or (whole and _is_file(kept, line))):
            _skip_fence(lines, here)
            _drop_name(kept)
        else:
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _skip(lines: Iterator[str], end: re.Pattern[str]) -> None:
    for line in lines:
        if end.match(line):
            return


def _skip_fence(lines: Iterator[str], opened: Fence) -> None:
    for line in lines:
        if (here := fence(line)) and here.ends(opened):
            return


def _is_file(kept: list[str], line: str) -> bool:
    return any(one.exact for one in names([*kept, line]))


def _drop_heading(kept: list[str]) -> bool:
    """Remove the opening fence and the file name above a block; whether there was a fence."""
    fenced = bool(kept) and fence(kept[-1]) is not None
    if fenced:
        kept.pop()
    if kept and kept[-1].strip() and " " not in kept[-1].strip():
        kept.pop()
    return fenced


def _drop_name(kept: list[str]) -> None:
    if kept and any(one.exact for one in in_line(kept[-1])) and " " not in kept[-1].strip():
        kept.pop()
