"""Whether a listing is the whole file, and not a part of it that would delete the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

_LEAST = 3  # lines that may go in any file
_SHARE = 0.4
_ALIKE = 0.6
_SHORTER = 2  # lines by which an end is too short

Texts = Sequence[str]


def is_fragment(old: Texts, new: Texts) -> bool:
    """Whether so much of the old file is missing that it cannot be meant."""
    before, after = Counter(_texts(old)), Counter(_texts(new))
    lost, added = (before - after).total(), (after - before).total()
    strange = before.total() >= _LEAST and not (before & after)
    return strange or lost - added > max(_LEAST, before.total() * _SHARE)


def missing_end(old: Texts, new: Texts) -> str | None:
    """A line of the old file that is gone because the new one begins after it or stops before it; None if it does not.

    A file that loses its first or last lines cannot be told from one that was cut there.
    """
    before, after = _texts(old), _texts(new)
    return _cut_off(before, after) or _cut_off(before[::-1], after[::-1])


def _cut_off(before: list[str], after: list[str]) -> str | None:
    matches = [
        block for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks() if block.size
    ]
    if not matches:
        return None
    last = matches[-1]
    lost, added = before[last.a + last.size :], after[last.b + last.size :]
    if not lost:
        return None
    if not added or len(lost) - len(added) >= _SHORTER:
        return lost[0]
    likeness = [SequenceMatcher(None, line, added[-1], autojunk=False).ratio() for line in lost]
    best = max(range(len(lost)), key=likeness.__getitem__)
    return lost[best + 1] if likeness[best] >= _ALIKE and best + 1 < len(lost) else None


def _texts(lines: Texts) -> list[str]:
    return [line.strip() for line in lines if line.strip()]
