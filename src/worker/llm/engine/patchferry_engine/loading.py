"""Everything that a job needs, imported once."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import cast

from patchferry_engine.failures import Abort
from patchferry_engine.single import Perform


def load(*, warm: bool) -> Perform:
    """Import Aider and litellm and return what performs a job; `warm` also rehearses a call. Raises Abort.

    Garbage is not collected meanwhile: nothing of it will ever be garbage.
    """
    gc.disable()
    try:
        task = importlib.import_module("patchferry_engine.task")
        if warm:
            importlib.import_module("patchferry_engine.rehearsal").rehearse()
    except ModuleNotFoundError as error:
        missing = f"PATCHFERRY_ENGINE_PYTHON ({sys.executable}) cannot import {error.name}; install aider-chat there"
        raise Abort("configuration", missing) from error
    gc.freeze()
    gc.enable()
    # From here on the guard watches what is written.
    sys.dont_write_bytecode = True
    return cast("Perform", task.perform)
