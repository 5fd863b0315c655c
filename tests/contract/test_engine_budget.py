"""The Engine port on the real Aider: what a job costs, by whose prices, and where a budget stops it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.engine_world import FIX, GREETING, edit, on_ollama, on_openai, plant
from tests.contract.test_engine_providers import CASES
from tests.fakes.model import NAME, ScriptedModel
from tests.fakes.model_script import Cut, Say
from worker.errors import Reason, Refused

ANTHROPIC = CASES["Anthropic"]  # in litellm's table: $3 and $15 for a million tokens
WRONG = FIX.replace("helo", "holla")  # matches nothing in the file


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "tree", {"greet.py": GREETING})


def price_list(folder: Path, name: str, **fields: float) -> Path:
    path = folder / "prices.json"
    path.write_text(json.dumps({name: fields}))
    return path


def cost(tree: Path, say: Say, **options: Any) -> float | None:
    """Of one answer of Anthropic's model."""
    with ScriptedModel([say], models={ANTHROPIC.name: 1}) as model:
        return edit(ANTHROPIC.engine(model.ollama_url, **options), tree).usage.cost_usd


def test_a_money_budget_holds_across_rounds_with_the_tables_prices(tree: Path) -> None:
    with ScriptedModel([Say(WRONG, (10_000, 1_000))], models={ANTHROPIC.name: 1}) as model:
        with pytest.raises(Refused) as refused:
            edit(ANTHROPIC.engine(model.ollama_url), tree, budget_usd=0.05)
        assert len(model.calls) == 1
    assert refused.value.reason is Reason.BUDGET
    assert refused.value.usage is not None
    assert refused.value.usage.cost_usd == pytest.approx(10_000 * 3e-6 + 1_000 * 15e-6)


def test_what_a_lost_connection_took_along_counts(tree: Path) -> None:
    with ScriptedModel([Say(FIX, tokens=None)]) as model:
        prompt = edit(on_openai(model), tree).usage.tokens_in
    plant(tree, {"greet.py": GREETING})
    with ScriptedModel([Cut(), Cut()]) as model:
        with pytest.raises(Refused) as refused:
            edit(on_openai(model), tree, budget_tokens=int(prompt * 2.5))
        assert len(model.calls) == 2
    assert refused.value.reason is Reason.BUDGET


def test_the_operators_prices_are_over_the_tables(tree: Path, tmp_path: Path) -> None:
    prices = price_list(tmp_path, "claude-sonnet-4-5", input_cost_per_token=1e-4, output_cost_per_token=1e-3)
    assert cost(tree, Say(FIX), model_prices=prices) == pytest.approx(1_200 * 1e-4 + 80 * 1e-3)


def test_an_entry_without_both_prices_leaves_the_tables(tree: Path, tmp_path: Path) -> None:
    prices = price_list(tmp_path, ANTHROPIC.model, input_cost_per_token=1e-4)
    assert cost(tree, Say(FIX), model_prices=prices) == pytest.approx(1_200 * 3e-6 + 80 * 15e-6)


def test_what_the_provider_had_in_its_cache_costs_less(tree: Path) -> None:
    say = Say(FIX, (200, 80), odd={"cache_read_input_tokens": 1_000})
    assert cost(tree, say) == pytest.approx(200 * 3e-6 + 1_000 * 0.3e-6 + 80 * 15e-6)


def test_a_local_model_costs_nothing_unless_somebody_says_so(tree: Path, tmp_path: Path) -> None:
    prices = price_list(tmp_path, NAME, input_cost_per_token=1e-6, output_cost_per_token=1e-5)
    with ScriptedModel([FIX]) as model:
        assert edit(on_ollama(model), tree, budget_usd=0.0).usage.cost_usd == 0
    plant(tree, {"greet.py": GREETING})
    with ScriptedModel([FIX]) as model:
        assert edit(on_ollama(model, model_prices=prices), tree).usage.cost_usd == pytest.approx(0.002)
