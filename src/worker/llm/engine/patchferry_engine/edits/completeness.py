"""Whether a listing is the whole file, and not a part of it that would delete the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_LEAST = 3  # lines that may go in any file
_SHARE = 0.4

Texts = Sequence[str]


def is_fragment(old: Texts, new: Texts) -> bool:
    """Whether so much of the old file is missing that it cannot be meant."""
    before, after = _counted(old), _counted(new)
    lost, added = (before - after).total(), (after - before).total()
    strange = before.total() >= _LEAST and not (before & after)
    return strange or lost - added > max(_LEAST, before.total() * _SHARE)


def missing_end(old: Texts, new: Texts) -> list[str]:
    """The first or last lines of the old file, when the new one begins after or stops before them; else nothing."""
    before, after = _texts(old), _texts(new)
    if not before or not after:
        return []
    return _skipped(before, after) or _skipped(before[::-1], after[::-1])[::-1]


def _skipped(before: list[str], after: list[str]) -> list[str]:
    """What stands in `before` above the line with which `after` begins, if all of that is nowhere in `after`."""
    if after[0] == before[0] or after[0] not in before:
        return []
    skipped = before[: before.index(after[0])]
    return skipped if not set(skipped) & set(after) else []


def _texts(lines: Texts) -> list[str]:
    return [line.rstrip() for line in lines if line.strip()]


def _counted(lines: Texts) -> Counter[str]:
    return Counter(line.strip() for line in lines if line.strip())
