"""What the tables of mutations are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.replies.blocks import Block, reply
from tests.replies.scenarios import Scenario

Fate = Literal["lands", "asks"]
Make = Callable[[Scenario], str | None]


@dataclass(frozen=True)
class Mutation:
    """`make` returns the spoilt reply, or None where the mutation makes no sense.

    `lands`: in the first round, as it was meant. `asks`: the model is asked once more, and its right answer lands;
    without one the run is refused.
    """

    kind: str
    name: str
    fate: Fate
    make: Make


def on_block(kind: str, name: str, fate: Fate, change: Callable[[Block], Block]) -> Mutation:
    """The right reply with a change of its last block."""
    return Mutation(kind, name, fate, lambda scenario: reply(scenario, change))


def for_existing(change: Callable[[Block], Block]) -> Make:
    """Only where the last block changes a file that is there."""
    return lambda scenario: reply(scenario, change) if scenario.edits[-1].search else None
