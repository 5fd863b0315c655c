"""`patchferry run`: one task here and now, without a broker."""

# ruff: noqa: PLC0415 -- heavy imports wait until the command runs

from __future__ import annotations

import sys
from typing import Annotated

import typer

from patchferry.output import Format, Output


def command(
    request: Annotated[
        str | None,
        typer.Argument(
            help="owner/repo#12 or the address of an issue; with --repo a text whose first line is the title "
            "(- reads it from the standard input).",
            show_default=False,
        ),
    ] = None,
    *,
    repo: Annotated[
        str | None,
        typer.Option(
            "--repo", help="A folder (ends in a branch there), or a repository on GitHub.", metavar="PATH|URL"
        ),
    ] = None,
    issue: Annotated[int | None, typer.Option("--issue", help="With --repo: the issue to take.", min=1)] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the diff and the planned calls of GitHub; write nothing.")
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="The model, instead of PATCHFERRY_MODEL.", show_default=False)
    ] = None,
    output: Output = Format.TEXT,
) -> int:
    """Fix one issue here and now, without a broker.

    A repository on GitHub gets a pull request; a folder gets a branch, and your working copy is never touched.
    """
    from patchferry.asked import asked
    from patchferry.running import run
    from patchferry.start import start
    from worker.main import Workshop

    started = start({"PATCHFERRY_MODEL": model} if model else None)
    workshop = Workshop(started.settings, started.redactor)
    if request == "-":
        request = sys.stdin.read()
    return run(workshop, asked(workshop.addresses, request, repo, issue), dry_run=dry_run, output=output)
