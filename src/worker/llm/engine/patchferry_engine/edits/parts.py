"""What a reply consists of, whichever format it is written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """A file name as the model wrote it; `exact`: it stands alone, and is not a word in a sentence."""

    text: str
    exact: bool


@dataclass(frozen=True)
class Piece:
    """Lines to find, without their line ends, and the lines to put in their place."""

    search: Lines
    replace: Lines


@dataclass(frozen=True)
class Replacement:
    """Change a part of a file, or make a new file when nothing is searched for.

    `versions` are the ways to read it, the likeliest first; the pieces of one belong together and follow each other.
    """

    names: tuple[Name, ...]
    versions: tuple[tuple[Piece, ...], ...]

    @property
    def search(self) -> Lines:
        return tuple(line for piece in self.versions[0] for line in piece.search)

    @property
    def replace(self) -> Lines:
        return tuple(line for piece in self.versions[0] for line in piece.replace)


@dataclass(frozen=True)
class Listing:
    """A fenced text under a file name: the whole file, or a quotation from it."""

    names: tuple[Name, ...]
    lines: Lines
    language: str = ""  # after the opening fence


@dataclass(frozen=True)
class Broken:
    """Something that was meant as an edit and cannot be read; `why` is said to the model.

    `doubtful`: it may as well be an example in a sentence.
    """

    names: tuple[Name, ...]
    lines: Lines
    why: str
    doubtful: bool = False


Part = Replacement | Listing | Broken


def words(part: Part) -> set[str]:
    """The lines that a part adds (or, if it adds none, those it removes), for a comparison."""
    if isinstance(part, Replacement):
        added = _telling(part.replace) - _telling(part.search)
        return added or _telling(part.search)
    return _telling(part.lines)


def _telling(lines: Lines) -> set[str]:
    return set(_stripped(lines))


def _stripped(lines: Lines) -> Iterator[str]:
    for line in lines:
        if line.strip():
            yield line.strip()
