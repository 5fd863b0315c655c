from __future__ import annotations

import json
from typing import Any

import pytest

from worker.errors import Reason, Refused, Retry
from worker.llm.outcome import Done, Failed, ending_of, usage_in
from worker.usage import Usage

USAGE: dict[str, Any] = {"type": "usage", "tokens_in": 10, "tokens_out": 2, "calls": 1, "cost_usd": 0.5}
DONE: dict[str, Any] = {"type": "done", "summary": "Done.", "rounds": 1, "engine": "aider 0.86.2", "notes": []}
FAILED: dict[str, Any] = {"type": "failed", "reason": "malformed", "sentence": "It\nfailed.", "after": None}


def lines(*messages: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in messages)


def test_the_last_sums_and_the_ending_are_read() -> None:
    received = lines(USAGE, USAGE | {"tokens_in": 30, "calls": 2, "cost_usd": None}, DONE)
    assert usage_in(received) == Usage(30, 2, 2, None)
    assert isinstance(ending_of(received), Done)


def test_sums_survive_a_report_that_was_cut_off() -> None:
    received = lines(USAGE) + b'{"type": "usage", "tok'
    assert usage_in(received) == Usage(10, 2, 1, 0.5)
    assert ending_of(received) is None


@pytest.mark.parametrize(
    ("reason", "kind"), [("malformed", Refused), ("budget", Refused), ("model_unavailable", Retry)]
)
def test_a_failure_becomes_the_workers_own_error_on_one_line(reason: str, kind: type[Exception]) -> None:
    ending = ending_of(lines(USAGE, FAILED | {"reason": reason, "after": 7.0}))
    assert isinstance(ending, Failed)
    error = ending.error(Usage(1, 1, 1, 0.0))
    assert type(error) is kind
    assert (error.reason, error.sentence, error.usage) == (Reason(reason), "It failed.", Usage(1, 1, 1, 0.0))
    if isinstance(error, Retry):
        assert error.after == 7.0


@pytest.mark.parametrize(
    "rubbish",
    [
        {},
        DONE | {"type": "other"},
        DONE | {"more": 1},
        DONE | {"rounds": -1},
        DONE | {"rounds": "1"},
        DONE | {"summary": "x" * 10_001},
        DONE | {"engine": "evil <script>"},
        DONE | {"notes": ["x"] * 21},
        FAILED | {"reason": "interrupted"},
        FAILED | {"sentence": "x" * 1_001},
        FAILED | {"after": -1.0},
        USAGE,
    ],
)
def test_anything_else_is_no_ending(rubbish: dict[str, Any]) -> None:
    assert ending_of(lines(USAGE, rubbish)) is None


@pytest.mark.parametrize("received", [b"", b"\n", b"\n\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n", b"yes\n" * 1000])
def test_rubbish_bytes_are_no_report(received: bytes) -> None:
    assert ending_of(received) is None
    assert usage_in(received) is None


@pytest.mark.parametrize("odd", [{"tokens_in": -1}, {"tokens_in": 1e3}, {"cost_usd": -1.0}, {"calls": True}])
def test_odd_sums_are_not_believed(odd: dict[str, Any]) -> None:
    assert usage_in(lines(USAGE | odd)) is None


def test_a_cost_that_is_no_number_is_not_believed() -> None:
    assert usage_in(lines(USAGE).replace(b"0.5", b"NaN")) is None
