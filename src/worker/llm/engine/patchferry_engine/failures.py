"""How a job ends early: with a reason that the worker knows, and one sentence for people."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "credentials",
    "model_unknown",
    "model_unavailable",
    "context",
    "malformed",
    "forbidden_path",
    "budget",
    "configuration",
    "engine",
]


class Abort(BaseException):
    """Ends the job. Not an Exception, because Aider and litellm swallow those.

    `after` is the least wait in seconds before another attempt, where the other side named one.
    """

    def __init__(self, reason: Reason, sentence: str, *, after: float | None = None) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.after = after
