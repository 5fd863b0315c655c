"""The corpus: mutated replies and those written by hand, each with its files and what must come of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tests.replies import by_hand, mutated_blocks, mutated_diffs, mutated_listings
from tests.replies.mutation import Mutation
from tests.replies.scenarios import SCENARIOS, Scenario

FOLDER = Path(__file__).parents[1] / "data" / "replies"
FORMATS = {"diff": mutated_blocks, "udiff": mutated_diffs, "whole": mutated_listings}

_STEP = 2  # each mutation on every second scenario, beginning with another one

Fate = Literal["lands", "asks", "refused", "nothing"]


@dataclass(frozen=True)
class Case:
    """`replies` come in order, and the last one again and again.

    `lands`: after one reply; `asks`: after two; `refused`: never, and the files stay; `nothing`: no edit was sent.
    """

    format: str
    kind: str
    name: str
    files: Mapping[str, str]
    chat: tuple[str, ...]
    replies: tuple[str, ...]
    fate: Fate
    after: Mapping[str, str]

    @property
    def id(self) -> str:
        return f"{self.format}/{self.kind}/{self.name}"


def make() -> Iterator[Case]:
    """Every case; the same ones each time."""
    for form, module in FORMATS.items():
        for number, mutation in enumerate(module.mutations()):
            yield from _mutated(form, mutation, module.right, SCENARIOS[number % _STEP :: _STEP])
    for one in by_hand.written():
        chat = one.chat or tuple(one.files)
        yield Case(one.format, one.kind, one.name, one.files, chat, one.replies, one.fate, {**one.files, **one.after})


def _mutated(
    form: str, mutation: Mutation, answer: Callable[[Scenario], str], scenarios: Sequence[Scenario]
) -> Iterator[Case]:
    """On each scenario on which it changes something; a mutation that is refused also without a second answer."""
    seen = False
    for scenario in scenarios:
        spoilt, right = mutation.make(scenario), answer(scenario)
        if spoilt is None or (spoilt == right and mutation.kind != "right"):
            continue
        replies = (spoilt, right) if mutation.fate == "asks" else (spoilt,)
        name = f"{mutation.name}/{scenario.name}"
        trees = {"files": scenario.files, "after": scenario.after}
        case = Case(form, mutation.kind, name, chat=scenario.shown, replies=replies, fate=mutation.fate, **trees)
        yield case
        if mutation.fate == "asks" and not seen:
            seen = True
            stubborn = f"{case.name}, for ever"
            yield dataclasses.replace(case, name=stubborn, replies=(spoilt,), fate="refused", after=scenario.files)


def write() -> None:
    """The data files: a line for each case, and the trees of the scenarios once."""
    trees: dict[str, int] = {}
    cases: dict[str, list[str]] = {}
    for case in make():
        fields = asdict(case)
        for key in ("files", "after"):
            fields[key] = trees.setdefault(json.dumps(fields[key], sort_keys=True), len(trees))
        cases.setdefault(case.format, []).append(json.dumps(fields, ensure_ascii=False))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "trees.jsonl").write_text("".join(f"{tree}\n" for tree in trees), encoding="utf-8")
    for form, texts in cases.items():
        (FOLDER / f"{form}.jsonl").write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")


def read() -> list[Case]:
    """The cases of the data files."""
    trees = [json.loads(line) for line in (FOLDER / "trees.jsonl").read_text(encoding="utf-8").splitlines()]
    found = []
    for path in sorted(FOLDER.glob("*.jsonl")):
        if path.stem != "trees":
            for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
                fields = json.loads(line)
                fields |= {key: trees[fields[key]] for key in ("files", "after")}
                fields |= {key: tuple(fields[key]) for key in ("chat", "replies")}
                found.append(Case(**fields))
    return found
