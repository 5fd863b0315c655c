"""Weighs files by their paths: those that the request names, and those that are made of its words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from worker.selection.board import Board
from worker.selection.clues import Clues
from worker.selection.names import NameIndex, is_noise
from worker.selection.question import Question
from worker.selection.terms import NAME, terms_of

FRAME, PATH, MODULE, FOLDER, WORDS = 120.0, 100.0, 60.0, 20.0, 25.0

_MAX_FOLDER = 40  # files; a larger folder says nothing
_FOLDER_SHARE = 0.5  # what a word in a folder's name counts, against one in the file's
_MAX_WEIGHT = 3.0
_SPARE_WORD = 0.25  # what each further word of a file's name takes away


def weigh_mentions(clues: Clues, index: NameIndex, files: Sequence[str], board: Board) -> None:
    """Files, modules and folders that the request names."""
    for points, mentions, word in ((FRAME, clues.frames, "in a traceback"), (PATH, clues.paths, "named")):
        for mention in mentions:
            found = index.find(mention)
            board.share(points, found, f"{word}: {mention}")
            board.name(found if len(found) == 1 else ())
    for mention in clues.modules:
        board.share(MODULE, index.find_module(mention), f"module: {mention.replace('/', '.')}")
    for mention in clues.paths:
        inside = [file for file in files if file.startswith(f"{mention.rstrip('/')}/")]
        if len(inside) <= _MAX_FOLDER:
            board.share(FOLDER, inside, f"in the named folder {mention}")


def weigh_words(question: Question, files: Sequence[str], board: Board) -> None:
    """Files whose path is made of words of the request: `fix(css): chunk …` leads to plugins/css.ts."""
    shares = _shares([file for file in files if not is_noise(file)], question.terms)
    holders = Counter(term for terms in shares.values() for term in terms)
    weights = {
        term: min(question.terms[term], _MAX_WEIGHT) * math.log(1 + len(files) / held) for term, held in holders.items()
    }
    scores = {file: sum(weights[term] * share for term, share in terms.items()) for file, terms in shares.items()}
    reasons = {
        file: f"its path has: {', '.join(sorted(question.words[term] for term in terms))}"
        for file, terms in shares.items()
    }
    board.spread(WORDS, scores, reasons)


def _shares(files: Sequence[str], asked: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """File -> term of the request in its path -> how much the term counts there."""
    terms = lru_cache(maxsize=None)(_terms)  # the same few names come again in thousands of folders
    folders: dict[str, dict[str, float]] = {}
    shares: dict[str, dict[str, float]] = {}
    for file in files:
        folder, _, name = file.rpartition("/")
        own = terms(name.lstrip(".").partition(".")[0])
        if folder not in folders:
            held = frozenset[str]().union(*map(terms, folder.split("/"))) & asked.keys()
            folders[folder] = dict.fromkeys(held, _FOLDER_SHARE)
        found = folders[folder] | dict.fromkeys(own & asked.keys(), 1.0)
        if found:
            spare = 1 + _SPARE_WORD * max(0, len(own) - 1)
            shares[file] = {term: share / spare for term, share in found.items()}
    return shares


def _terms(path: str) -> frozenset[str]:
    return frozenset(term for name in NAME.findall(path) for term in terms_of(name))
