"""How the end of a run looks, for a person and for a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, assert_never

from patchferry.output import Format, print_json, print_text, say
from worker.dry_run import PlannedCall
from worker.report import price
from worker.tasks import Answered, Branched, Ignored, Opened, Outcome


def show(outcome: Outcome, planned: Sequence[PlannedCall], output: Format, *, dry_run: bool) -> None:
    """Print the outcome on stdout, and for people what it means on stderr."""
    if output is Format.JSON:
        print_json({**as_json(outcome), "planned": [asdict(call) for call in planned]})
        return
    _show_patch(outcome)
    for call in planned:
        print_text(f"{call.verb} {call.path}: {call.summary}")
    _tell(outcome, dry_run=dry_run)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The outcome for a program; `outcome` names its kind."""
    match outcome:
        case Opened():
            found = {"url": outcome.url, "number": outcome.number, "branch": outcome.branch}
        case Branched():
            found = {"branch": outcome.branch, "sha": outcome.sha}
        case Answered():
            return {"outcome": "answered", "reason": str(outcome.reason), "sentence": outcome.sentence}
        case Ignored():
            return {"outcome": "ignored", "sentence": outcome.why}
        case _:
            assert_never(outcome)
    report = outcome.report.as_json() if outcome.report else None
    return {"outcome": type(outcome).__name__.lower(), **found, "diff": outcome.patch, "report": report}


def _show_patch(outcome: Outcome) -> None:
    if isinstance(outcome, Opened | Branched) and outcome.patch:
        print_text(outcome.patch.rstrip("\n"))


def _tell(outcome: Outcome, *, dry_run: bool) -> None:
    match outcome:
        case Opened() | Branched() if dry_run:
            say("Dry run: nothing was written.")
        case Opened():
            say(f"Pull request: {outcome.url}")
        case Branched():
            say(f"Branch {outcome.branch} at {outcome.sha[:12]}; look at it with: git diff ...{outcome.branch}")
        case Answered():
            say(f"No pull request: {outcome.sentence}")
        case Ignored():
            say(f"Nothing was done: {outcome.why}")
        case _:
            assert_never(outcome)
    report = getattr(outcome, "report", None)
    if report is not None:
        usage = report.usage
        say(f"{usage.tokens_in:,} tokens in, {usage.tokens_out:,} out, {price(usage)}, {report.total_seconds:.1f} s")
