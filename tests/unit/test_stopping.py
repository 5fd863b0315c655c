from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from patchferry import stopping
from patchferry.exits import Exit
from patchferry.stopping import Stop
from worker.deadline import Deadline
from worker.errors import CutOff


def killed(number: signal.Signals, deadline: Deadline) -> Callable[[], None]:
    """Work whose process gets a signal in the midst of it."""

    def work() -> None:
        os.kill(os.getpid(), number)
        deadline.wait(60)

    return work


def test_work_that_nobody_disturbs_returns_or_raises_as_it_does() -> None:
    with Stop() as stop:
        assert stop.attend(lambda: 7, Deadline(60), print) == 7
        with pytest.raises(ZeroDivisionError):
            stop.attend(lambda: 1 // 0, Deadline(60), print)
    assert stop.code is None


@pytest.mark.parametrize(
    ("number", "code", "why"),
    [
        (signal.SIGINT, Exit.INTERRUPTED, "interrupted by hand"),
        (signal.SIGTERM, Exit.CUT_OFF, "told to stop"),
        (signal.SIGHUP, Exit.CUT_OFF, "told to stop"),
    ],
)
def test_a_signal_cuts_the_work_off_and_stands_for_an_exit_code(number: signal.Signals, code: Exit, why: str) -> None:
    deadline = Deadline(60)
    told: list[str] = []
    with Stop() as stop, pytest.raises(CutOff, match=why):
        stop.attend(killed(number, deadline), deadline, told.append)
    assert (stop.code, told) == (code, ["stopping"])


def test_work_that_has_become_whole_counts_although_a_signal_came() -> None:
    def work() -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        return "done"

    with Stop() as stop:
        assert stop.attend(work, Deadline(60), print) == "done"


def test_a_signal_before_the_work_ends_the_process_with_its_code() -> None:
    with Stop(), pytest.raises(SystemExit) as ended:
        os.kill(os.getpid(), signal.SIGTERM)
    assert ended.value.code == Exit.CUT_OFF
    with Stop(), pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_who_waits_is_told_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_PULSE_SECONDS", 0.1)
    told: list[str] = []
    with Stop() as stop:
        stop.attend(lambda: time.sleep(0.5), Deadline(60), told.append)
    assert set(told) == {"still at it"}


def test_a_signal_that_the_shell_has_switched_off_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Stop():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)
