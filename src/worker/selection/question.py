"""Turns a request into the terms to look for, each with a weight."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from worker.selection.stop_words import COMMON_NAMES, COMMON_WORDS, PATH_WORDS, SHORT_WORDS
from worker.selection.terms import NAME, pairs, terms_of

_TITLE = 2.0  # the weight of a term in the first line
_MAX_BODY = 20_000  # characters; what follows is logs
_CLAUSE = re.compile(r"[^\w \-`.]|\n\n|\. ", re.ASCII)
_SHORT = frozenset(SHORT_WORDS)
_COMMON = frozenset(term for word in (*COMMON_WORDS, *COMMON_NAMES, *PATH_WORDS, *_SHORT) for term in terms_of(word))


@dataclass(frozen=True)
class Question:
    """Weights by term, weights by pair of neighbouring terms, and for each term the word that it was first seen in."""

    terms: Mapping[str, float]
    pairs: Mapping[str, float]
    words: Mapping[str, str]


def read_question(text: str) -> Question:
    """Find the terms of a request; its first line is the title."""
    title, _, body = text.strip().partition("\n")
    body = body[:_MAX_BODY]
    weights: dict[str, float] = defaultdict(float)
    words: dict[str, str] = {}
    for part, weigh in ((title, _weigh_title), (body, _weigh_body)):
        for term, times in Counter(_terms(part, words)).items():
            weights[term] += weigh(times)
    return Question(dict(weights), Counter(_pairs(f"{title}\n\n{body}")), words)


def _weigh_title(_: int) -> float:
    return _TITLE


def _weigh_body(times: int) -> float:
    return 1 + math.log(times) / 2


def _terms(text: str, words: dict[str, str]) -> Iterator[str]:
    for name in NAME.findall(text):
        for term in terms_of(name):
            if term not in _COMMON:
                words.setdefault(term, name)
                yield term


def _pairs(text: str) -> Iterator[str]:
    """Neighbours within a clause, small words aside; two common words say nothing together either."""
    for clause in _CLAUSE.split(text):
        terms = [term for name in NAME.findall(clause) if name not in _SHORT for term in terms_of(name)]
        yield from (pair for pair in pairs(terms) if not _COMMON.issuperset(pair.split()))
