"""The broker topology: one table, declared once by an idempotent set-up step."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelPreconditionFailed

from worker.broker import connected, publish, translated
from worker.errors import Reason, Refused
from worker.models import QuickFix, Refine, Stop, encode

WAIT_SECONDS = 5
CONSUMER_TIMEOUT_SECONDS = 24 * 3600

_TASK_DELIVERIES = 5
_DEAD_DELIVERIES = 20
_UNLIMITED_DELIVERIES = 2**31 - 1  # said outright: RabbitMQ 4 deletes after 20 by default, and 3.10 refuses -1
_DRIFT = re.compile(
    r"inequivalent arg '(?P<argument>[^']+)' for (?P<kind>queue|exchange) '(?P<name>.+)' in vhost '.*': "
    r"received (?P<wanted>.+?) but current is (?P<there>.+?)$"
)
_VALUE = re.compile(r"^(?:the value )?(?P<value>'.*?')(?: of type '.*')?$")


class TopologyDrift(Refused):
    """The broker has a queue or an exchange of our name with other arguments than ours."""


@dataclass(frozen=True)
class Queue:
    """A durable queue and the arguments that it is declared with."""

    name: str
    arguments: Mapping[str, str | int]


@dataclass(frozen=True)
class Topology:
    """Everything that we declare on the broker, derived from the prefix and the retry delays in seconds."""

    prefix: str
    retry_delays: tuple[int, ...]

    @property
    def tasks(self) -> str:
        """Where work waits: the queue that workers consume and that scaling counts."""
        return f"{self.prefix}.tasks"

    @property
    def wait(self) -> str:
        """Where a task rests for WAIT_SECONDS while another one holds its lock."""
        return f"{self.prefix}.wait"

    @property
    def dead(self) -> str:
        """Tasks that are given up and whose requesters are still to be told."""
        return f"{self.prefix}.dead"

    @property
    def parked(self) -> str:
        """Tasks that are given up and settled, kept for people to look at and to replay."""
        return f"{self.prefix}.parked"

    @property
    def control(self) -> str:
        """The fanout exchange that reaches every running worker."""
        return f"{self.prefix}.control"

    def retry(self, seconds: int) -> str:
        """Where a task rests for one of `retry_delays`: in the name, because a queue's TTL can't be changed."""
        return f"{self.prefix}.retry.{seconds}"

    @property
    def queues(self) -> tuple[Queue, ...]:
        """The table."""
        rests = {self.wait: WAIT_SECONDS} | {self.retry(seconds): seconds for seconds in self.retry_delays}
        limits = {"x-delivery-limit": _TASK_DELIVERIES, "x-consumer-timeout": CONSUMER_TIMEOUT_SECONDS * 1000}
        return (
            _quorum(self.tasks, limits, dead_letters_to=self.dead),
            *(_quorum(name, {"x-message-ttl": s * 1000}, dead_letters_to=self.tasks) for name, s in rests.items()),
            # what even the notifier can't digest is parked, not deleted
            _quorum(self.dead, {"x-delivery-limit": _DEAD_DELIVERIES}, dead_letters_to=self.parked),
            _quorum(self.parked, {"x-delivery-limit": _UNLIMITED_DELIVERIES}),
        )


async def declare(connection: AbstractConnection, topology: Topology, *, timeout: float = 30) -> None:
    """Make the broker's queues and exchange what the table says; as often as one likes.

    Raises TopologyDrift when something is there with other arguments, Refused(CREDENTIALS) when our user may not
    declare, Retry(BROKER_UNAVAILABLE) when the broker is gone or takes longer than `timeout` seconds.
    """
    with translated("RabbitMQ went away while the queues were declared"):
        async with asyncio.timeout(timeout), aio_pika.Channel(connection) as channel:
            try:
                for queue in topology.queues:
                    await channel.declare_queue(queue.name, durable=True, arguments=dict(queue.arguments))
                await channel.declare_exchange(topology.control, aio_pika.ExchangeType.FANOUT, durable=True)
            except ChannelPreconditionFailed as error:
                raise TopologyDrift(Reason.CONFIGURATION, _drift_sentence(str(error))) from error


def publish_task(
    url: str, topology: Topology, message: QuickFix | Refine | Stop, *, message_id: str, timeout: float = 10
) -> None:
    """Declare the topology and publish one task; for callers without an event loop.

    Raises what `connected`, `declare` and `publish` raise, each of which may take `timeout` seconds.
    """

    async def declare_and_publish() -> None:
        async with connected(url, timeout=timeout) as connection:
            await declare(connection, topology, timeout=timeout)
            await publish(connection, topology.tasks, encode(message), message_id=message_id, timeout=timeout)

    asyncio.run(declare_and_publish())


def _quorum(name: str, arguments: Mapping[str, int], *, dead_letters_to: str | None = None) -> Queue:
    dead_lettering = {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_letters_to or "",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",  # without it the broker falls back to at-most-once
    }
    return Queue(name, {"x-queue-type": "quorum"} | (dead_lettering if dead_letters_to else {}) | dict(arguments))


def _drift_sentence(text: str) -> str:
    found = _DRIFT.search(text)
    if found is None:
        return f"RabbitMQ refused to declare the queues: {text}"
    there, wanted = (_VALUE.sub(r"\g<value>", found[group]) for group in ("there", "wanted"))
    return (
        f"the {found['kind']} {found['name']} exists with {found['argument']} = {there}, and Patchferry needs "
        f"{wanted}: empty and delete it, or choose another PATCHFERRY_QUEUE_PREFIX"
    )
