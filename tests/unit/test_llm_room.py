"""How much a model can be told at once."""

from __future__ import annotations

import pytest

from worker.deadline import Deadline
from worker.llm.aider import AiderEngine
from worker.llm.room import OWN_SERVERS_WINDOW, room


def test_the_answer_and_a_margin_are_left_free() -> None:
    assert room(OWN_SERVERS_WINDOW, 8_192) == 16_904
    assert room(200_000, 8_192) > 140_000


def test_a_small_window_is_not_left_to_the_answer_alone() -> None:
    assert room(8_192, 8_192) > 2_000
    assert room(1_000, 8_192) == 0


@pytest.mark.parametrize(
    ("variables", "context_tokens", "expected"),
    [
        ({"OPENAI_API_KEY": "k"}, 0, 40_000),
        ({"OPENAI_API_BASE": "http://localhost:8000/v1"}, 0, 16_000),
        ({"OPENAI_API_BASE": "http://localhost:8000/v1"}, 128_000, 90_000),
    ],
)
def test_a_server_of_ones_own_is_taken_for_smaller_unless_told(
    variables: dict[str, str], context_tokens: int, expected: int
) -> None:
    engine = AiderEngine(model="openai/model", provider_environment=variables, context_tokens=context_tokens)

    assert engine.room(Deadline(60)) == pytest.approx(expected, rel=0.06)
