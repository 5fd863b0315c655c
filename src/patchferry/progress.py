"""What a person is told while a task runs: one sentence a step, made of the same events as the logs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

import structlog

from worker.logs import printable
from worker.report import counted

_LISTED_FILES = 4
# By the event's name; the fields are the event's own.
_SENTENCES = {
    "begun": "Working on {what} with {model}.",
    "uncommitted changes": "Your uncommitted changes are left alone, and the model does not see them.",
    "comments left out": "Comments are left out: GitHub does not tell us who of their authors may write.",
    "cloned": "Cloned {branch} at {base:.7}.",
    "edited": "The model has answered: {tokens_in:,} tokens in, {tokens_out:,} out.",
    "still at it": "Still working.",
    "stopping": "Stopping, and cleaning up. Once more to leave at once.",
}
# Those that would not be true in a dry run.
_WRITTEN = {
    "announced": "The issue tells that work has begun.",
    "pushed": "Pushed the branch {branch}.",
    "branch made": "Made the branch {branch}.",
    "pull request opened": "Opened pull request #{pull_request}.",
}
_PROBLEMS = frozenset({"warning", "error", "critical"})
_SAID_AT_THE_END = frozenset({"refused"})
_NO_DETAILS = frozenset({"event", "level", "logger", "timestamp", "task_id", "repository", "kind", "exception"})


class Progress:
    """A structlog processor that draws events: returns a line or raises DropEvent. Counts from its creation."""

    def __init__(self, *, dry_run: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._sentences = _SENTENCES if dry_run else _SENTENCES | _WRITTEN
        self._clock = clock
        self._start = clock()
        self._asking = False

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
        """One line for a person, with the seconds since the start; the lines of a traceback follow."""
        sentence = self._sentence(event)
        if sentence is None:
            raise structlog.DropEvent
        line = printable(sentence).replace("\n", " ")
        trace = f"\n{printable(event['exception'])}" if "exception" in event else ""
        return f"{self._clock() - self._start:7.1f} s  {line}{trace}"

    def _sentence(self, event: Mapping[str, Any]) -> str | None:
        name = event["event"]
        match name:
            case "files chosen":
                self._asking = True
                return _asking(event["files"], event["of"])
            case "edited":
                self._asking = False
            case "still at it" if self._asking:
                return "Still waiting for the model."
            case "committed":
                return f"The change: {counted(event['files'], 'file')}, +{event['added']} -{event['deleted']} lines."
        if name in self._sentences:
            return self._sentences[name].format_map(event)
        return _problem(event) if event["level"] in _PROBLEMS and name not in _SAID_AT_THE_END else None


def _asking(files: Sequence[str], of: int) -> str:
    more = [f"{len(files) - _LISTED_FILES} more"] if len(files) > _LISTED_FILES else []
    names = ", ".join([*files[:_LISTED_FILES], *more])
    return f"Asking the model, which sees {len(files)} of {counted(of, 'file')}: {names or 'only their names'}."


def _problem(event: Mapping[str, Any]) -> str:
    details = ", ".join(f"{name}={value}" for name, value in event.items() if name not in _NO_DETAILS)
    about = event.get("sentence") or details
    return f"{event['event']}: {about}" if about else str(event["event"])
