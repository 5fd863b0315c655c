"""Reads a reply, in whichever of the formats the model has written it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from patchferry_engine.edits import listings, markers, unified
from patchferry_engine.edits.fences import fence
from patchferry_engine.edits.parts import Broken, Listing, Part

_THOUGHT = re.compile(r"^\s*<(think|thinking|reasoning)>.*?</\1>\s*", re.DOTALL)
_UNEVEN = "its fences do not pair up, so it is not clear where the file ends; put four backticks around it"


def read(reply: str) -> list[Part]:
    """The parts in order. Blocks are believed over diffs, and both over listings, which may be mere quotations."""
    lines = lines_of(reply)
    if markers.present(lines):
        scan = markers.Scan(lines)
        found = list(scan.parts())
        return found + [one for one in _beside(scan.gaps) if isinstance(one, Listing) and is_named(one)]
    if unified.present(lines):
        return list(unified.parts(lines))
    return _paired(list(listings.parts(lines)))


def holds_edit(reply: str, *, whole: bool) -> bool:
    """Whether a reply is an answer rather than a question; `whole`: listings are answers."""
    lines = lines_of(reply)
    if markers.present(lines) or unified.present(lines):
        return True
    return whole and any(is_named(one) for one in listings.parts(lines))


def is_named(part: Part) -> bool:
    """Whether a file name stands over it, alone on its line."""
    return bool(part.names) and part.names[0].exact


def lines_of(reply: str) -> list[str]:
    """The lines without the thoughts that some models send first."""
    return [line.removesuffix("\r") for line in _THOUGHT.sub("", reply).split("\n")]


def _beside(gaps: Sequence[list[str]]) -> Iterator[Part]:
    """What is fenced between the blocks, apart from the blocks' own fences."""
    for number, gap in enumerate(gaps):
        lines = list(gap)
        texts = [at for at, line in enumerate(lines) if line.strip()]
        if texts and number < len(gaps) - 1 and fence(lines[texts[-1]]):
            del lines[texts.pop()]
        if texts and number and fence(lines[texts[0]]):
            del lines[texts[0]]
        yield from listings.parts(lines)


def _paired(found: list[Part]) -> list[Part]:
    """Without unnamed examples beside named files; but one without a language may be the rest of the file before it."""
    named = [one for one in found if one.names]
    if not named:
        return found
    parts: list[Part] = []
    for one in found:
        if one.names or isinstance(one, Broken):
            parts.append(one)
        elif parts and isinstance(one, Listing) and not one.language and isinstance(parts[-1], Listing):
            parts[-1] = Broken(parts[-1].names, parts[-1].lines, _UNEVEN)
    return parts
