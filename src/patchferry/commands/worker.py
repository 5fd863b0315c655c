"""`patchferry worker`: take tasks from the queue until told to stop."""

# ruff: noqa: PLC0415 -- heavy imports wait until the command runs

from __future__ import annotations

import asyncio
from typing import Annotated

import typer


def command(
    *,
    once: Annotated[bool, typer.Option("--once", help="Settle one task, then exit.")] = False,
    idle: Annotated[
        float, typer.Option("--idle", help="With --once: seconds to wait for a task.", min=1, metavar="SECONDS")
    ] = 60.0,
) -> int:
    """Take tasks from the queue until told to stop.

    SIGTERM lets the running task end (PATCHFERRY_SHUTDOWN_GRACE): exit code 0, or 4 when it had to be cut off; the
    broker then gives it to another worker. A second signal cuts it off at once.
    """
    from patchferry.start import start

    started = start()
    with started.engine() as engine:  # it loads while the rest is imported and the broker is asked
        from worker.main import Workshop, create_service

        service = create_service(Workshop(started.settings, started.redactor, engine), once=once, idle=idle)
        return asyncio.run(service.serve())
