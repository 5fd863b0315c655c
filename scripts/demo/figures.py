"""What a run took, from the worker's own log and from what reached the stand-in."""

from __future__ import annotations

from collections.abc import Sequence

from scripts.demo.worker_log import LogLine
from tests.fakes.github.exchange import Exchange


def figures(log: Sequence[LogLine], requests: Sequence[Exchange], *, replayed: bool) -> dict[str, str]:
    """A value in words for each name; `requests` are those of the worker. A replayed model counts no tokens."""
    last = {line.event: line for line in log}
    edited = last["edited"].fields
    seconds = (last["pull request opened"].at - last["started"].at).total_seconds()
    git = sum(".git/" in request.path for request in requests)
    estimated = ", as Aider estimates them" if replayed else ""
    return {
        "time": f"{seconds:.1f} s from the message to the pull request",
        "tokens": f"{edited['tokens_in']:,} in, {edited['tokens_out']:,} out{estimated}",
        "GitHub": f"{len(requests) - git} API requests and {git} of git; each API request as GitHub describes it",
    }
