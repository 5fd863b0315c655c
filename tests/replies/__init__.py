"""Makes the corpus of replies in tests/data/replies: `python -m tests.replies`."""
