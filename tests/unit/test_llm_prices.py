from __future__ import annotations

import json
from pathlib import Path

import pytest

from worker.errors import Reason, Refused
from worker.llm.prices import Entry, entry_for


def test_an_entry_is_found_by_the_full_name_before_the_bare_one(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    path.write_text(
        json.dumps(
            {
                "gpt-x": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "mode": "chat"},
                "openai/gpt-x": {"input_cost_per_token": 3e-6, "output_cost_per_token": 4e-6, "max_input_tokens": 9000},
            }
        )
    )
    assert entry_for("openai/gpt-x", path).max_input_tokens == 9000
    assert entry_for("azure/gpt-x", path).input_cost_per_token == 1e-6
    assert entry_for("openai/other", path) == Entry()


def test_without_a_file_nothing_is_known() -> None:
    assert entry_for("openai/gpt-x", None) == Entry()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("not json", "JSON"),
        ('{"gpt-x": {"input_cost_per_token": -1}}', "gpt-x.input_cost_per_token"),
        ('{"gpt-x": {"input_cost_per_token": "NaN"}}', "gpt-x.input_cost_per_token"),
        ("[]", "the file"),
    ],
)
def test_a_file_that_is_no_price_list_is_refused_with_the_place(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "prices.json"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        entry_for("openai/gpt-x", path)
    assert refused.value.reason is Reason.CONFIGURATION
    assert "PATCHFERRY_MODEL_PRICES" in refused.value.sentence
    assert word in refused.value.sentence


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        entry_for("openai/gpt-x", tmp_path / "absent.json")
