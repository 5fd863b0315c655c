from __future__ import annotations

from patchferry_engine.prose import prose

FENCED = "src/a.py\n```python\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n```\n"


def test_only_what_stands_around_the_edits_is_kept() -> None:
    assert prose(f"First.\n\n{FENCED}\nThen:\n\n{FENCED}\nLast.") == "First.\n\nThen:\n\nLast."


def test_edits_without_a_fence_and_ones_that_break_off_are_dropped_too() -> None:
    assert prose("One.\n\na.py\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\nTwo.") == "One.\n\nTwo."
    assert prose("One.\n\na.py\n```\n<<<<<<< SEARCH\nx\n") == "One."


def test_other_code_and_text_stay_as_they_are() -> None:
    text = "Call it so:\n\n```python\ngreet('x')\n```\n\nDone."
    assert prose(text) == text


def test_nothing_but_edits_is_no_prose() -> None:
    assert prose(FENCED) == ""


def test_diffs_thoughts_and_in_their_format_files_are_dropped_too() -> None:
    assert prose("<think>\nHm.\n</think>\nOne.\n\n```diff\n--- a.py\n+++ a.py\n-x\n+y\n```\nTwo.") == "One.\n\nTwo."
    listing = "One.\n\nsrc/a.py\n```python\nx = 1\n```\n\nUse it so:\n\n```\nx\n```"
    assert prose(listing, whole=True) == "One.\n\nUse it so:\n\n```\nx\n```"
    assert prose(listing) == listing
