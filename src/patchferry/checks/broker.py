"""RabbitMQ: whether it is there, how long it lets a task run, and whether its queues are ours. Nothing is declared."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity

from patchferry.checks.result import Check, failed, ok, skip, warn
from worker.broker import broker_version, connected, effective_deadline, translated
from worker.errors import PatchferryError
from worker.queues import Queue, Topology, declare

_SECONDS = 5


@dataclass(frozen=True)
class _Existing(Topology):
    """The part of a topology that is on the broker already: to declare it changes nothing, and shows any drift."""

    names: frozenset[str]

    @property
    def queues(self) -> tuple[Queue, ...]:
        return tuple(queue for queue in super().queues if queue.name in self.names)


def broker(
    url: str, topology: Topology, *, task_timeout: float, stated_consumer_timeout: float | None
) -> Sequence[Check]:
    """The checks `broker`, `deadline` and `queues`; times in seconds, None when the operator states nothing."""

    async def look() -> Sequence[Check]:
        async with connected(url, timeout=_SECONDS) as connection:
            version = broker_version(connection)
            queues = await _queues(connection, topology)
        said = ok("broker", f"RabbitMQ {'.'.join(map(str, version))}")
        return said, deadline(version, task_timeout, stated_consumer_timeout), queues

    try:
        return asyncio.run(look())
    except PatchferryError as error:
        found = failed("broker", error)
        who = "`patchferry worker` and `submit` need it, `run` does not"
        return (replace(found, fix=f"{found.fix}; {who}" if found.fix else who),)


def deadline(version: tuple[int, ...], task_timeout: float, stated_consumer_timeout: float | None) -> Check:
    """How long a task may really run on a broker of this version."""
    seconds = effective_deadline(version, task_timeout, stated_consumer_timeout)
    if seconds >= task_timeout:
        return ok("deadline", f"a task may take {task_timeout:.0f} s")
    return warn(
        "deadline",
        f"this broker takes a task back, so one ends after {seconds:.0f} s, not {task_timeout:.0f} s",
        "upgrade RabbitMQ to 3.12 or newer; or raise consumer_timeout on the node and state it in "
        "PATCHFERRY_BROKER_CONSUMER_TIMEOUT; or lower PATCHFERRY_TASK_TIMEOUT",
    )


async def _queues(connection: AbstractConnection, topology: Topology) -> Check:
    names = [queue.name for queue in topology.queues]
    try:
        there = [name for name in names if await _exists(connection, name)]
        if there:
            existing = _Existing(topology.prefix, topology.retry_delays, frozenset(there))
            await declare(connection, existing, timeout=_SECONDS)
    except PatchferryError as error:
        return failed("queues", error)
    missing = [name for name in names if name not in there]
    if missing:
        return skip("queues", f"{', '.join(missing)} will be declared by the first worker")
    return ok("queues", f"all {len(names)} are as they should be")


async def _exists(connection: AbstractConnection, name: str) -> bool:
    with translated(f"RabbitMQ did not say whether it has the queue {name}"):
        try:
            async with asyncio.timeout(_SECONDS), aio_pika.Channel(connection) as channel:
                await channel.declare_queue(name, passive=True)
        except ChannelNotFoundEntity:
            return False
        return True
