"""Weighs the files of a repository by the clues of a request."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from worker.selection.clues import Clues
from worker.selection.definitions import defined_in
from worker.selection.names import NameIndex, is_noise, is_test, words_of

# Points for a clue that leads to one file; one that leads to n files gives each of them 1/sqrt(n) of the points.
FRAME, PATH, MODULE, FOLDER = 120.0, 100.0, 60.0, 20.0
DEFINITION = 50.0
QUOTED, MARKED, IDENTIFIER, WORD = 30.0, 15.0, 10.0, 3.0
FILE_NAME = 12.0
COMPANION = 0.4  # of the points of the file that it belongs to

_MAX_SEARCHED = 80  # words in one search
_MAX_READ = 150  # files that are read for definitions
_MAX_FOLDER = 40  # files; a larger folder says nothing
_COMPANIONS_OF = 8
_NOISE, _TEST, _PROSE = 0.05, 0.7, 0.5  # how much of its points such a file keeps when the request does not name it


class Library(Protocol):
    """What selection needs to know of a repository; `worker.ports.Checkout` has it."""

    def files(self) -> Sequence[str]: ...

    def read(self, path: str, limit: int = 200_000) -> str | None: ...

    def count_words(self, words: Sequence[str]) -> Mapping[str, Mapping[str, int]]: ...


@dataclass(frozen=True)
class Ranked:
    """A file with its points and the reasons for them, the weightiest first. `named`: the request says its name."""

    file: str
    points: float
    reasons: tuple[str, ...]
    named: bool


class _Board:
    """Adds points up."""

    def __init__(self) -> None:
        self._entries: dict[str, list[tuple[float, str]]] = defaultdict(list)
        self.named: set[str] = set()

    def share(self, points: float, files: Sequence[str], reason: str) -> None:
        for file in files:
            self._entries[file].append((points / math.sqrt(len(files)), reason))

    def add(self, points: float, file: str, reason: str) -> None:
        self._entries[file].append((points, reason))

    def ranking(self) -> list[Ranked]:
        """All files with points, best first; equal points in the order of their names."""
        ranked = [self._ranked(file, entries) for file, entries in self._entries.items()]
        return sorted(ranked, key=lambda one: (-one.points, one.file))

    def _ranked(self, file: str, entries: Sequence[tuple[float, str]]) -> Ranked:
        named = file in self.named
        reasons = dict.fromkeys(reason for _, reason in sorted(entries, key=lambda one: -one[0]))
        points = sum(points for points, _ in entries) * (1.0 if named else _keeps(file))
        return Ranked(file, points, tuple(reasons), named)


def rank(clues: Clues, library: Library) -> list[Ranked]:
    """All files that a clue leads to, best first. The same clues and files give the same ranking."""
    files = library.files()
    index = NameIndex(files)
    board = _Board()
    _weigh_paths(clues, index, files, board)
    _weigh_names(clues, files, board)
    _weigh_contents(clues, library, len(files), board)
    for best in board.ranking()[:_COMPANIONS_OF]:
        for companion in index.companions(best.file)[:2]:
            board.add(best.points * COMPANION, companion, f"belongs to {best.file}")
    return board.ranking()


def _weigh_paths(clues: Clues, index: NameIndex, files: Sequence[str], board: _Board) -> None:
    for points, mentions, word in ((FRAME, clues.frames, "in a traceback"), (PATH, clues.paths, "named")):
        for mention in mentions:
            found = index.find(mention)
            board.share(points, found, f"{word}: {mention}")
            board.named.update(found if len(found) == 1 else ())
    for mention in clues.modules:
        board.share(MODULE, index.find_module(mention), f"module: {mention.replace('/', '.')}")
    for mention in clues.paths:
        inside = [file for file in files if file.startswith(f"{mention.rstrip('/')}/")]
        if len(inside) <= _MAX_FOLDER:
            board.share(FOLDER, inside, f"in the named folder {mention}")


def _weigh_names(clues: Clues, files: Sequence[str], board: _Board) -> None:
    """Words of the request that file names are made of, so that `config loader` finds config_loader.py."""
    asked = {part for name in (*clues.names, *clues.identifiers, *clues.words) for part in words_of(name)}
    matching: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for file in files:
        own = words_of(file)
        for word in own & asked:
            matching[word].append((file, 1 / len(own)))
    for word in sorted(matching):
        for file, share in matching[word]:
            board.add(FILE_NAME * share / math.sqrt(len(matching[word])), file, f"its name has: {word}")


def _weigh_contents(clues: Clues, library: Library, total: int, board: _Board) -> None:
    weights = _searched(clues)
    counts = library.count_words(list(weights))
    for word, weight in weights.items():
        found = counts.get(word, {})
        rarity = _rarity(len(found), total)
        for file, lines in found.items():
            board.add(weight * rarity * (1 + math.log2(lines) / 4), file, f"mentions: {word}")
    _weigh_definitions(clues, weights, counts, library, board)


def _weigh_definitions(
    clues: Clues, weights: Mapping[str, float], counts: Mapping[str, Mapping[str, int]], library: Library, board: _Board
) -> None:
    """A definition says more than a mention. Only the files that look best so far are read."""
    held: dict[str, set[str]] = defaultdict(set)
    for word in (*clues.names, *clues.identifiers, *(word for word in clues.words if word in clues.title)):
        for file in counts.get(word, {}):
            held[file].add(word)
    candidates = [one.file for one in board.ranking() if one.file in held and not is_noise(one.file)][:_MAX_READ]
    definers: dict[str, list[str]] = defaultdict(list)
    for file in candidates:
        for name in defined_in(library.read(file) or "", held[file]):
            definers[name].append(file)
    for name in sorted(definers):
        board.share(DEFINITION * min(1.0, weights[name] / IDENTIFIER), definers[name], f"defines: {name}")


def _searched(clues: Clues) -> dict[str, float]:
    """What to search for in the files, and its weight; the words of the title count half as much again."""
    kinds = ((QUOTED, clues.quoted), (MARKED, clues.names), (IDENTIFIER, clues.identifiers), (WORD, clues.words))
    weights: dict[str, float] = {}
    for weight, words in kinds:
        for word in words:
            weights.setdefault(word, weight * (1.5 if word in clues.title else 1.0))
    return dict(list(weights.items())[:_MAX_SEARCHED])


def _rarity(found: int, total: int) -> float:
    """1 for a word in a single file, towards 0 for one that is everywhere."""
    return (math.log((total + 1) / found) / math.log(total + 1)) ** 2 if found else 0.0


def _keeps(file: str) -> float:
    if is_noise(file):
        return _NOISE
    if file.endswith((".md", ".rst", ".txt", ".adoc")):
        return _PROSE
    return _TEST if is_test(file) else 1.0
