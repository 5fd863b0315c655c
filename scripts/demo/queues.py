"""The demo's own queues on the broker: what waits in them, and their end."""

from __future__ import annotations

import asyncio
import time

import aio_pika

from worker.broker import connected
from worker.queues import Topology
from worker.queues import declare as declare_on

_LOOKS = 10  # because the broker needs a moment to count what was acknowledged just now
_PAUSE_SECONDS = 0.2


def declare(url: str, topology: Topology) -> None:
    """Make them, as a worker's start does. Raises what `worker.broker.connected` raises."""

    async def connect_and_declare() -> None:
        async with connected(url) as connection:
            await declare_on(connection, topology)

    asyncio.run(connect_and_declare())


def waiting(url: str, topology: Topology) -> dict[str, int]:
    """How many messages each of the queues holds, by the queue's name."""

    async def count() -> dict[str, int]:
        async with connected(url) as connection, aio_pika.Channel(connection) as channel:
            queues = [await channel.declare_queue(queue.name, passive=True) for queue in topology.queues]
            return {queue.name: queue.declaration_result.message_count or 0 for queue in queues}

    counts = asyncio.run(count())
    for _ in range(_LOOKS):
        if not any(counts.values()):
            break
        time.sleep(_PAUSE_SECONDS)
        counts = asyncio.run(count())
    return counts


def delete(url: str, topology: Topology) -> None:
    """Delete the queues and the exchange; gone already is fine."""

    async def delete_all() -> None:
        async with connected(url) as connection, aio_pika.Channel(connection) as channel:
            for queue in topology.queues:
                await channel.queue_delete(queue.name)
            await channel.exchange_delete(topology.control)

    asyncio.run(delete_all())
