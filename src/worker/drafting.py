"""From a request to a commit in a checkout: choose files, edit, judge the diff, commit."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog

from worker import brief as briefs
from worker import comments, diff_policy
from worker.brief import Brief
from worker.errors import PatchferryError
from worker.markdown import code
from worker.ports import Author, Checkout, Diff, EditRequest, EditResult
from worker.report import RunReport
from worker.selection import CHARACTERS_A_TOKEN, MAX_TOKENS, select
from worker.tasks import Rules, Task, Tools

_LEAST_FILE_TOKENS = 4_000

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


@dataclass(frozen=True)
class Drafter:
    """Fulfils requests in checkouts."""

    task: Task
    rules: Rules
    tools: Tools
    author: Author

    def draft(self, brief: Brief, checkout: Checkout, watch: Stopwatch) -> Draft:
        """Let the engine fulfil the brief and commit what it did, if that is allowed.

        Raises what the engine raises, and Refused from `diff_policy.check`; each carries the usage.
        """
        result = self._edit(brief, checkout)
        diff = self._judge(checkout, result)
        title = comments.title(self.rules, self.task, brief.title)
        message = comments.commit_message(self.task, self.rules, title, self.author, result.model)
        sha = checkout.commit(self.tools.redact(message), self.author)
        _log.info("committed", sha=sha, files=len(diff.changes), added=diff.added, deleted=diff.deleted)
        report = RunReport(
            task_id=self.task.id,
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
            deadline_seconds=self.tools.deadline.seconds,
            notes=(*result.notes, *_hidden(diff)),
        )
        return Draft(sha, title, diff, result.summary, report)

    def _edit(self, brief: Brief, checkout: Checkout) -> EditResult:
        everything = tuple(checkout.files())
        prompt = self.tools.redact(briefs.prompt(brief, checkout))
        left = self.tools.engine.room(self.tools.deadline) - len(prompt) // CHARACTERS_A_TOKEN
        budget = min(MAX_TOKENS, max(_LEAST_FILE_TOKENS, left))
        chosen = select(self.tools.redact(brief.text), checkout, max_tokens=budget)
        _log.info("files chosen", files=list(chosen.files), of=len(everything))
        request = EditRequest(
            tree=checkout.tree,
            files=tuple(chosen.files),
            all_files=everything,
            prompt=prompt,
            forbidden=(*diff_policy.FORBIDDEN_PATHS, *self.rules.forbidden_paths),
            budget_tokens=self.rules.budget_tokens,
            budget_usd=self.rules.budget_usd,
        )
        result = self.tools.engine.edit(request, self.tools.deadline)
        usage = result.usage
        _log.info("edited", rounds=result.rounds, tokens_in=usage.tokens_in, tokens_out=usage.tokens_out)
        return result

    def _judge(self, checkout: Checkout, result: EditResult) -> Diff:
        try:
            diff = checkout.stage()
            diff_policy.check(diff, self.rules)
        except PatchferryError as error:
            error.usage, error.said = result.usage, result.summary
            raise
        _log.info("diff accepted")
        return diff


def _hidden(diff: Diff) -> tuple[str, ...]:
    if not diff.ignored:
        return ()
    names = ", ".join(code(path) for path in diff.ignored[:5])
    return (f"left out, because .gitignore hides them: {names}",)
