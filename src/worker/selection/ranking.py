"""Ranks the files of a repository by the clues and the words of a request."""

from __future__ import annotations

from worker.selection.board import Board, Ranked
from worker.selection.clues import read_clues
from worker.selection.contents import weigh_contents
from worker.selection.library import Library
from worker.selection.names import NameIndex
from worker.selection.paths import weigh_mentions, weigh_words
from worker.selection.question import read_question

COMPANION = 0.2  # of the points of the file that it belongs to

_COMPANIONS_OF = 8
_COMPANIONS = 2
_MOST = 500


def rank(text: str, library: Library) -> list[Ranked]:
    """The files that clues or words of the request lead to, best first, at most 500; equal arguments, equal ranking."""
    clues, question = read_clues(text), read_question(text)
    files = library.files()
    index = NameIndex(files)
    board = Board()
    weigh_mentions(clues, index, files, board)
    weigh_words(question, files, board)
    weigh_contents(clues, question, library, board)
    for best in board.ranking(_COMPANIONS_OF):
        for companion in index.companions(best.file)[:_COMPANIONS]:
            board.add(best.points * COMPANION, companion, f"belongs to {best.file}")
    return board.ranking(_MOST)
