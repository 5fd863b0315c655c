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
            help="owner/repo#12 or the address of an issue; with --repo also a text whose first line is the title "
            "(- reads it from the standard input).",
            show_default=False,
        ),
    ] = None,
    *,
    repo: Annotated[
        str | None,
        typer.Option("--repo", help="A folder of yours, or a repository on GitHub.", metavar="PATH|URL|OWNER/NAME"),
    ] = None,
    issue: Annotated[
        int | None, typer.Option("--issue", help="With --repo: the issue to take.", min=1, metavar="N")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the diff and what GitHub would be sent; write nothing.")
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="The model, instead of PATCHFERRY_MODEL.", show_default=False)
    ] = None,
    output: Output = Format.TEXT,
) -> int:
    """Fix one issue here and now, without a broker.

    An issue on GitHub gets a pull request. A folder gets a branch, and its working copy is not touched.

    \b
    Examples:
      patchferry run acme/shop#12
      patchferry run --repo . "Round prices to whole cents"
      patchferry run --repo ~/shop --issue 12 --dry-run

    \b
    Exit codes:
      0 done · 1 failed, and said why · 2 wrong usage
      3 something is missing · 4 told to stop · 130 interrupted

    \b
    With -o json one object, null for what there is not:
      outcome (opened, branched, failed, stopped, ignored), dry_run, url, number,
      branch, sha, diff, report, planned, reason, sentence, usage
    """  # noqa: D301 -- to click, a backspace means: keep these lines
    from patchferry.stopping import Stop

    with Stop() as stop:
        from patchferry.progress import Progress
        from patchferry.start import start

        progress = Progress(dry_run=dry_run)
        started = start(_overrides(model), render=progress)
        with started.engine() as engine:  # it loads while the rest is imported and GitHub is asked
            from patchferry.asked import asked
            from patchferry.running import run
            from worker.main import Workshop

            workshop = Workshop(started.settings, started.redactor, engine)
            if request == "-":
                request = sys.stdin.buffer.read().decode(errors="surrogateescape")
            what = asked(workshop.addresses, request, repo, issue)
            return run(workshop, what, stop, dry_run=dry_run, output=output)


def _overrides(model: str | None) -> dict[str, str]:
    from worker.config import values

    if model is None:
        return {}
    try:
        values.model_name(model)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--model") from error
    if not model:
        raise typer.BadParameter("name a model, such as ollama_chat/qwen2.5-coder:14b.", param_hint="--model")
    return {"PATCHFERRY_MODEL": model}
