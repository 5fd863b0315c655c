"""What can go wrong with a task, named after what it means for the person who asked."""

from __future__ import annotations

from enum import StrEnum

from worker.usage import Usage


class Reason(StrEnum):
    """Why a task ended without a pull request, or has to wait; stable words for logs, JSON and tests."""

    CREDENTIALS = "credentials"  # a key or token was refused
    MODEL_UNKNOWN = "model_unknown"  # the provider does not have that model
    MODEL_UNAVAILABLE = "model_unavailable"  # rate limit, 5xx, timeout, connection lost
    CONTEXT = "context"  # the request does not fit the model's window
    MALFORMED = "malformed"  # the model's edits could never be applied
    NO_CHANGE = "no_change"  # the model changed nothing
    FORBIDDEN_PATH = "forbidden_path"  # an edit of something that must not be edited
    TOO_LARGE = "too_large"  # the change is over the caps
    DEADLINE = "deadline"  # TASK_TIMEOUT is over
    BUDGET = "budget"  # BUDGET_TOKENS or BUDGET_USD is spent
    ENGINE = "engine"  # the engine died or answered rubbish
    FORGE_UNAVAILABLE = "forge_unavailable"  # GitHub: rate limit, 5xx, network
    BROKER_UNAVAILABLE = "broker_unavailable"  # RabbitMQ: not reachable, or did not take a message
    REPOSITORY = "repository"  # gone, renamed, archived, no access
    ISSUE = "issue"  # gone, closed, locked, or really a pull request
    PUSH_REFUSED = "push_refused"  # a rule of the repository refused the push
    BRANCH_MOVED = "branch_moved"  # somebody else moved our branch
    CONFIGURATION = "configuration"  # a setting or dependency is missing or contradicts another
    INTERRUPTED = "interrupted"  # the worker was told to stop


class PatchferryError(Exception):
    """Carries a reason and one sentence that may be shown to the requester: no secret, no response body.

    `usage` is what the models had consumed when it happened, where that is known; `said` is the model's own account
    of it: hostile text, only ever shown quoted.
    """

    def __init__(self, reason: Reason, sentence: str, *, usage: Usage | None = None) -> None:
        super().__init__(f"{reason}: {sentence}")
        self.reason = reason
        self.sentence = sentence
        self.usage = usage
        self.said = ""


class Refused(PatchferryError):
    """Permanent: trying again would end the same way. Tell the human why, then acknowledge."""


class Retry(PatchferryError):
    """Transient: worth another attempt later. `after` is the least wait in seconds that the other side asked for."""

    def __init__(
        self, reason: Reason, sentence: str, *, after: float | None = None, usage: Usage | None = None
    ) -> None:
        super().__init__(reason, sentence, usage=usage)
        self.after = after


class CutOff(PatchferryError):
    """The worker must stop working on this task now; the message stays with the broker and resumes elsewhere."""
