"""The life of a worker process: connect, declare, consume, drain, stop."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPError
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue
from faststream.rabbit.annotations import RabbitMessage as Delivery

from worker.broker import broker_version, effective_deadline, publish, translated
from worker.consumer import Consumer
from worker.health import Health
from worker.ladder import ATTEMPT_HEADER
from worker.queues import Topology, declare
from worker.tasks import Outcome
from worker.work import Work

_log = structlog.get_logger(__name__)

CUT_OFF_EXIT_CODE = 4
_MARGIN_SECONDS = 30.0  # for killing children and for one last request


@dataclass(frozen=True)
class Service:
    """What a worker needs to serve. Times are seconds; `idle` is how long `once` waits for a task."""

    url: str
    topology: Topology
    host: str
    perform: Callable[[Work], Outcome]
    task_timeout: float
    stated_consumer_timeout: float | None
    grace: float
    publish_timeout: float
    once: bool = False
    idle: float = 60.0
    health_port: int = 0

    async def serve(self) -> int:
        """Consume until told to stop; returns the exit code.

        Raises Refused and Retry when the broker can't be used at the start.
        """
        broker = RabbitBroker(self.url, logger=None, graceful_timeout=None, default_channel=Channel(prefetch_count=1))
        with translated("RabbitMQ did not answer: start it or set RABBITMQ_URL"):
            connection = await broker.connect()
        await declare(connection, self.topology)
        run = _Run(self, broker, connection)
        try:
            with Health(self.health_port, lambda: run.connected) as health:
                ticking = asyncio.create_task(_tick(health))
                await run.app.run()
                ticking.cancel()
        finally:
            run.watchdog.cancel()
        return CUT_OFF_EXIT_CODE if run.consumer.cut_off else 0


class _Run:
    """One connected service."""

    def __init__(self, service: Service, broker: RabbitBroker, connection: AbstractConnection) -> None:
        self._service = service
        self._connection = connection
        self._claimed = asyncio.Event()
        self.watchdog = _watchdog(service.grace + 2 * _MARGIN_SECONDS)
        version = broker_version(connection)
        seconds = effective_deadline(version, service.task_timeout, service.stated_consumer_timeout)
        _log.info("connected", broker=".".join(map(str, version)), task_timeout=seconds)
        self.consumer = Consumer(
            perform=service.perform,
            put_back=self._put_back,
            claimed=self._claim,
            host=service.host,
            seconds=seconds,
            retry_delays=service.topology.retry_delays,
        )
        self._subscriber = broker.subscriber(
            RabbitQueue(service.topology.tasks, declare=False),
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            decoder=_undecoded,
        )
        self._subscriber(self._handle)
        self.app = FastStream(broker, logger=None, after_startup=[self._started], on_shutdown=[self._drain])

    @property
    def connected(self) -> bool:
        """Whether the broker is there at this moment."""
        return self._connection.connected.is_set()

    async def _handle(self, message: Delivery) -> None:
        await self.consumer.handle(message)

    async def _started(self) -> None:
        _log.info("consuming", queue=self._service.topology.tasks)
        if self._service.once:
            self._ending = asyncio.create_task(self._end_after_one())

    async def _claim(self) -> None:
        """A worker for one task takes no second one."""
        self._claimed.set()
        if self._service.once:
            await self._stop_consuming()

    async def _end_after_one(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._claimed.wait(), self._service.idle)
            await self.consumer.finished()
        if not self._claimed.is_set():
            _log.info("no task came", seconds=self._service.idle)
        self.app.exit()

    async def _put_back(self, message: RabbitMessage, delay: int, attempt: int) -> None:
        await publish(
            self._connection,
            self._service.topology.retry(delay),
            message.body,
            message_id=message.message_id,
            headers={ATTEMPT_HEADER: attempt},
            timeout=self._service.publish_timeout,
        )

    async def _drain(self) -> None:
        _log.info("stopping", grace=self._service.grace)
        self.watchdog.start()
        for asked_again in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(asked_again, self.consumer.cut)
        await self._stop_consuming()
        await self.consumer.drain(self._service.grace, _MARGIN_SECONDS)

    async def _stop_consuming(self) -> None:
        try:
            await self._subscriber.stop()
        except (AMQPError, OSError, RuntimeError) as error:
            _log.warning("consumer not cancelled: the connection is gone", error=type(error).__name__)


async def _tick(health: Health) -> None:
    while True:
        health.tick()
        await asyncio.sleep(1)


async def _undecoded(message: RabbitMessage) -> bytes:
    return message.body


def _watchdog(seconds: float) -> threading.Timer:
    """Ends the process when it takes longer than that to stop."""

    def end() -> None:
        _log.error("hung while stopping")
        os._exit(CUT_OFF_EXIT_CODE)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    return timer
