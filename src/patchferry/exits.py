"""How a command ends: the exit codes, and the errors that are expected and said in a sentence."""

# ruff: noqa: PLC0415 -- what is imported here is slow, and only needed when a command has failed

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAILED = 1  # the task failed and said why
    USAGE = 2
    MISSING = 3  # configuration or a dependency is missing
    CUT_OFF = 4
    INTERRUPTED = 130  # by hand


def explained(error: Exception) -> tuple[Exit, Sequence[str]] | None:
    """The exit code and the sentences for an error that is expected; None for a bug."""
    from worker.errors import CutOff, PatchferryError, Reason

    match error:
        case CutOff():
            return Exit.CUT_OFF, (error.sentence,)
        case PatchferryError(
            reason=Reason.CONFIGURATION | Reason.CREDENTIALS | Reason.MODEL_UNKNOWN | Reason.BROKER_UNAVAILABLE
        ):
            return Exit.MISSING, (error.sentence,)
        case PatchferryError():
            return Exit.FAILED, (error.sentence,)
    from worker.config import ConfigurationError

    return (Exit.MISSING, error.problems) if isinstance(error, ConfigurationError) else None
