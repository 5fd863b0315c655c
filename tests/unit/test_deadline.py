from __future__ import annotations

import pytest

from worker.deadline import Deadline
from worker.errors import CutOff, Reason, Refused


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_time_runs_out(clock: Clock) -> None:
    deadline = Deadline(5, clock)
    clock.now += 4
    deadline.check()
    assert (deadline.remaining(), deadline.expired()) == (1, False)
    clock.now += 1
    assert (deadline.remaining(), deadline.expired()) == (0, True)
    with pytest.raises(Refused, match=r"longer than 5 s \(PATCHFERRY_TASK_TIMEOUT\)") as refused:
        deadline.check()
    assert refused.value.reason is Reason.DEADLINE


def test_a_cancelled_task_is_cut_off_at_once_and_a_wait_ends(clock: Clock) -> None:
    deadline = Deadline(5, clock)
    deadline.cancel("it was told to stop")
    assert deadline.expired()
    with pytest.raises(CutOff, match="it was told to stop"):
        deadline.wait(3600)


def test_what_is_being_published_is_finished_before_a_cancellation_counts(clock: Clock) -> None:
    deadline = Deadline(60, clock)
    with deadline.publishing():
        deadline.cancel("it was told to stop")
        clock.now += 9
        deadline.check()
    with pytest.raises(CutOff):
        deadline.check()


def test_a_publication_that_hangs_is_cut_off_after_ten_seconds(clock: Clock) -> None:
    deadline = Deadline(60, clock)
    with deadline.publishing():
        deadline.cancel("it was told to stop")
        clock.now += 10
        with pytest.raises(CutOff):
            deadline.check()


def test_nothing_is_published_after_a_cancellation_or_the_end_of_the_time(clock: Clock) -> None:
    cancelled, over = Deadline(60, clock), Deadline(60, clock)
    cancelled.cancel("it was told to stop")
    with pytest.raises(CutOff), cancelled.publishing():
        pass
    clock.now += 60
    with pytest.raises(Refused), over.publishing():
        pass
