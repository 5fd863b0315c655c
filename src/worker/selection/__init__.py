"""Chooses the files that go into the chat with the model, from the words of the request alone.

A request names files, quotes tracebacks, mentions functions and repeats messages. Each of these is a clue that leads
to files. Its other words are compared with those of the files and of their paths, as a search engine does. All of it
adds up to a score; the best files that fit the budget are chosen, each with the reasons why. There is no model and no
index: one search over the repository, and a look into the files that seem best.

`clues` and `question` read the request, `names` and `kinds` know what a path tells, `definitions` finds where something
is defined, `terms` and `relevance` compare texts, `paths` and `contents` weigh on a `board`, `choice` cuts.
docs/benchmarks/localise.md has how well that works.
"""

from worker.selection.choice import CHARACTERS_A_TOKEN, MAX_FILES, MAX_TOKENS, Selection, select

__all__ = ["CHARACTERS_A_TOKEN", "MAX_FILES", "MAX_TOKENS", "Selection", "select"]
