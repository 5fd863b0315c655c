"""One job in this process: read from stdin, performed, and its end reported, whatever happens."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable

from patchferry_engine import limits
from patchferry_engine.failures import Abort
from patchferry_engine.protocol import Job, Report

Perform = Callable[[Job, Report], None]


def answer(perform: Perform, descriptor: int) -> None:
    """Perform the job and write the report to `descriptor`. Raises nothing but what ends a process."""
    report = Report(descriptor)
    try:
        job = Job.read(sys.stdin.buffer.read())
        _settle_in(job.home)
        perform(job, report)
    except Abort as abort:
        report.failed(abort)
    except MemoryError:
        report.failed(Abort("engine", f"the engine needed more than {limits.MEMORY >> 20} MB of memory"))
    except BaseException as error:  # noqa: BLE001 - the last door: whatever happens, the worker is told
        traceback.print_exc()
        report.failed(Abort("engine", f"the engine failed with {type(error).__name__}"))
    sys.stdout.flush()
    sys.stderr.flush()


def _settle_in(home: str) -> None:
    """Whatever wants to write beside the tree does it in the task's own folder."""
    os.environ.update(HOME=home, TMPDIR=home)
    tempfile.tempdir = None  # what was chosen before
    os.chdir(home)
