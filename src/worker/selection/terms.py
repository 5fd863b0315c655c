"""Breaks text into terms: the stems of the words that prose and names are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

NAME = re.compile(r"[A-Za-z]\w+", re.ASCII)

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LEAST_PART, _LEAST_STEM = 2, 3
# The longest first: the first that fits is taken away.
_ENDING = re.compile(
    r"(?<=...)(?:ations?|ities|ments?|ings?|ions?|ity|ies|ied|ers|ors|ables?|ible|ed|es|er|or|ly|al|(?<!s)s|y|e)$"
)


@dataclass(frozen=True)
class Document:
    """A text as a bag of terms: how many names it holds, and how often each of the terms that were asked for."""

    length: int
    counts: Mapping[str, int]


class Tally:
    """Counts the terms and pairs of terms that a request asks for; a name is taken apart once, however often it comes.

    The pair "deep stub" is in names such as `returnsDeepStubs` and `DEEP_STUB`.
    """

    def __init__(self, asked: Collection[str]) -> None:
        self._asked = frozenset(asked)
        self._known: dict[str, tuple[str, ...]] = {}

    def read(self, text: str) -> Document:
        """Count in one text."""
        names = Counter(NAME.findall(text))
        counts: Counter[str] = Counter()
        for name, times in names.items():
            held = self._known.get(name)
            if held is None:
                held = self._known[name] = tuple(self._held(name))
            for term in held:
                counts[term] += times
        return Document(names.total(), counts)

    def _held(self, name: str) -> Iterator[str]:
        terms = terms_of(name)
        yield from (term for term in terms if term in self._asked)
        yield from (pair for pair in pairs(terms) if pair in self._asked)


def terms_of(name: str) -> list[str]:
    """The terms of an identifier or a word, in their order; `parseHeaders`, `PARSED_HEADER`, `header parsing` agree."""
    return [_stem(part.lower()) for part in _PART.findall(name) if len(part) >= _LEAST_PART]


def pairs(terms: Collection[str]) -> Iterator[str]:
    """Each two neighbours, with a space between them."""
    return (f"{one} {other}" for one, other in pairwise(terms))


def _stem(word: str) -> str:
    """The beginning that the forms of an English word share, roughly; never less than three letters."""
    beginning = _ENDING.sub("", word, count=1)
    doubled = len(beginning) > _LEAST_STEM and beginning[-1] == beginning[-2] and beginning[-1] not in "lsz"
    return beginning[:-1] if doubled else beginning
