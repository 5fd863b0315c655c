import itertools
import threading
import time

import pytest

from worker.github.pace import Pace


def test_writes_keep_their_distance_from_the_end_of_the_one_before() -> None:
    now, slept = 100.0, list[float]()
    pace = Pace(1.0, sleep=slept.append, clock=lambda: now)
    with pace.write():
        now += 5
    now += 0.25
    with pace.write():
        pass
    assert slept == [0.75]


def test_a_failed_write_counts_too() -> None:
    slept = list[float]()
    pace = Pace(1.0, sleep=slept.append, clock=lambda: 0.0)
    with pytest.raises(OSError, match="broken"), pace.write():
        raise OSError("broken")
    with pace.write():
        pass
    assert slept == [1.0]


def test_threads_write_one_after_the_other() -> None:
    pace = Pace(0.02, sleep=time.sleep)
    spans: list[tuple[float, float]] = []

    def write() -> None:
        with pace.write():
            start = time.monotonic()
            time.sleep(0.005)
            spans.append((start, time.monotonic()))

    threads = [threading.Thread(target=write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gaps = [later[0] - earlier[1] for earlier, later in itertools.pairwise(spans)]
    assert len(gaps) == 4
    assert min(gaps) >= 0.02
