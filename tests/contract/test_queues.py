"""The topology and the confirmed publish, on a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection
from pamqp.common import FieldTable

from worker.broker import NotPublished, broker_version, connected, publish
from worker.errors import Reason, Refused, Retry
from worker.models import QuickFix, parse
from worker.queues import Topology, TopologyDrift, declare, publish_task

TASK = QuickFix(repository="octo/demo", issue=1, requested_by="mona")


def on_broker(url: str, steps: Callable[[AbstractConnection, AbstractChannel], Awaitable[None]]) -> None:
    async def run() -> None:
        async with connected(url) as connection, aio_pika.Channel(connection) as channel:
            await steps(connection, channel)

    asyncio.run(run())


async def count(channel: AbstractChannel, queue: str) -> int | None:
    return (await channel.declare_queue(queue, passive=True)).declaration_result.message_count


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await holds():
            await asyncio.sleep(0.02)


@pytest.fixture
def topology(queue_prefix: str) -> Topology:
    return Topology(queue_prefix, (60, 600))


def test_declaring_again_changes_nothing_and_keeps_the_messages(broker_url: str, topology: Topology) -> None:
    async def steps(connection: AbstractConnection, channel: AbstractChannel) -> None:
        await declare(connection, topology)
        await publish(connection, topology.tasks, b"{}", message_id="1")
        await declare(connection, topology)
        assert await count(channel, topology.tasks) == 1

    on_broker(broker_url, steps)


def test_a_robust_connection_stays_usable_after_a_drift(broker_url: str, topology: Topology) -> None:
    async def run() -> None:
        connection = await aio_pika.connect_robust(broker_url)
        async with connection:
            async with aio_pika.Channel(connection) as channel:
                await channel.declare_queue(topology.parked, durable=True)
            for _ in range(2):
                with pytest.raises(TopologyDrift):
                    await declare(connection, topology)
            await publish(connection, topology.tasks, b"{}", message_id="1")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("there", "told"),
    [({}, "x-message-ttl = none, and Patchferry needs '60000'"), ({"x-message-ttl": 1}, "x-message-ttl = '1'")],
)
def test_drift_names_the_queue_the_argument_and_both_values(
    broker_url: str, topology: Topology, there: dict[str, int], told: str
) -> None:
    async def steps(connection: AbstractConnection, channel: AbstractChannel) -> None:
        queue = next(queue for queue in topology.queues if queue.name == topology.retry(60))
        arguments: FieldTable = {k: v for k, v in queue.arguments.items() if k != "x-message-ttl"}
        arguments.update(there)
        await channel.declare_queue(queue.name, durable=True, arguments=arguments)
        with pytest.raises(TopologyDrift) as drift:
            await declare(connection, topology)
        assert drift.value.reason == Reason.CONFIGURATION
        assert f"the queue {queue.name} exists with {told}" in drift.value.sentence
        assert "PATCHFERRY_QUEUE_PREFIX" in drift.value.sentence

    on_broker(broker_url, steps)


def test_drift_of_the_exchange_is_reported_too(broker_url: str, topology: Topology) -> None:
    async def steps(connection: AbstractConnection, channel: AbstractChannel) -> None:
        await channel.declare_exchange(topology.control, aio_pika.ExchangeType.DIRECT, durable=True)
        with pytest.raises(TopologyDrift) as drift:
            await declare(connection, topology)
        assert f"the exchange {topology.control} exists with type = 'direct'" in drift.value.sentence

    on_broker(broker_url, steps)


def test_a_published_message_is_persistent_json_with_its_id_and_headers(broker_url: str, topology: Topology) -> None:
    async def steps(connection: AbstractConnection, channel: AbstractChannel) -> None:
        await declare(connection, topology)
        await publish(connection, topology.tasks, b'{"a": 1}', message_id="abc", headers={"attempt": 2})
        message = await (await channel.get_queue(topology.tasks)).get(no_ack=True)
        assert message is not None
        assert message.body == b'{"a": 1}'
        assert message.message_id == "abc"
        assert message.headers["attempt"] == 2
        assert message.content_type == "application/json"
        assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT

    on_broker(broker_url, steps)


def test_publishing_to_a_queue_that_is_not_there_raises(broker_url: str, topology: Topology) -> None:
    async def steps(connection: AbstractConnection, _: AbstractChannel) -> None:
        with pytest.raises(NotPublished) as refused:
            await publish(connection, topology.tasks, b"{}", message_id="1")
        assert refused.value.reason == Reason.BROKER_UNAVAILABLE

    on_broker(broker_url, steps)


def test_a_message_that_the_broker_rejects_raises(broker_url: str, topology: Topology) -> None:
    async def steps(connection: AbstractConnection, channel: AbstractChannel) -> None:
        full: FieldTable = {"x-queue-type": "quorum", "x-max-length": 1, "x-overflow": "reject-publish"}
        await channel.declare_queue(topology.tasks, durable=True, arguments=full)

        async def publish_until_full() -> None:
            for number in range(20):  # quorum queues notice a moment late
                await publish(connection, topology.tasks, b"{}", message_id=str(number))

        with pytest.raises(NotPublished, match="queue full"):
            await publish_until_full()

    on_broker(broker_url, steps)


def test_publishing_over_a_connection_that_has_gone_raises(broker_url: str, topology: Topology) -> None:
    async def run() -> None:
        async with connected(broker_url) as connection:
            await declare(connection, topology)
            assert connection.transport is not None
            await connection.transport.connection.close()
            with pytest.raises(Retry):
                await publish(connection, topology.tasks, b"{}", message_id="1")

    asyncio.run(run())


def test_a_rejected_task_goes_to_the_dead_queue_and_its_message_survives(broker_url: str, topology: Topology) -> None:
    async def steps(connection: AbstractConnection, channel: AbstractChannel) -> None:
        await declare(connection, topology)
        await publish(connection, topology.tasks, b"poison", message_id="1")
        message = await (await channel.get_queue(topology.tasks)).get()
        assert message is not None
        await message.reject(requeue=False)

        async def is_dead() -> bool:
            return await count(channel, topology.dead) == 1

        await until(is_dead)
        dead = await (await channel.get_queue(topology.dead)).get(no_ack=True)
        assert dead is not None
        assert (dead.body, dead.message_id) == (b"poison", "1")

    on_broker(broker_url, steps)


def test_a_task_that_waits_comes_back_by_itself(broker_url: str, queue_prefix: str) -> None:
    topology = Topology(queue_prefix, (1,))

    async def steps(connection: AbstractConnection, channel: AbstractChannel) -> None:
        await declare(connection, topology)
        await publish(connection, topology.retry(1), b"{}", message_id="1")
        assert await count(channel, topology.tasks) == 0

        async def is_back() -> bool:
            return await count(channel, topology.tasks) == 1

        await until(is_back)
        assert await count(channel, topology.retry(1)) == 0

    on_broker(broker_url, steps)


def test_a_task_is_delivered_six_times_before_it_is_given_up(broker_url: str, topology: Topology) -> None:
    async def steps(connection: AbstractConnection, channel: AbstractChannel) -> None:
        await declare(connection, topology)
        await publish(connection, topology.tasks, b"{}", message_id="1")
        deliveries = 0
        queue = await channel.get_queue(topology.tasks)
        while await count(channel, topology.dead) == 0 and deliveries < 10:
            message = await queue.get(fail=False)
            if message is not None:
                deliveries += 1
                await message.reject(requeue=True)
        assert deliveries == 6  # the first one and five more

    on_broker(broker_url, steps)


def test_publish_task_declares_what_it_needs(broker_url: str, topology: Topology) -> None:
    publish_task(broker_url, topology, TASK, message_id="1")

    async def steps(_: AbstractConnection, channel: AbstractChannel) -> None:
        message = await (await channel.get_queue(topology.tasks)).get(no_ack=True)
        assert message is not None
        assert parse(message.body) == TASK

    on_broker(broker_url, steps)


def test_the_version_is_the_one_that_the_broker_states(broker_url: str) -> None:
    async def steps(connection: AbstractConnection, _: AbstractChannel) -> None:
        major, minor, _patch = broker_version(connection)
        assert (major, minor) >= (3, 10)

    on_broker(broker_url, steps)


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (("guest:guest@", "guest:wrong@"), Refused, "the user or the password in RABBITMQ_URL"),
        (("//guest:guest@", "//guest:guest@127.0.0.1:1/#"), Retry, "RabbitMQ at 127.0.0.1:1 did not answer"),
    ],
)
def test_a_wrong_address_is_told_in_a_sentence_without_the_password(
    broker_url: str, topology: Topology, change: tuple[str, str], error: type[Exception], told: str
) -> None:
    with pytest.raises(error) as raised:
        publish_task(broker_url.replace(*change), topology, TASK, message_id="1")
    assert told in str(raised.value)
    assert "guest" not in str(raised.value)


def test_a_virtual_host_that_is_not_there_is_told_in_a_sentence(broker_url: str, topology: Topology) -> None:
    with pytest.raises(Refused, match="virtual host in RABBITMQ_URL"):
        publish_task(broker_url.rstrip("/") + "/nowhere", topology, TASK, message_id="1")
