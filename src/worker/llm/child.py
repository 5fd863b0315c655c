"""The engine's process: what it is started with, and the report that it leaves."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from worker import process
from worker.deadline import Deadline
from worker.errors import PatchferryError, Reason, Refused
from worker.llm import outcome
from worker.redact import Redactor
from worker.usage import Usage

FOLDER = Path(__file__).parent / "engine"

LARGEST_OUTPUT = 1_000_000  # bytes of Aider's own talk, for the debug log
_SECRET_WORDS = ("KEY", "TOKEN", "SECRET", "CREDENTIAL", "PASSWORD", "PROXY")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Performed:
    """A job that the engine finished; its texts hold no secret of the environment."""

    summary: str
    notes: tuple[str, ...]
    rounds: int
    engine: str
    usage: Usage
    seconds: float


class Runner(Protocol):
    """A way to have a process for one job."""

    def run(self, job: bytes, home: Path, channel: process.Channel, deadline: Deadline) -> process.Finished:
        """Give it the job on its stdin and wait for its end; `home` is a folder of its own.

        Raises what `deadline.check` raises, after the process and all that it has started are gone, Refused when none
        can be had, and Retry(ENGINE) when it was lost through no fault of the job.
        """


def perform(runner: Runner, job: Mapping[str, Any], environment: Mapping[str, str], deadline: Deadline) -> Performed:
    """Run one job, the fields of `patchferry_engine.protocol.Job` but `home` and `variables`, in its own process.

    `environment` are the model's variables. They travel with the job, so no process shows them. Raises what
    the engine reports, what the runner raises, and Refused(ENGINE) when there is no report; each with the usage as far
    as it is known.
    """
    redact = Redactor(
        value for name, value in environment.items() if any(word in name for word in _SECRET_WORDS)
    ).redact
    with (
        tempfile.TemporaryDirectory(prefix="patchferry-engine-") as home,
        process.Channel(outcome.LARGEST_REPORT) as channel,
    ):
        text = json.dumps({**job, "home": home, "variables": dict(environment)}).encode()
        try:
            finished = runner.run(text, Path(home), channel, deadline)
        except PatchferryError as error:
            error.usage = outcome.usage_in(channel.received)
            raise
    _log.debug(
        "engine finished",
        returncode=finished.returncode,
        stdout=redact(finished.stdout.decode(errors="replace")),
        stderr=redact(finished.stderr.decode(errors="replace")),
    )
    usage = outcome.usage_in(channel.received)
    match outcome.ending_of(channel.received):
        case outcome.Done() as done:
            notes = tuple(map(redact, done.notes))
            summary = redact(done.summary)
            return Performed(summary, notes, done.rounds, done.engine, usage or Usage(), finished.seconds)
        case outcome.Failed() as failed:
            raise failed.error(usage)
        case None:
            sentence = f"the engine ended without a report (status {finished.returncode})"
            raise Refused(Reason.ENGINE, sentence, usage=usage)


def command(python: str, *arguments: str) -> list[str]:
    """The engine as a program. -I: neither the working directory, nor the user's site, nor PYTHON* can add code."""
    return [python, "-I", "-X", "utf8", str(FOLDER), *arguments]


def cannot_start(error: OSError) -> Refused:
    """What a missing interpreter means."""
    return Refused(Reason.CONFIGURATION, f"PATCHFERRY_ENGINE_PYTHON cannot be started ({error.strerror})")


def own_variables(home: str) -> dict[str, str]:
    """Variables that keep Python, Aider and litellm to themselves."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # the table in its package, not a download
        "LITELLM_MODE": "PRODUCTION",  # reads no .env
        "GIT_PYTHON_REFRESH": "quiet",
        "OPENBLAS_NUM_THREADS": "1",  # a process that has threads can't be forked safely
    }
