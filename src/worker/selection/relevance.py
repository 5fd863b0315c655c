"""Compares the terms of a request with those of files, as search engines do (Okapi BM25)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from worker.selection.terms import Document

# How soon repetitions stop to count, and how much a long file is marked down: little, for long files hold more bugs.
_SATURATION, _LENGTH = 2.0, 0.3


def relevance(asked: Mapping[str, float], documents: Mapping[str, Document]) -> dict[str, float]:
    """A score above 0 for each document with one of the `asked` terms, whose values are weights.

    https://nlp.stanford.edu/IR-book/html/htmledition/okapi-bm25-a-non-binary-model-1.html
    """
    usual = sum(document.length for document in documents.values()) / max(1, len(documents)) or 1.0
    holders = Counter(term for document in documents.values() for term in document.counts if term in asked)
    weights = {term: asked[term] * _rarity(held, len(documents)) for term, held in holders.items()}
    scores: dict[str, float] = {}
    for name, document in documents.items():
        damping = _SATURATION * (1 - _LENGTH + _LENGTH * document.length / usual)
        parts = (
            weights[term] * times * (_SATURATION + 1) / (times + damping)
            for term, times in document.counts.items()
            if term in weights
        )
        if score := sum(parts):
            scores[name] = score
    return scores


def _rarity(held: int, total: int) -> float:
    return math.log(1 + (total - held + 0.5) / (held + 0.5))
