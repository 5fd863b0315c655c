"""What every command that works does first: read the settings, and send the logs to stderr without their secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from structlog.types import Processor

from patchferry.output import say
from worker.config import Settings, load
from worker.llm.warm import Warm
from worker.logs import configure
from worker.redact import Redactor

_DOTENV = Path(".env")


@dataclass(frozen=True)
class Start:
    """The settings in force, and what takes their secrets out of text."""

    settings: Settings
    redactor: Redactor

    def engine(self) -> Warm:
        """The warm engine, which is there within a `with`. Entering it raises Refused(CONFIGURATION)."""
        return Warm(str(self.settings.engine_python))


def start(overrides: Mapping[str, str] | None = None, *, render: Processor | None = None) -> Start:
    """Read the settings, `.env` included, and set the logs up; `overrides` are values by variable.

    `render` draws the logs when no format is asked for. Raises ConfigurationError with all problems.
    """
    settings = read_settings(overrides)
    redactor = Redactor(settings.secrets())
    configure(settings.log_format, settings.log_level, redactor, render=render)
    return Start(settings, redactor)


def read_settings(overrides: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, and the `.env` of the working directory when it is the user's own.

    One that git tracks came with a repository, and could name another interpreter, or another server for the keys.
    Raises ConfigurationError with all problems.
    """
    return load(read_dotenv=_is_ours(_DOTENV), overrides=overrides)


def _is_ours(dotenv: Path) -> bool:
    if not dotenv.exists():
        return False
    from worker.git.local import is_tracked  # noqa: PLC0415

    tracked = is_tracked(dotenv)
    if tracked:
        say("The .env here belongs to the repository, so it is not read.")
    return not tracked
