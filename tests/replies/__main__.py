"""Writes the data files anew."""

from tests.replies import corpus

corpus.write()
