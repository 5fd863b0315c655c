from __future__ import annotations

import json
import os

import pytest

from patchferry_engine.failures import Abort
from patchferry_engine.meter import Meter, Tokens
from patchferry_engine.protocol import Price, Report


class Recorded(Report):
    """A report that is kept instead of written."""

    def __init__(self) -> None:
        self._ours, end = os.pipe()
        super().__init__(end)

    def last(self) -> dict[str, object]:
        lines = os.read(self._ours, 100_000).splitlines()
        return dict(json.loads(lines[-1]))


@pytest.fixture
def report() -> Recorded:
    return Recorded()


def test_the_cost_counts_cached_tokens_at_their_own_price(report: Recorded) -> None:
    meter = Meter(Price(1e-3, 1e-2, cached=1e-4), None, None, report)
    meter.count(Tokens(prompt=1000, answer=10, cached=400))
    assert report.last() == {
        "type": "usage",
        "tokens_in": 1000,
        "tokens_out": 10,
        "calls": 1,
        "cost_usd": pytest.approx(0.6 + 0.04 + 0.1),
    }


def test_an_unknown_price_is_an_unknown_cost(report: Recorded) -> None:
    meter = Meter(None, 10_000, None, report)
    meter.count(Tokens(10, 10))
    assert report.last()["cost_usd"] is None


def test_a_call_that_would_break_a_budget_is_refused_beforehand(report: Recorded) -> None:
    meter = Meter(Price(1e-3, 1e-2), 5_000, 2.0, report)
    meter.before(1_999)
    with pytest.raises(Abort, match="PATCHFERRY_BUDGET_USD"):
        meter.before(2_001)
    with pytest.raises(Abort, match="PATCHFERRY_BUDGET_TOKENS"):
        meter.before(5_001)


def test_a_call_that_broke_a_budget_is_counted_and_then_refused(report: Recorded) -> None:
    meter = Meter(None, 1_000, None, report)
    with pytest.raises(Abort) as abort:
        meter.count(Tokens(900, 101))
    assert abort.value.reason == "budget"
    last = report.last()
    assert (last["tokens_in"], last["tokens_out"]) == (900, 101)
