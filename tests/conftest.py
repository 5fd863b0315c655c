"""What tests share: a real RabbitMQ, and queue names of their own on it."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Iterator

import aio_pika
import pytest

from scripts.rabbitmq import Node
from worker.broker import connected
from worker.queues import Topology

RETRY_DELAYS = (1, 2, 60, 600, 3600)  # all that any test declares


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """RABBITMQ_URL, as `make test` sets it for all processes of a run; else a node for this one."""
    url = os.environ.get("RABBITMQ_URL")
    if url:
        yield url
        return
    with Node() as node, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RABBITMQ_MANAGEMENT_URL", node.management_url)
        yield node.url


@pytest.fixture
def queue_prefix(broker_url: str) -> Iterator[str]:
    """A prefix that no other test has; its queues are deleted afterwards."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    yield prefix
    asyncio.run(_delete(broker_url, prefix))


async def _delete(url: str, prefix: str) -> None:
    topology = Topology(prefix, RETRY_DELAYS)
    async with connected(url) as connection, aio_pika.Channel(connection) as channel:
        for queue in topology.queues:
            await channel.queue_delete(queue.name)
        await channel.exchange_delete(topology.control)
