"""Does one task in this process, and shows how it ended."""

from __future__ import annotations

from typing import assert_never

import structlog

from patchferry import shown
from patchferry.asked import Here, OnGitHub
from patchferry.ended import Ended
from patchferry.exits import Exit, explained
from patchferry.here import here
from patchferry.on_github import on_github
from patchferry.output import Format
from patchferry.stopping import Stop
from worker.deadline import Deadline
from worker.errors import CutOff, PatchferryError, Refused
from worker.git.workspace import sweep
from worker.main import Workshop
from worker.tasks import Answered, Branched, Ignored, Opened

_log = structlog.get_logger(__name__)


def run(workshop: Workshop, what: OnGitHub | Here, stop: Stop, *, dry_run: bool, output: Format) -> int:
    """Do what was asked and print the result; returns the exit code. Raises ConfigurationError without a model."""
    workshop.settings.require_model()
    sweep(workshop.settings.workspace_dir)
    deadline = Deadline(workshop.settings.task_timeout)

    def work() -> Ended:
        if isinstance(what, Here):
            return here(workshop, what, deadline, dry_run=dry_run)
        return on_github(workshop, what, deadline, dry_run=dry_run)

    try:
        ended = stop.attend(work, deadline, _log.info)
    except PatchferryError as error:
        ended = Ended(error, dry_run=dry_run)
    shown.show(ended, output)
    return exit_code(ended, stop.code)


def exit_code(ended: Ended, stopped: Exit | None) -> Exit:
    """What the end means to a shell; `stopped` is the code of the signal that was heard."""
    match ended.outcome:
        case Opened() | Branched():
            return Exit.DONE
        case Ignored():
            return Exit.FAILED
        case CutOff():
            return stopped or Exit.CUT_OFF
        case Answered(sentence, reason):
            return _of_error(Refused(reason, sentence))
        case PatchferryError():
            return _of_error(ended.outcome)
        case _:
            assert_never(ended.outcome)


def _of_error(error: PatchferryError) -> Exit:
    expected = explained(error)
    return expected[0] if expected else Exit.FAILED
