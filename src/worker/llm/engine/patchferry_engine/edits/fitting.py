"""Whether and how one edit fits into one file."""

from __future__ import annotations

from collections.abc import Sequence

from patchferry_engine.edits import places
from patchferry_engine.edits.fences import fence, unwrap
from patchferry_engine.edits.parts import Lines, Piece, Replacement
from patchferry_engine.edits.suspicion import suspicion
from patchferry_engine.edits.text import Document

_MARKDOWN = (".md", ".markdown")


class Misfit(Exception):
    """A part that cannot be placed; the text says why, to the model. `path` is the file it is about, if one is."""

    def __init__(self, why: str, path: str | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.path = path


def fitted(part: Replacement, document: Document, path: str, copies: int) -> Document:
    """The file with the first reading of the part that has a place in it. `copies` as in Draft. Raises Misfit."""
    why = "its SEARCH part is empty, but the file exists"
    for version in part.versions:
        if not searched(version):
            continue
        found = _apply(document, version, copies)
        doubt = _count_problem(found) if isinstance(found, int) else _doubt(path, version, document)
        if doubt is None and isinstance(found, Document):
            return found
        why = doubt or why
        if found:
            break  # this is how it was meant
    raise Misfit(why, path)


def stand_in(document: Document | None, lines: Lines) -> bool:
    """Whether lines stand in a file one after the other."""
    return bool(document and lines and places.find(document, Piece(lines, lines), strictly=True))


def _apply(document: Document, version: Sequence[Piece], copies: int) -> Document | int:
    """Once, or as often as the same block was sent and its lines stand in the file."""
    if copies > 1 and len(version) == 1:
        found = places.find(document, version[0])
        if len(found) == copies:
            for place in reversed(found):
                document = place.applied(document)
            return document
    return places.apply(document, version)


def _count_problem(count: int) -> str:
    if not count:
        return "its SEARCH part failed to match any lines of the file"
    return f"its SEARCH part matches {count} places of the file; add the lines around the one that is meant"


def _doubt(path: str, version: Sequence[Piece], document: Document) -> str | None:
    found = (suspicion(path, one.search, one.replace, document.texts) for one in version)
    return next((why for why in found if why), None)


def searched(version: Sequence[Piece]) -> bool:
    """Whether there is anything to find."""
    return any(line.strip() for piece in version for line in piece.search)


def unwrapped(path: str, lines: Lines) -> Lines:
    """Without a fence around all of it, unless a Markdown file may begin and end with code."""
    inner = unwrap(lines)
    if inner is None:
        return lines
    opened = fence(lines[0])
    if path.lower().endswith(_MARKDOWN) and not (opened and opened.language in {"md", "markdown"}):
        return lines
    return inner
