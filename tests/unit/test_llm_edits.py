"""Replies cut or spoilt at every place, read by the ledger alone: the files are as meant or as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from patchferry_engine.edits.ledger import Ledger, Verdict
from patchferry_engine.edits.targets import Targets
from patchferry_engine.policy import PathPolicy
from tests.replies import blocks, mutated_diffs, mutated_listings
from tests.replies.scenarios import SCENARIOS, Scenario

FORMATS: Mapping[str, Callable[[Scenario], str]] = {
    "diff": blocks.reply,
    "udiff": mutated_diffs.right,
    "whole": mutated_listings.right,
}
EVERYTHING = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
IN_EVERY_FORMAT = pytest.mark.parametrize("form", FORMATS)


class World:
    """A folder that holds a scenario's files again before each reply."""

    def __init__(self, root: Path, scenario: Scenario) -> None:
        self._root = root
        self._scenario = scenario
        self.reset()

    def reset(self) -> None:
        for path in self._root.rglob("*"):
            if path.is_file():
                path.unlink()
        for name, text in self._scenario.files.items():
            (self._root / name).parent.mkdir(parents=True, exist_ok=True)
            (self._root / name).write_bytes(text.encode())

    def take(self, reply: str, *, whole: bool) -> Verdict:
        targets = Targets(str(self._root), tuple(self._scenario.files), lambda: self._scenario.shown)
        return Ledger(PathPolicy(str(self._root)), targets, whole=whole).take(reply)

    def files(self) -> dict[str, str]:
        found = (path for path in self._root.rglob("*") if path.is_file())
        return {str(path.relative_to(self._root)): path.read_bytes().decode() for path in found}


def outcomes(world: World, replies: list[str], *, whole: bool) -> dict[str, dict[str, str]]:
    """The files after each reply; only those that were changed."""
    found = {}
    for reply in replies:
        if world.take(reply, whole=whole).written:
            found[reply] = world.files()
            world.reset()
    return found


def allowed(scenario: Scenario) -> list[dict[str, str]]:
    """As meant, or with complete edits from the first on: nobody can tell that more was to come."""
    stages = []
    for count in range(1, len(scenario.edits) + 1):
        part = Scenario("", scenario.files, scenario.edits[:count])
        stages.append(part.after)
    return stages


@IN_EVERY_FORMAT
@EVERYTHING
def test_a_reply_cut_anywhere_changes_nothing_by_half(tmp_path: Path, scenario: Scenario, form: str) -> None:
    right = FORMATS[form](scenario)
    replies = [right[:length] for length in range(len(right) + 1)]
    found = outcomes(World(tmp_path, scenario), replies, whole=form == "whole")
    assert found[right] == scenario.after
    for reply, files in found.items():
        assert files in allowed(scenario), reply


@EVERYTHING
def test_a_marker_fence_or_name_lost_or_doubled_never_makes_another_change(tmp_path: Path, scenario: Scenario) -> None:
    lines = blocks.reply(scenario).splitlines(keepends=True)
    content = {line for edit in scenario.edits for line in (edit.search + edit.replace).splitlines(keepends=True)}
    frame = [number for number, line in enumerate(lines) if line not in content]
    without = ["".join(lines[:number] + lines[number + 1 :]) for number in frame]
    doubled = ["".join(lines[: number + 1] + lines[number:]) for number in frame]
    found = outcomes(World(tmp_path, scenario), without + doubled, whole=False)
    for reply, files in found.items():
        assert files == scenario.after, reply


@EVERYTHING
def test_a_quotation_with_one_wrong_character_is_refused(tmp_path: Path, scenario: Scenario) -> None:
    edit = scenario.edits[-1]
    places = [at for at, character in enumerate(edit.search) if not character.isspace()]
    spoilt = [edit.search[:at] + "\N{SECTION SIGN}" + edit.search[at + 1 :] for at in places]
    replies = [blocks.reply(scenario, blocks.having(search=text)) for text in spoilt]
    found = outcomes(World(tmp_path, scenario), replies, whole=False)
    # The language of a fence around the quotation is no part of it.
    assert bool(found) == ("fences" in scenario.tags)
    assert all(files == scenario.after for files in found.values())


@EVERYTHING
def test_a_wrong_indentation_of_one_line_never_moves_another(tmp_path: Path, scenario: Scenario) -> None:
    """Blanks added to or taken from one line of the quotation: found with certainty, or refused."""
    lines = scenario.edits[-1].search.splitlines(keepends=True)
    shifted = [
        [*lines[:at], blanks + line.lstrip(" \t"), *lines[at + 1 :]]
        for at, line in enumerate(lines)
        for blanks in ("", " ", "   ", "\t")
    ]
    replies = [blocks.reply(scenario, blocks.having(search="".join(text))) for text in shifted]
    found = outcomes(World(tmp_path, scenario), replies, whole=False)
    for reply, files in found.items():
        assert files == scenario.after, reply
