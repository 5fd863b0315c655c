"""RabbitMQ in our own words: a connection, a confirmed publish, what its version means, what its errors mean."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

import aio_pika
from aio_pika.abc import AbstractConnection, HeadersType
from aio_pika.exceptions import (
    CONNECTION_EXCEPTIONS,
    ChannelClosed,
    DeliveryError,
    InvalidFrameError,
    ProbableAuthenticationError,
    PublishError,
)

from worker.errors import PatchferryError, Reason, Refused, Retry

OLD_BROKER_DEADLINE_SECONDS = 25 * 60

_TIMEOUT_SETTABLE_SINCE = (3, 12)
_ACKNOWLEDGEMENT_MARGIN_SECONDS = 5 * 60


class NotPublished(Retry):
    """The broker did not confirm a message. It may have it nevertheless: publish it again with the same id."""


@asynccontextmanager
async def connected(url: str, *, timeout: float = 10) -> AsyncIterator[AbstractConnection]:
    """A connection that ends with the context.

    Raises Refused(CREDENTIALS or CONFIGURATION) for a wrong user or virtual host, Retry(BROKER_UNAVAILABLE).
    """
    address = urlsplit(url)
    with translated(
        f"RabbitMQ at {address.hostname}:{address.port or 5672} did not answer: start it or set RABBITMQ_URL"
    ):
        connection = await aio_pika.connect(url, timeout=timeout)
    async with connection:
        yield connection


async def publish(
    connection: AbstractConnection,
    queue: str,
    body: bytes,
    *,
    message_id: str,
    headers: HeadersType | None = None,
    timeout: float = 10,
) -> None:
    """Put a JSON body into a queue: persistent, and back only once the broker has taken responsibility for it.

    Raises NotPublished when there is no such queue or no confirm within `timeout` seconds.
    """
    message = aio_pika.Message(
        body,
        message_id=message_id,
        headers=headers,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
    with translated(f"RabbitMQ did not confirm a message for {queue}", NotPublished):
        async with asyncio.timeout(timeout), aio_pika.Channel(connection, on_return_raises=True) as channel:
            await channel.default_exchange.publish(message, routing_key=queue, mandatory=True)


def broker_version(connection: AbstractConnection) -> tuple[int, ...]:
    """The broker's version such as (3, 10, 8), from what it said when the connection was opened."""
    assert connection.transport is not None, "broker_version needs an open connection"
    stated = connection.transport.connection.server_properties["version"]
    text = stated.decode() if isinstance(stated, bytes) else str(stated)
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def effective_deadline(version: tuple[int, ...], task_timeout: float, stated_consumer_timeout: float | None) -> float:
    """How long a task may really run, in seconds.

    A broker takes an unacknowledged message away after a time. Since 3.12 our queue's own argument sets it; older
    ones accept that argument and ignore it, so their default of 30 minutes holds, or what the operator states to have
    configured on the node. https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout
    """
    if version >= _TIMEOUT_SETTABLE_SINCE:
        return task_timeout
    if stated_consumer_timeout is None:
        return min(task_timeout, OLD_BROKER_DEADLINE_SECONDS)
    with_margin = max(stated_consumer_timeout - _ACKNOWLEDGEMENT_MARGIN_SECONDS, stated_consumer_timeout / 2)
    return min(task_timeout, with_margin)


@contextmanager
def translated(unavailable: str, kind: type[Retry] = Retry) -> Iterator[None]:
    """Turn what aio-pika raises into our errors; `unavailable` is the sentence for a broker that is not there."""
    try:
        yield
    except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
        raise _in_our_words(error, unavailable, kind) from error


def _in_our_words(error: Exception, unavailable: str, kind: type[Retry]) -> PatchferryError:
    match error:
        case ProbableAuthenticationError():
            return Refused(Reason.CREDENTIALS, "RabbitMQ refused the user or the password in RABBITMQ_URL")
        case InvalidFrameError():  # the answer to a virtual host that isn't there or isn't ours
            return Refused(Reason.CONFIGURATION, "RabbitMQ refused the virtual host in RABBITMQ_URL")
        case ChannelClosed() if str(error).startswith("ACCESS_REFUSED"):
            return Refused(Reason.CREDENTIALS, f"the user in RABBITMQ_URL lacks a permission: {error}")
        case PublishError():
            return NotPublished(Reason.BROKER_UNAVAILABLE, "the broker has no such queue: a worker's start declares it")
        case DeliveryError():
            return NotPublished(Reason.BROKER_UNAVAILABLE, "RabbitMQ refused to take a message: is a queue full?")
        case _:
            return kind(Reason.BROKER_UNAVAILABLE, unavailable)
