"""`patchferry doctor`: what is there, what is missing, and what to do about it."""

# ruff: noqa: PLC0415 -- heavy imports wait until the command runs

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from patchferry.exits import Exit
from patchferry.output import Format, Output, print_json, print_text

if TYPE_CHECKING:
    from patchferry.checks.result import Check

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red", "skip": "bright_black"}


def command(
    *,
    repository: Annotated[
        str | None, typer.Option(metavar="OWNER/NAME", help="Also check that the token may push to it.")
    ] = None,
    output: Output = Format.TEXT,
) -> int:
    """Check what Patchferry needs on this machine and beyond; the exit code is 3 when something is missing."""
    checks: list[Check] = []
    for check in _checks(repository):
        checks.append(check)
        if output is Format.TEXT:
            _print(check)
    missing = any(check.status == "fail" for check in checks)
    if output is Format.JSON:
        print_json({"ok": not missing, "checks": [asdict(check) for check in checks]})
    return Exit.MISSING if missing else Exit.DONE


def _checks(repository: str | None) -> Iterator[Check]:
    from patchferry.checks import machine
    from patchferry.checks.result import fail
    from patchferry.start import start
    from worker.config import ConfigurationError
    from worker.queues import Topology

    yield machine.python(sys.version_info[:3])
    yield machine.git()
    try:
        settings = start().settings
    except ConfigurationError as error:
        for problem in error.problems:
            yield fail("settings", problem, "correct it; what depends on the settings was not checked")
        return
    from patchferry.checks import broker, github, model, network  # they fail to load where SSL_CERT_FILE is wrong

    yield machine.engine(settings.engine_python)
    yield machine.workspace(settings.workspace_dir)
    yield network.certificates(settings.ssl_cert_file)
    yield network.proxy(settings.https_proxy.get_secret_value() if settings.https_proxy else None)
    yield from broker.broker(
        settings.rabbitmq_url.get_secret_value(),
        Topology(settings.queue_prefix, settings.retry_delays),
        task_timeout=settings.task_timeout,
        stated_consumer_timeout=settings.broker_consumer_timeout or None,
    )
    yield from github.github(settings, repository)
    yield model.model(settings)


def _print(check: Check) -> None:
    status = check.status.ljust(5)
    shown = typer.style(status, fg=_COLOURS[check.status]) if sys.stdout.isatty() else status
    print_text(f"{shown} {check.name.ljust(12)}  {check.detail}")
    if check.fix:
        print_text(f"{' ' * 20}{check.fix}")
