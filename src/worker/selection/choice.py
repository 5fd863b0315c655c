"""Cuts the ranking to what fits into a model's window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from worker.selection.board import Ranked
from worker.selection.library import Library
from worker.selection.names import is_noise
from worker.selection.ranking import rank

MAX_FILES = 8
MAX_TOKENS = 40_000
_TINY_TOKENS = 4_000  # a repository that is no larger goes in as a whole
CHARACTERS_A_TOKEN = 4  # about, in source text
_MAX_TEXT = 100_000
_LEAST_POINTS = 2.0
_LEAST_SHARE = 0.05  # of the best file's points


@dataclass(frozen=True)
class Selection:
    """The chosen files, best first, and for each the reasons in words. Empty when nothing leads to a file."""

    files: tuple[str, ...]
    reasons: Mapping[str, tuple[str, ...]]


def select(text: str, library: Library, *, max_files: int = MAX_FILES, max_tokens: int = MAX_TOKENS) -> Selection:
    """Choose at most `max_files` files for a request whose first line is its title.

    Together they stay within about `max_tokens`; only when the best one, named by the request, is larger than that, it
    is chosen alone: whoever runs the model has to say that it does not fit. The result depends on nothing but the
    arguments.
    """
    ranked = rank(text[:_MAX_TEXT], library)
    return _whole(ranked, library, max_files, min(max_tokens, _TINY_TOKENS)) or _best(
        ranked, library, max_files, max_tokens
    )


def _best(ranked: list[Ranked], library: Library, max_files: int, max_tokens: int) -> Selection:
    least = max(_LEAST_POINTS, ranked[0].points * _LEAST_SHARE) if ranked else 0.0
    chosen: list[Ranked] = []
    left = max_tokens
    for one in ranked:
        if len(chosen) == max_files or one.points < least:
            break
        tokens = _tokens(library, one.file)
        if tokens is None or (tokens > left and (chosen or not one.named)):
            continue
        chosen.append(one)
        left -= tokens
    return _selection(chosen)


def _whole(ranked: list[Ranked], library: Library, max_files: int, max_tokens: int) -> Selection | None:
    """All files of a tiny repository, those with points first; None when it is not tiny."""
    known = {one.file: one for one in ranked}
    files = [file for file in library.files() if not is_noise(file) or (file in known and known[file].named)]
    if not files or len(files) > max_files:
        return None
    sizes = {file: tokens for file in files if (tokens := _tokens(library, file)) is not None}
    if sum(sizes.values()) > max_tokens:
        return None
    rest = sorted(sizes.keys() - known.keys())
    everything = [one for one in ranked if one.file in sizes]
    return _selection([*everything, *(Ranked(file, 0.0, ("the repository is small",), named=False) for file in rest)])


def _selection(chosen: Iterable[Ranked]) -> Selection:
    reasons = {one.file: one.reasons for one in chosen}
    return Selection(tuple(reasons), MappingProxyType(reasons))


def _tokens(library: Library, file: str) -> int | None:
    """About as many as a tokenizer makes of source text; None for a binary file."""
    text = library.read(file)
    return None if text is None else len(text) // CHARACTERS_A_TOKEN + 1
