"""`patchferry submit`: an issue into the queue, as the gateway would put it there."""

# ruff: noqa: PLC0415 -- heavy imports wait until the command runs

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from patchferry.output import Format, Output, print_json, print_text, say


def command(
    issue: Annotated[str, typer.Argument(metavar="OWNER/REPO#N", help="The issue, or its URL.")],
    *,
    requested_by: Annotated[
        str | None, typer.Option(metavar="LOGIN", help="Who asks for it; by default the token's user.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="A new attempt, although an earlier one has ended.")] = False,
    output: Output = Format.TEXT,
) -> None:
    """Put an issue into the queue for a worker, and print the id of the task.

    The same issue is the same task: once it has ended, only --again makes another attempt.
    """
    from pydantic import ValidationError

    from patchferry.start import start
    from worker.forges import forge, require_tokens
    from worker.github.addresses import Addresses
    from worker.models import QuickFix, task_id
    from worker.queues import Topology, publish_task

    settings = start().settings
    addresses = Addresses(settings.github_api_url)
    try:
        target = addresses.target(issue)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="OWNER/REPO#N") from error
    if requested_by is None:
        require_tokens(settings)
    login = requested_by or forge(settings).login()
    try:
        message = QuickFix(
            repository=target.repository,
            issue=target.number,
            requested_by=login,
            revision=time.time_ns() // 1_000_000 if again else 0,
            created_at=datetime.now(UTC),
        )
    except ValidationError as error:
        raise typer.BadParameter(f"{login!r} is no login on GitHub.", param_hint="--requested-by") from error
    identity = task_id(message, addresses.host)
    topology = Topology(settings.queue_prefix, settings.retry_delays)
    publish_task(
        settings.rabbitmq_url.get_secret_value(),
        topology,
        message,
        message_id=identity,
        timeout=settings.publish_timeout,
    )
    say(f"{target.repository}#{target.number} waits in {topology.tasks}, asked for by {login}.")
    if output is Format.JSON:
        print_json(
            {
                "task_id": identity,
                "repository": target.repository,
                "issue": target.number,
                "requested_by": login,
                "queue": topology.tasks,
            }
        )
    else:
        print_text(identity)
