"""The engine's process: `python -I <this folder> <descriptor>`, the job on stdin, the report on the descriptor."""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import cast

from patchferry_engine.failures import Abort
from patchferry_engine.protocol import Job, Report

_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Perform one job; 0 when a report was written, whatever it says."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    report = Report(int(sys.argv[1]))
    try:
        perform = _import()
        perform(Job.read(sys.stdin.buffer.read()), report)
    except Abort as abort:
        report.failed(abort)
    except BaseException as error:  # noqa: BLE001 - the last door: whatever happens, the worker is told
        traceback.print_exc()
        report.failed(Abort("engine", f"the engine failed with {type(error).__name__}"))
    return 0


def _import() -> Callable[[Job, Report], None]:
    """Import Aider and litellm, without garbage collection: nothing of it will ever be garbage."""
    gc.disable()
    try:
        task = importlib.import_module("patchferry_engine.task")
    except ModuleNotFoundError as error:
        missing = f"PATCHFERRY_ENGINE_PYTHON ({sys.executable}) cannot import {error.name}; install aider-chat there"
        raise Abort("configuration", missing) from error
    gc.freeze()
    gc.enable()
    # From here on the guard watches what is written.
    sys.dont_write_bytecode = True
    return cast("Callable[[Job, Report], None]", task.perform)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
