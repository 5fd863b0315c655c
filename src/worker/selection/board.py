"""Adds up the points of files."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from worker.selection.kinds import likelihood


@dataclass(frozen=True)
class Ranked:
    """A file with its points and the reasons for them, the weightiest first. `named`: the request says its name."""

    file: str
    points: float
    reasons: tuple[str, ...]
    named: bool


class Board:
    """The points of each file, with their reasons."""

    def __init__(self) -> None:
        self._entries: dict[str, list[tuple[float, str]]] = defaultdict(list)
        self._named: set[str] = set()
        self._likelihood = lru_cache(maxsize=None)(likelihood)

    def add(self, points: float, file: str, reason: str) -> None:
        """Give one file points."""
        self._entries[file].append((points, reason))

    def share(self, points: float, files: Sequence[str], reason: str) -> None:
        """Give points for a clue that leads to n files: each gets 1/sqrt(n) of them."""
        for file in files:
            self.add(points / math.sqrt(len(files)), file, reason)

    def spread(self, points: float, scores: Mapping[str, float], reasons: Mapping[str, str]) -> None:
        """Give the best of the `scores` all points, as its kind of file counts, and the others in proportion."""
        best = max((score * self._likelihood(file) for file, score in scores.items()), default=0.0)
        for file, score in scores.items():
            self.add(points * score / best, file, reasons[file])

    def name(self, files: Iterable[str]) -> None:
        """Note that the request says these files' names: whatever kind they are, they keep their points."""
        self._named.update(files)

    def ranking(self, most: int) -> list[Ranked]:
        """At most so many files with points, best first; equal points in the order of their names."""
        points = {file: self._points(file, entries) for file, entries in self._entries.items()}
        best = sorted(points, key=lambda file: (-points[file], file))[:most]
        return [Ranked(file, points[file], self._reasons(file), file in self._named) for file in best]

    def _points(self, file: str, entries: Sequence[tuple[float, str]]) -> float:
        return sum(points for points, _ in entries) * (1.0 if file in self._named else self._likelihood(file))

    def _reasons(self, file: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reason for _, reason in sorted(self._entries[file], key=lambda one: -one[0])))
