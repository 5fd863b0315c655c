from __future__ import annotations

import pytest

from worker.broker import effective_deadline
from worker.queues import Topology

HOUR = 3600
TOPOLOGY = Topology("patchferry", (60, 600, 3600))


def test_the_names_are_the_pinned_ones() -> None:
    assert [queue.name for queue in TOPOLOGY.queues] == [
        "patchferry.tasks",
        "patchferry.wait",
        "patchferry.retry.60",
        "patchferry.retry.600",
        "patchferry.retry.3600",
        "patchferry.dead",
        "patchferry.parked",
    ]
    assert TOPOLOGY.control == "patchferry.control"


def test_every_queue_is_a_quorum_queue_that_loses_nothing_on_the_way_to_the_next() -> None:
    for queue in TOPOLOGY.queues:
        assert queue.arguments["x-queue-type"] == "quorum"
        if "x-dead-letter-exchange" in queue.arguments:
            assert queue.arguments["x-dead-letter-strategy"] == "at-least-once"
            assert queue.arguments["x-overflow"] == "reject-publish"


def test_dead_letters_move_forward_and_waiting_ones_back_to_work() -> None:
    ways = {queue.name: queue.arguments.get("x-dead-letter-routing-key") for queue in TOPOLOGY.queues}
    assert ways == {
        "patchferry.tasks": "patchferry.dead",
        "patchferry.wait": "patchferry.tasks",
        "patchferry.retry.60": "patchferry.tasks",
        "patchferry.retry.600": "patchferry.tasks",
        "patchferry.retry.3600": "patchferry.tasks",
        "patchferry.dead": "patchferry.parked",
        "patchferry.parked": None,
    }


def test_a_retry_queue_holds_for_the_seconds_in_its_name() -> None:
    waits = {queue.name: queue.arguments.get("x-message-ttl") for queue in TOPOLOGY.queues}
    assert waits["patchferry.retry.600"] == 600_000
    assert waits["patchferry.wait"] == 5_000
    assert waits["patchferry.tasks"] is None


def test_equal_delays_share_a_queue() -> None:
    names = [queue.name for queue in Topology("p", (60, 60)).queues]
    assert len(names) == len(set(names))


def test_the_work_queue_holds_a_task_for_a_day_and_delivers_it_again_five_times() -> None:
    tasks = TOPOLOGY.queues[0]
    assert tasks.arguments["x-consumer-timeout"] == 24 * HOUR * 1000
    assert tasks.arguments["x-delivery-limit"] == 5


@pytest.mark.parametrize(
    ("version", "task_timeout", "stated", "expected"),
    [
        ((3, 10, 8), HOUR, None, 25 * 60),
        ((3, 11, 28), 600, None, 600),
        ((3, 10, 8), HOUR, 2 * HOUR, HOUR),
        ((3, 10, 8), 2 * HOUR, HOUR, 55 * 60),
        ((3, 10, 8), HOUR, 60, 30),
        ((3, 12, 0), HOUR, None, HOUR),
        ((3, 13), 23 * HOUR, None, 23 * HOUR),
        ((4, 0, 5), 23 * HOUR, 60, 23 * HOUR),
    ],
)
def test_the_deadline_stays_below_the_time_after_which_the_broker_takes_a_task_away(
    version: tuple[int, ...], task_timeout: float, stated: float | None, expected: float
) -> None:
    assert effective_deadline(version, task_timeout, stated) == expected
