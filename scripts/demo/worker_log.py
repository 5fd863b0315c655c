"""The worker's JSON log lines in a person's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# What a line says beyond its event; one without a sentence here, or with other fields, shows its fields.
_DETAILS = {
    "connected": "to RabbitMQ {broker}",
    "consuming": "the queue {queue}",
    "started": "took the message",
    "permitted": "GitHub says that {requested_by} may write",
    "announced": "👀 on the issue, and a status comment",
    "cloned": "{branch} at {base:.7}, shallow, by HTTP",
    "files chosen": "{files} (of {of})",
    "edited": "by Aider, {tokens_in:,} tokens in, {tokens_out:,} out",
    "diff accepted": "no forbidden path, within the limits",
    "committed": "{sha:.7}, files: {files}, lines: +{added} -{deleted}",
    "pushed": "{branch}",
    "pull request opened": "#{pull_request}",
    "refused": "{sentence}",
    "waits": "{sentence}",
    "ended": "outcome: {outcome}",
    "settled": "settlement: {settlement}",
    "stopping": "one task was asked for",
}
_ALWAYS_THERE = {"event", "level", "logger", "timestamp", "task_id", "repository", "kind"}


@dataclass(frozen=True)
class LogLine:
    """One event of the worker. `detail` is for people, `fields` are all that the line holds."""

    event: str
    level: str
    at: datetime
    detail: str
    fields: Mapping[str, Any]


def parse(text: str) -> LogLine | None:
    """Read one line of output; None when it is no log line."""
    try:
        fields = json.loads(text)
        event, at = fields["event"], datetime.fromisoformat(fields["timestamp"])
    except (ValueError, TypeError, KeyError):
        return None
    return LogLine(event, fields["level"], at, _detail(event, fields), fields)


def _detail(event: str, fields: Mapping[str, Any]) -> str:
    own = {name: _in_words(value) for name, value in fields.items() if name not in _ALWAYS_THERE}
    try:
        return _DETAILS[event].format_map(own)
    except (KeyError, ValueError):
        return "  ".join(f"{name}={value}" for name, value in own.items())


def _in_words(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
