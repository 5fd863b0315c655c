"""SEARCH/REPLACE blocks, as the formats diff and diff-fenced ask for them, and the ways in which models spoil them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from patchferry_engine.edits.elision import split_at_gaps
from patchferry_engine.edits.fences import Fence, fence, unwrap
from patchferry_engine.edits.headings import in_line, is_path, names
from patchferry_engine.edits.parts import Broken, Lines, Name, Part, Piece, Replacement

_HEAD = re.compile(r"^\s*(<{5,9})\s*(?:SEARCH|ORIGINAL)\b>?:?\s*(\S*)\s*$", re.IGNORECASE)
_DIVIDER = re.compile(r"^\s*(={5,9})\s*$")
_END = re.compile(r"^\s*>{5,9}\s*(?:REPLACE|UPDATED)\b<?\s*$", re.IGNORECASE)
# Also of git's conflicts, and what is left of a marker that was cut off or misspelt.
_LIKE_A_MARKER = re.compile(r"^\s*(?:(?:<{5,}|>{5,})(?:\s|\w|$)|<{2,}\s*SEARCH\b|>{2,}\s*REPLACE\b)", re.IGNORECASE)
_CUT_MARKER = re.compile(r"^\s*<{2,}$")

_NO_END = "it has no `>>>>>>> REPLACE` line"
_NO_DIVIDER = "it has no `=======` line between the SEARCH and the REPLACE part"
_STRAY = "the marker line `{line}` belongs to no complete SEARCH/REPLACE block"
_CUT = "the reply ends in the middle of an edit"


def present(lines: Sequence[str]) -> bool:
    """Whether a reply holds a marker, even a spoilt one."""
    return any(_LIKE_A_MARKER.match(line) for line in lines)


@dataclass
class Scan:
    """What stands between the blocks is collected in `gaps`."""

    lines: Sequence[str]
    gaps: list[list[str]] = field(default_factory=lambda: [[]])

    def parts(self) -> Iterator[Part]:
        """Every block, good or broken, in order."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if head := _HEAD.match(line):
                above, self.gaps = self.gaps[-1], [*self.gaps, []]
                stop, part = self._block(at, names(above, head[2]), len(head[1]), _opened(above))
                yield part
                at = stop
                continue
            if _LIKE_A_MARKER.match(line):
                # What stands above an end marker may be the edit; above another one it is not.
                lost = tuple(self.gaps[-1]) if ">" in line else ()
                yield Broken(names(self.gaps[-1]), lost, _STRAY.format(line=line.strip()))
                self.gaps.append([])
            else:
                self.gaps[-1].append(line)
            at += 1
        if cut := _cut(self.gaps[-1]):
            yield Broken(cut, (), _CUT)

    def _block(self, at: int, found: tuple[Name, ...], width: int, opened: Fence | None) -> tuple[int, Part]:
        start = at
        while start < len(self.lines) and _HEAD.match(self.lines[start]):
            start += 1  # a doubled marker
        stop = start
        while stop < len(self.lines) and not _LIKE_A_MARKER.match(self.lines[stop]):
            stop += 1
        body = tuple(self.lines[start:stop])
        if stop == len(self.lines) or not _END.match(self.lines[stop]):
            return stop, Broken(found, body, _NO_END)
        while stop < len(self.lines) and _END.match(self.lines[stop]):
            stop += 1
        versions = _versions(body, width, opened)
        return stop, Replacement(found, versions) if versions else Broken(found, body, _NO_DIVIDER)


def _versions(body: Lines, width: int, opened: Fence | None) -> tuple[tuple[Piece, ...], ...]:
    """Every way to cut the body in two, the longest SEARCH part first.

    A file may hold lines like a divider (they underline headings in Markdown); the one as wide as the opening marker
    is ours, and if there are several, the file will tell.
    """
    dividers = {at: len(found[1]) for at, line in enumerate(body) if (found := _DIVIDER.match(line))}
    ours = [at for at, size in dividers.items() if size == width] or list(dividers)
    versions: list[tuple[Piece, ...]] = []
    for at in reversed(ours):
        versions += _readings(body[:at], body[at + 1 :], opened)
    return tuple(versions)


def _readings(search: Lines, replace: Lines, opened: Fence | None) -> Iterator[tuple[Piece, ...]]:
    """As it stands; without fences around each part; with `...` for the lines that stay."""
    if opened and _closed_too_early(search, replace, opened):
        replace = replace[:-1]
    yield (Piece(search, replace),)
    inner = unwrap(search)
    if inner is not None:
        unwrapped = unwrap(replace)
        yield (Piece(inner, replace if unwrapped is None else unwrapped),)
    if pieces := split_at_gaps(search, replace):
        yield pieces


def _closed_too_early(search: Lines, replace: Lines, opened: Fence) -> bool:
    """Whether the closing fence stands before the end marker: it is the only one as long as the opening one."""
    last = fence(replace[-1]) if replace else None
    as_long = [one for one in map(fence, search + replace) if one and one.length >= opened.length]
    return last is not None and last.ends(opened) and as_long == [last]


def _opened(above: Sequence[str]) -> Fence | None:
    """The fence around a block, above or below its file name."""
    texts = [line for line in above if line.strip()]
    return next((found for line in reversed(texts[-2:]) if (found := fence(line))), None)


def _cut(tail: Sequence[str]) -> tuple[Name, ...] | None:
    """The names of an edit of which only the beginning is there; None when the reply ends well."""
    texts = [line for line in tail if line.strip()]
    if not texts:
        return None
    last = fence(texts[-1])
    if _CUT_MARKER.match(texts[-1]) or (last and last.info):
        return names(texts)
    if last and len(texts) > 1 and _is_name(texts[-2]):
        return names(texts)
    return names(texts) if not last and _is_name(texts[-1]) else None


def _is_name(line: str) -> bool:
    found = in_line(line)
    return len(found) == 1 and found[0].exact and is_path(line.strip().strip("`*:"))
