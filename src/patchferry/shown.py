"""How the end of a run looks, for a person and for a program.

For a program it is one object in which every key always stands:

    outcome    opened: a pull request stands · branched: a branch stands · failed · stopped: by a signal ·
               ignored: the one who asks has no write access
    dry_run    true: nothing was written, and what follows is what would have been
    url        the pull request's address; number: its number; null in a dry run
    branch     the branch that was made; sha: the commit that it points to, null in a dry run
    diff       the change as a unified diff, "" when there is none or an earlier run made it
    report     what the run did and measured, as in the pull request; null without a commit
    planned    the writes that a dry run leaves out: [{verb, path, summary, body}]; verb is POST, PATCH or PUSH
    reason     a word of worker.errors.Reason; sentence: what is wrong and what to do; null unless it failed
    usage      what the model consumed: {tokens_in, tokens_out, calls, cost_usd}; null when it is not known
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, assert_never

from patchferry.ended import Ended
from patchferry.output import Format, print_json, print_patch, print_text, say
from worker.errors import CutOff, PatchferryError
from worker.report import RunReport, changed, price
from worker.tasks import Answered, Branched, Ignored, Opened, Outcome
from worker.usage import Usage

_SAID_LENGTH = 4_000


def show(ended: Ended, output: Format) -> None:
    """Print the result on stdout, and on stderr what it means."""
    if output is Format.JSON:
        print_json(as_json(ended))
    else:
        _print(ended)
    for sentence in sentences(ended):
        say(sentence)


def as_json(ended: Ended) -> dict[str, Any]:
    """The end of a run for a program."""
    outcome = ended.outcome
    report = report_of(outcome)
    opened = outcome if isinstance(outcome, Opened) and outcome.number else None
    failed = outcome if isinstance(outcome, Answered | PatchferryError) else None
    made = outcome if isinstance(outcome, Opened | Branched) else None
    usage = _usage(outcome)
    return {
        "outcome": _name(outcome),
        "dry_run": ended.dry_run,
        "url": opened.url if opened else None,
        "number": opened.number if opened else None,
        "branch": made.branch if made else None,
        "sha": report.head if report and not ended.dry_run else None,
        "diff": made.patch if made else "",
        "report": report.as_json() if report else None,
        "planned": planned(ended),
        "reason": str(failed.reason) if failed else None,
        "sentence": outcome.why if isinstance(outcome, Ignored) else failed.sentence if failed else None,
        "usage": asdict(usage) if usage else None,
    }


def planned(ended: Ended) -> list[dict[str, str]]:
    """What a dry run leaves out, in order: a branch is pushed before its pull request is opened."""
    calls = [asdict(call) for call in ended.planned]
    at = next((place for place, call in enumerate(ended.planned) if call.path.endswith("/pulls")), len(calls))
    pushes = [
        {"verb": "PUSH", "path": f"refs/heads/{branch}", "summary": f"push the commit {sha[:7]}", "body": ""}
        for sha, branch in ended.pushes
    ]
    return [*calls[:at], *pushes, *calls[at:]]


def sentences(ended: Ended) -> list[str]:
    """What the end of a run means to the person who asked."""
    outcome = ended.outcome
    told: list[str] = []
    match outcome:
        case Opened(url, number, report=None) if number:
            told = [f"There is a pull request for it already: {url}"]
        case Opened() | Branched() if ended.dry_run:
            told = ["Dry run: nothing was written."]
        case Branched(branch, sha):
            told = [f"The branch {branch} is at {sha[:7]}. Look: git diff ...{branch} · take it: git merge {branch}"]
        case Answered(sentence) | Ignored(sentence):
            told = [f"patchferry: {sentence}"]
        case PatchferryError(sentence=sentence, said=said):
            told = [f"patchferry: {sentence}"]
            told += [f"The model said: {said.strip()[:_SAID_LENGTH]}"] if said.strip() else []
        case Opened():
            pass
        case _:
            assert_never(outcome)
    return told + _figures(outcome)


def report_of(outcome: Outcome | PatchferryError) -> RunReport | None:
    """What was measured, if a commit was made."""
    return outcome.report if isinstance(outcome, Opened | Branched) else None


def _name(outcome: Outcome | PatchferryError) -> str:
    match outcome:
        case CutOff():
            return "stopped"
        case Answered() | PatchferryError():
            return "failed"
        case _:
            return type(outcome).__name__.lower()


def _usage(outcome: Outcome | PatchferryError) -> Usage | None:
    if isinstance(outcome, Answered | PatchferryError):
        return outcome.usage
    report = report_of(outcome)
    return report.usage if report else None


def _print(ended: Ended) -> None:
    outcome = ended.outcome
    if isinstance(outcome, Opened) and outcome.number:
        print_text(outcome.url)
    elif isinstance(outcome, Opened | Branched):
        print_patch(outcome.patch)
    if calls := planned(ended):
        print_text("\nWithout --dry-run:")
        for call in calls:
            print_text(f"  {call['verb'].ljust(5)} {call['path']}: {call['summary']}")


def _figures(outcome: Outcome | PatchferryError) -> list[str]:
    report, usage = report_of(outcome), _usage(outcome)
    if usage is None:
        return []
    consumed = f"{usage.tokens_in:,} tokens in, {usage.tokens_out:,} out, {price(usage)}"
    if report:
        return [f"{changed(report)} · {consumed} · {report.total_seconds:.1f} s"]
    return [f"Spent: {consumed}."] if usage.tokens_in + usage.tokens_out else []
