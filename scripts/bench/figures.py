"""Samples, what they are held against, and the page that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

TIMES = "\N{MULTIPLICATION SIGN}"


class Samples:
    """Seconds, or other figures, by name. Everything that is said about them is their median."""

    def __init__(self) -> None:
        self._taken: dict[str, list[float]] = defaultdict(list)

    def add(self, name: str, value: float) -> None:
        self._taken[name].append(value)

    def median(self, name: str) -> float:
        return median(self._taken[name])

    def rows(self) -> Iterator[tuple[str, float, float, float, int]]:
        """(name, median, least, most, how many) of each."""
        for name, taken in self._taken.items():
            yield name, median(taken), min(taken), max(taken), len(taken)


@dataclass(frozen=True)
class Goal:
    """A figure and what was asked of it; `least` turns "at most" round. `unit` is s, MB, tasks/s or TIMES."""

    what: str
    value: float
    limit: float
    unit: str
    least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit

    def row(self) -> str:
        bound = "≥" if self.least else "≤"
        verdict = "met" if self.met else "**missed**"
        return f"| {self.what} | {bound} {self.limit:g} {self.unit} | {_short(self.value)} {self.unit} | {verdict} |"


def goals(taken: Samples) -> list[Goal]:
    """What the project asks of itself. Ratios are to the faster of plain Aider's two ways, in the same run."""

    def ratio(ours: str, repository: str) -> float:
        plain = min(taken.median(f"plain Aider, {way}, {repository}") for way in ("default", "lean"))
        return taken.median(ours) / plain

    return [
        Goal("whole task, small repository", ratio("warm worker, small", "small"), 0.12, TIMES),
        Goal("whole task, large repository", ratio("warm worker, large", "large"), 0.25, TIMES),
        Goal("`worker --once`, from its start", ratio("worker --once, small", "small"), 0.6, TIMES),
        Goal("`patchferry run`, from its start to its end", ratio("patchferry run, small", "small"), 0.7, TIMES),
        Goal("the engine alone", taken.median("engine alone"), 0.08, "s"),
        Goal("the engine alone, two at a time", taken.median("tasks/s"), 25, "tasks/s", least=True),
        Goal("start of a worker until it consumes", taken.median("start to consuming"), 0.8, "s"),
        Goal("memory of an idle worker without its engine", taken.median("MB worker"), 120, "MB"),
        Goal("private memory of a task", taken.median("MB task"), 30, "MB"),
    ]


def _short(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.1f}"
