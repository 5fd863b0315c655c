"""Where the lines that a model quotes stand in a file: exactly, or but for blanks; never by likeness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from patchferry_engine.edits import indents
from patchferry_engine.edits.parts import Piece
from patchferry_engine.edits.text import Document

Texts = Sequence[str]


@dataclass(frozen=True)
class Place:
    """The lines from `start` to `stop` shall become `wanted`; `loosely`: they were found but for blanks."""

    start: int
    stop: int
    wanted: Texts
    loosely: bool = False

    def applied(self, document: Document) -> Document:
        """The document with the lines in place."""
        return document.merge(self.start, self.stop, self.wanted, loosely=self.loosely)


def find(document: Document, piece: Piece, *, strictly: bool = False) -> list[Place]:
    """Every place that fits as well as the best one does; lines that no edit has touched come before others.

    `strictly`: only blanks at the ends of lines may differ.
    """
    levels = _LEVELS[:2] if strictly else _LEVELS
    for level, (search, replace) in product(levels, _trims(tuple(piece.search), tuple(piece.replace))):
        places = list(_scan(document, search, replace, level))
        untouched = [
            place for place in places if not any(one.fresh for one in document.lines[place.start : place.stop])
        ]
        if places:
            return untouched or places
    return []


def apply(document: Document, pieces: Sequence[Piece]) -> Document | int:
    """All pieces, one after the other from top to bottom; else in how many places one of them could go (not 1)."""
    strictly = len(pieces) > 1
    rest = 0
    for piece in pieces:
        places = find(document, piece, strictly=strictly)
        if len(places) != 1:
            return len(places)
        (place,) = places
        if place.start < rest:
            return 0
        document, before = place.applied(document), len(document.lines)
        rest = place.stop + len(document.lines) - before
    return document


def _trims(search: tuple[str, ...], replace: tuple[str, ...]) -> Iterator[tuple[Texts, Texts]]:
    """As they are; then without the blank lines around them that the file does not have."""
    yield search, replace
    above, below = _blank(search), _blank(search[::-1])
    if (above or below) and above < len(search):
        skip, drop = min(above, _blank(replace)), min(below, _blank(replace[::-1]))
        yield search[above : len(search) - below], replace[skip : max(len(replace) - drop, skip)]


def _blank(lines: Texts) -> int:
    return next((count for count, line in enumerate(lines) if line.strip()), len(lines))


Level = Callable[[Texts, Texts, Texts], list[str] | None]


def _scan(document: Document, search: Texts, replace: Texts, level: Level) -> Iterator[Place]:
    texts = document.texts
    size = len(search)
    first = search[0].strip()
    for start in range(len(texts) - size + 1):
        if texts[start].strip() != first:
            continue
        wanted = level(texts[start : start + size], search, replace)
        if wanted is not None:
            yield Place(start, start + size, wanted, loosely=level is not _exactly)


def _exactly(window: Texts, search: Texts, replace: Texts) -> list[str] | None:
    return list(replace) if list(window) == list(search) else None


def _but_for_trailing_blanks(window: Texts, search: Texts, replace: Texts) -> list[str] | None:
    if [line.rstrip() for line in window] != [line.rstrip() for line in search]:
        return None
    added = any(ours != theirs and ours == theirs.rstrip() for ours, theirs in zip(window, search, strict=True))
    return [line.rstrip() if added else line for line in replace]


_LEVELS: tuple[Level, ...] = (
    _exactly,
    _but_for_trailing_blanks,
    indents.shifted,
    indents.first_line_shifted,
    indents.retabbed,
)
