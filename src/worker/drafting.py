"""From a request to a commit in a checkout: choose files, edit, judge the diff, commit."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog

from worker import authorship, comments, diff_policy
from worker import brief as briefs
from worker.brief import Brief
from worker.errors import PatchferryError
from worker.job import Job
from worker.ports import Checkout, Diff, EditRequest, EditResult
from worker.report import RunReport
from worker.selection import select

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Draft:
    """A commit that may be published. `said` is the model's own account of it: hostile text."""

    sha: str
    title: str
    diff: Diff
    said: str
    report: RunReport


class Stopwatch:
    """Measures one run, in seconds, from its creation."""

    def __init__(self) -> None:
        self._start = self._lap = time.monotonic()
        self.clone_seconds = 0.0

    def start_clone(self) -> None:
        """The clone begins now."""
        self._lap = time.monotonic()

    def cloned(self) -> None:
        """The clone is there."""
        self.clone_seconds = time.monotonic() - self._lap

    def total(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._start


def draft(job: Job, brief: Brief, checkout: Checkout, watch: Stopwatch) -> Draft:
    """Let the engine fulfil the brief and commit what it did, if that is allowed.

    Raises what the engine raises, and Refused from `diff_policy.check`; each carries the usage.
    """
    result = _edit(job, brief, checkout)
    diff = _judge(job, checkout, result)
    _log.info("diff accepted", files=len(diff.changes), added=diff.added, deleted=diff.deleted)
    title = comments.title(job.rules, job.task, brief.title)
    author = authorship.author(job.rules.author, job.tools.forge.login(), job.tools.forge.host)
    message = comments.commit_message(job.task, job.rules, title, author, result.model)
    sha = checkout.commit(job.tools.redact(message), author)
    _log.info("committed", sha=sha)
    report = RunReport(
        task_id=job.task.id,
        engine=result.engine,
        model=result.model,
        base=checkout.base,
        head=sha,
        rounds=result.rounds,
        usage=result.usage,
        files=len(diff.changes),
        added=diff.added,
        deleted=diff.deleted,
        clone_seconds=watch.clone_seconds,
        edit_seconds=result.seconds,
        total_seconds=watch.total(),
        notes=(*result.notes, *_hidden(diff)),
    )
    return Draft(sha, title, diff, result.summary, report)


def _edit(job: Job, brief: Brief, checkout: Checkout) -> EditResult:
    everything = tuple(checkout.files())
    chosen = select(brief.text, checkout)
    _log.info("files chosen", files=list(chosen.files), of=len(everything))
    request = EditRequest(
        tree=checkout.tree,
        files=tuple(chosen.files),
        all_files=everything,
        prompt=job.tools.redact(briefs.prompt(brief, checkout)),
        forbidden=(*diff_policy.FORBIDDEN_PATHS, *job.rules.forbidden_paths),
        budget_tokens=job.rules.budget_tokens,
        budget_usd=job.rules.budget_usd,
    )
    result = job.tools.engine.edit(request, job.tools.deadline)
    usage = result.usage
    _log.info("edited", rounds=result.rounds, tokens_in=usage.tokens_in, tokens_out=usage.tokens_out)
    return result


def _judge(job: Job, checkout: Checkout, result: EditResult) -> Diff:
    try:
        diff = checkout.stage()
        diff_policy.check(diff, job.rules)
    except PatchferryError as error:
        error.usage, error.said = result.usage, result.summary
        raise
    return diff


def _hidden(diff: Diff) -> tuple[str, ...]:
    if not diff.ignored:
        return ()
    names = ", ".join(f"`{path}`" for path in diff.ignored[:5])
    return (f"left out, because .gitignore hides them: {names}",)
