"""Chooses the files that go into the chat with the model, from the words of the request alone.

A request names files, quotes tracebacks, mentions functions and repeats messages. Each of these is a clue that leads
to files; clues add up to a score; the best files that fit the budget are chosen, each with the reasons why. There is no
model and no index: one search over the repository, and a look into the files that it found.

`clues` reads the request, `names` knows what file names tell, `definitions` finds where something is defined,
`ranking` weighs, `choice` cuts.
"""

from worker.selection.choice import MAX_FILES, MAX_TOKENS, Selection, select

__all__ = ["MAX_FILES", "MAX_TOKENS", "Selection", "select"]
