"""Weighs files by what is in them: one search over the repository, then a look into the files that look best."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from worker.selection.board import Board
from worker.selection.clues import Clues
from worker.selection.definitions import defined_in
from worker.selection.kinds import likelihood
from worker.selection.library import Library
from worker.selection.names import is_noise
from worker.selection.question import Question
from worker.selection.relevance import relevance
from worker.selection.terms import Document, Tally

DEFINITION = 50.0
QUOTED, MARKED, IDENTIFIER, WORD = 30.0, 15.0, 10.0, 3.0
TERMS, PAIRS = 50.0, 30.0

_MAX_SEARCHED = 80  # words in one search
_MAX_READ = 250  # files
_REASONS = 3  # terms that are told


def weigh_contents(clues: Clues, question: Question, library: Library, board: Board) -> None:
    """Files that mention, define or speak of what the request does. `board` knows the paths' points already."""
    files = library.files()
    weights = _searched(clues)
    counts = library.count_words(list(weights))
    for word, weight in weights.items():
        found = counts.get(word, {})
        rarity = _rarity(len(found), len(files))
        for file, lines in found.items():
            board.add(weight * rarity * (1 + math.log2(lines) / 4), file, f"mentions: {word}")
    documents, definers = _read(_candidates(files, board), _names_by_file(clues, counts), question, library)
    for name in sorted(definers):
        board.share(DEFINITION * min(1.0, weights[name] / IDENTIFIER), definers[name], f"defines: {name}")
    for points, asked in ((TERMS, question.terms), (PAIRS, question.pairs)):
        scores = relevance(asked, documents)
        board.spread(points, scores, {file: _told(asked, documents[file], question) for file in scores})


def _searched(clues: Clues) -> dict[str, float]:
    """What to search for in the files, and its weight; the words of the title count half as much again."""
    kinds = ((QUOTED, clues.quoted), (MARKED, clues.names), (IDENTIFIER, clues.identifiers), (WORD, clues.words))
    weights: dict[str, float] = {}
    for weight, words in kinds:
        for word in words:
            weights.setdefault(word, weight * (1.5 if word in clues.title else 1.0))
    return dict(list(weights.items())[:_MAX_SEARCHED])


def _rarity(found: int, total: int) -> float:
    """1 for a word in a single file, towards 0 for one that is everywhere."""
    return (math.log((total + 1) / found) / math.log(total + 1)) ** 2 if found else 0.0


def _candidates(files: Sequence[str], board: Board) -> list[str]:
    """The files to look into: the best so far; in a small repository also sources that nothing has led to yet."""
    best = [one.file for one in board.ranking(2 * _MAX_READ) if not is_noise(one.file)][:_MAX_READ]
    if len(best) == _MAX_READ:
        return best
    others = sorted(file for file in set(files).difference(best) if likelihood(file) == 1.0)
    return best + others[: _MAX_READ - len(best)]


def _names_by_file(clues: Clues, counts: Mapping[str, Mapping[str, int]]) -> dict[str, set[str]]:
    """File -> the words in it that may be names of something that it defines."""
    held: dict[str, set[str]] = defaultdict(set)
    for word in (*clues.names, *clues.identifiers, *(word for word in clues.words if word in clues.title)):
        for file in counts.get(word, {}):
            held[file].add(word)
    return held


def _read(
    candidates: Sequence[str], held: Mapping[str, set[str]], question: Question, library: Library
) -> tuple[dict[str, Document], dict[str, list[str]]]:
    """The candidates' terms, and for each name the files that define it. One text at a time is in memory."""
    tally = Tally({*question.terms, *question.pairs})
    documents: dict[str, Document] = {}
    definers: dict[str, list[str]] = defaultdict(list)
    for file in candidates:
        text = library.read(file)
        if text is None:
            continue
        documents[file] = tally.read(text)
        for name in defined_in(text, held.get(file, ())):
            definers[name].append(file)
    return documents, definers


def _told(asked: Mapping[str, float], document: Document, question: Question) -> str:
    most = sorted((term for term in document.counts if term in asked), key=lambda term: (-document.counts[term], term))
    return f"speaks of: {', '.join(question.words.get(term, term) for term in most[:_REASONS])}"
