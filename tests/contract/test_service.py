"""A service on the real broker: how deliveries are settled when work, connection or process have other plans."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import aio_pika
import pytest

from tests.fakes.relay import CutDoor
from worker.broker import connected
from worker.errors import Reason, Refused, Retry
from worker.models import QuickFix
from worker.queues import Topology, publish_task
from worker.service import Service
from worker.tasks import Answered, Outcome
from worker.work import Work

DONE = Answered("done", Reason.NO_CHANGE)


@dataclass
class Worked:
    """Does the work of deliveries as a test wants it, and remembers it."""

    does: Callable[[Work], Outcome] = lambda _work: DONE
    seen: list[Work] = field(default_factory=list)

    def __call__(self, work: Work) -> Outcome:
        self.seen.append(work)
        return self.does(work)


@dataclass
class Bench:
    """A queue and the services that consume it."""

    url: str
    topology: Topology

    def service(self, worked: Worked, *, url: str | None = None, once: bool = True, grace: float = 10) -> Service:
        return Service(
            url=url or self.url,
            topology=self.topology,
            host="github.com",
            perform=worked,
            task_timeout=60,
            stated_consumer_timeout=None,
            grace=grace,
            publish_timeout=5,
            once=once,
            idle=5,
        )

    def ask(self, issue: int = 1) -> None:
        message = QuickFix(repository="acme/shop", issue=issue, requested_by="alice")
        publish_task(self.url, self.topology, message, message_id=str(issue))

    def ready(self, queue: str) -> int:
        async def count() -> int:
            async with connected(self.url) as connection, aio_pika.Channel(connection) as channel:
                there = await channel.declare_queue(queue, passive=True)
                return there.declaration_result.message_count or 0

        return asyncio.run(count())


@pytest.fixture
def bench(broker_url: str, queue_prefix: str) -> Bench:
    return Bench(broker_url, Topology(queue_prefix, (1, 2)))


@pytest.fixture
def door(broker_url: str) -> Iterator[tuple[CutDoor, str]]:
    """A way to the broker that can be cut, and the broker's address through it."""
    address = urlsplit(broker_url)
    with CutDoor(address.port or 5672) as door:
        user, _, _ = address.netloc.rpartition("@")
        yield door, urlunsplit(address._replace(netloc=f"{user}@127.0.0.1:{door.port}"))


def test_a_task_is_acknowledged_when_it_is_done(bench: Bench) -> None:
    worked = Worked()
    bench.ask()
    assert asyncio.run(bench.service(worked).serve()) == 0
    assert [work.attempt for work in worked.seen] == [0]
    assert bench.ready(bench.topology.tasks) == 0


def test_a_passing_failure_goes_up_the_ladder_with_our_own_count_and_then_to_the_dead(bench: Bench) -> None:
    def fail(_work: Work) -> Outcome:
        raise Retry(Reason.MODEL_UNAVAILABLE, "the model is away")

    worked = Worked(fail)
    bench.ask()
    for _ in range(3):
        assert asyncio.run(bench.service(worked).serve()) == 0
    assert [work.attempt for work in worked.seen] == [0, 1, 2]
    assert bench.ready(bench.topology.dead) == 1
    assert bench.ready(bench.topology.tasks) == 0


def test_a_wait_that_was_asked_for_takes_the_longer_step(bench: Bench) -> None:
    def fail(_work: Work) -> Outcome:
        raise Retry(Reason.MODEL_UNAVAILABLE, "the model is busy", after=1.5)

    bench.ask()
    asyncio.run(bench.service(Worked(fail)).serve())
    assert bench.ready(bench.topology.retry(2)) == 1


def test_a_bug_is_dead_lettered_and_not_repeated(bench: Bench) -> None:
    def break_down(_work: Work) -> Outcome:
        raise KeyError("bug")

    worked = Worked(break_down)
    bench.ask()
    assert asyncio.run(bench.service(worked).serve()) == 0
    assert len(worked.seen) == 1
    assert bench.ready(bench.topology.dead) == 1


def test_a_connection_that_is_lost_while_a_task_runs_does_not_run_it_twice(
    bench: Bench, door: tuple[CutDoor, str]
) -> None:
    cut, url = door
    resume = threading.Event()

    def wait(_work: Work) -> Outcome:
        assert resume.wait(20)
        return DONE

    worked = Worked(wait)
    bench.ask()

    async def play() -> None:
        service = asyncio.create_task(bench.service(worked, url=url, once=False).serve())
        while not worked.seen:
            await asyncio.sleep(0.02)
        cut.cut()
        await asyncio.sleep(6)  # aio-pika comes back after 5 s
        resume.set()
        await asyncio.sleep(1)
        service.cancel()
        await asyncio.gather(service, return_exceptions=True)

    asyncio.run(play())
    assert len(worked.seen) == 1
    assert bench.ready(bench.topology.tasks) == 0


def test_a_worker_for_one_task_finishes_it_although_the_connection_is_lost(
    bench: Bench, door: tuple[CutDoor, str]
) -> None:
    cut, url = door
    finished = []

    def work_on(_work: Work) -> Outcome:
        cut.cut()
        time.sleep(0.5)
        finished.append(True)
        return DONE

    bench.ask()
    assert asyncio.run(bench.service(Worked(work_on), url=url).serve()) == 0
    assert finished == [True]
    assert bench.ready(bench.topology.tasks) == 1


def test_one_task_at_a_time(bench: Bench) -> None:
    at_once: list[int] = []
    running = threading.Semaphore(0)

    def work_on(_work: Work) -> Outcome:
        running.release()
        at_once.append(running._value)
        time.sleep(0.2)
        running.acquire()
        return DONE

    worked = Worked(work_on)
    for issue in range(3):
        bench.ask(issue + 1)

    async def play() -> None:
        service = asyncio.create_task(bench.service(worked, once=False).serve())
        while len(worked.seen) < 3:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
        service.cancel()
        await asyncio.gather(service, return_exceptions=True)

    asyncio.run(play())
    assert at_once == [1, 1, 1]


def test_a_topology_of_somebody_else_is_said_before_anything_is_consumed(bench: Bench) -> None:
    async def declare_differently() -> None:
        async with connected(bench.url) as connection, aio_pika.Channel(connection) as channel:
            await channel.declare_queue(bench.topology.tasks, durable=True)

    asyncio.run(declare_differently())
    with pytest.raises(Refused, match="PATCHFERRY_QUEUE_PREFIX"):
        asyncio.run(bench.service(Worked()).serve())
