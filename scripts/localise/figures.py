"""Shares and times of many outcomes, and their table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import mean, median, quantiles

from scripts.localise.measure import Outcome

FIRST = 8

Found = Callable[[Outcome], Sequence[str]]


@dataclass(frozen=True)
class Figures:
    """Shares from 0 to 1 of fixes of which any, or all, changed source files were found; seconds; tokens."""

    fixes: int
    files: int  # the median repository
    any: float
    all: float
    any_or_test: float
    all_and_tests: float
    median: float
    p95: float
    tokens: int


def figures(outcomes: Sequence[Outcome], found: Found = lambda one: one.chosen) -> Figures:
    """Count and average; `found` tells which files count as found."""
    hits = [(set(found(one)), set(one.fix.sources), set(one.fix.sources + one.fix.tests)) for one in outcomes]
    seconds = [one.seconds for one in outcomes]
    return Figures(
        fixes=len(outcomes),
        files=round(median(one.of for one in outcomes)),
        any=mean(bool(chosen & sources) for chosen, sources, _ in hits),
        all=mean(sources <= chosen for chosen, sources, _ in hits),
        any_or_test=mean(bool(chosen & changed) for chosen, _, changed in hits),
        all_and_tests=mean(changed <= chosen for chosen, _, changed in hits),
        median=median(seconds),
        p95=quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0],
        tokens=round(mean(one.tokens for one in outcomes)),
    )


def table(by_repository: Mapping[str, Sequence[Outcome]]) -> str:
    """Two tables in Markdown: ours over all fixes; ours and Aider's map over the fixes that both were asked."""
    everything = {**by_repository, "**all**": [one for outcomes in by_repository.values() for one in outcomes]}
    lines = ["| repository | fixes | files | any | all | with tests: any | all | median s | 95 % s | tokens |"]
    lines += ["|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    lines += [_row(name, figures(outcomes)) for name, outcomes in everything.items() if outcomes]
    asked = {name: [one for one in outcomes if one.control] for name, outcomes in everything.items()}
    if any(asked.values()):
        lines += [
            "",
            "| repository | fixes | ours: any | all | s | map, first 8: any | all | s | map shows: any | all |",
        ]
        lines += ["|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
        lines += [_compared(name, outcomes) for name, outcomes in asked.items() if outcomes]
    return "\n".join(lines)


def as_json(by_repository: Mapping[str, Sequence[Outcome]]) -> dict[str, object]:
    """Everything that was measured."""
    return {
        name: {"figures": asdict(figures(outcomes)), "outcomes": [asdict(one) for one in outcomes]}
        for name, outcomes in by_repository.items()
        if outcomes
    }


def _row(name: str, one: Figures) -> str:
    shares = " | ".join(f"{share:.0%}" for share in (one.any, one.all, one.any_or_test, one.all_and_tests))
    return f"| {name} | {one.fixes} | {one.files} | {shares} | {one.median:.2f} | {one.p95:.2f} | {one.tokens:,} |"


def _compared(name: str, outcomes: Sequence[Outcome]) -> str:
    ours = figures(outcomes)
    first = figures(outcomes, lambda one: one.control.first[:FIRST] if one.control else ())
    shown = figures(outcomes, lambda one: one.control.shown if one.control else ())
    seconds = median(one.control.seconds for one in outcomes if one.control)
    return (
        f"| {name} | {ours.fixes} | {ours.any:.0%} | {ours.all:.0%} | {ours.median:.2f} | {first.any:.0%} "
        f"| {first.all:.0%} | {seconds:.1f} | {shown.any:.0%} | {shown.all:.0%} |"
    )
