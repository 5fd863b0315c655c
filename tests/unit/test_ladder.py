from __future__ import annotations

import pytest

from worker.ladder import ATTEMPT_HEADER, attempt_of, next_delay

DELAYS = (60, 600, 3600)


@pytest.mark.parametrize(("attempt", "delay"), [(0, 60), (1, 600), (2, 3600), (3, None), (9, None)])
def test_each_failure_waits_longer_until_there_are_no_tries_left(attempt: int, delay: int | None) -> None:
    assert next_delay(DELAYS, attempt) == delay


@pytest.mark.parametrize(("after", "delay"), [(1, 60), (60, 60), (61, 600), (3599, 3600), (9999, 3600)])
def test_a_wait_that_the_other_side_asked_for_takes_a_longer_step(after: float, delay: int) -> None:
    assert next_delay(DELAYS, 0, after) == delay


@pytest.mark.parametrize("rubbish", ["x", None, -1, 1.5, [2]])
def test_an_unreadable_attempt_header_counts_as_none(rubbish: object) -> None:
    assert attempt_of({ATTEMPT_HEADER: rubbish}) == 0
    assert attempt_of({}) == 0
    assert attempt_of({ATTEMPT_HEADER: 2}) == 2
