"""What every command that works does first: read the settings, and send the logs to stderr without their secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from structlog.types import Processor

from worker.config import Settings, load
from worker.logs import configure
from worker.redact import Redactor


@dataclass(frozen=True)
class Start:
    """The settings in force, and what takes their secrets out of text."""

    settings: Settings
    redactor: Redactor


def start(overrides: Mapping[str, str] | None = None, *, render: Processor | None = None) -> Start:
    """Read the settings, `.env` included, and set the logs up; `overrides` are values by variable.

    `render` draws the logs when no format is asked for. Raises ConfigurationError with all problems.
    """
    settings = load(read_dotenv=True, overrides=overrides)
    redactor = Redactor(settings.secrets())
    configure(settings.log_format, settings.log_level, redactor, render=render)
    return Start(settings, redactor)
