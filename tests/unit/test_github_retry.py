from collections.abc import Callable

import pytest

from worker.errors import PatchferryError, Reason, Retry
from worker.github.errors import Outage
from worker.github.retry import repeated


class Time:
    """A clock that only sleeping and working move."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def failing(*errors: PatchferryError, time: Time | None = None, seconds: float = 0) -> Callable[[], str]:
    """A request that takes `seconds`, raises each of `errors` once and then answers."""
    left = list(errors)

    def send() -> str:
        if time:
            time.now += seconds
        if left:
            raise left.pop(0)
        return "answer"

    return send


def outage(after: float | None = None) -> Outage:
    return Outage(Reason.FORGE_UNAVAILABLE, "down", after=after)


def attempt(send: Callable[[], str], time: Time) -> str:
    return repeated(send, sleep=time.sleep, clock=lambda: time.now)


def test_a_read_is_repeated_three_times_with_growing_delays() -> None:
    time = Time()
    assert attempt(failing(outage(), outage(), outage()), time) == "answer"
    assert time.slept == [0.2, 1.0, 3.0]


def test_the_fourth_outage_is_the_callers() -> None:
    time = Time()
    with pytest.raises(Outage):
        attempt(failing(*(outage() for _ in range(4))), time)
    assert time.slept == [0.2, 1.0, 3.0]


def test_a_rate_limit_is_the_callers_at_once() -> None:
    time = Time()
    with pytest.raises(Retry):
        attempt(failing(Retry(Reason.FORGE_UNAVAILABLE, "limit", after=1)), time)
    assert time.slept == []


def test_an_outage_that_names_its_wait_is_the_callers_at_once() -> None:
    time = Time()
    with pytest.raises(Outage):
        attempt(failing(outage(after=30)), time)
    assert time.slept == []


def test_slow_outages_are_not_added_up() -> None:
    time = Time()
    with pytest.raises(Outage):
        attempt(failing(outage(), outage(), time=time, seconds=15), time)
    assert time.slept == []
