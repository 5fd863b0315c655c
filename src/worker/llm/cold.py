"""A process for each job: nothing to keep, and the price of every import each time."""

from __future__ import annotations

from pathlib import Path

from worker import process
from worker.deadline import Deadline
from worker.llm import child


class Cold:
    """Starts `python` anew for every job."""

    def __init__(self, python: str) -> None:
        self._python = python

    def run(self, job: bytes, home: Path, channel: process.Channel, deadline: Deadline) -> process.Finished:
        """As `child.Runner` says."""
        try:
            return process.run(
                child.command(self._python, str(channel.child_end)),
                env=child.own_variables(str(home)),
                cwd=home,
                deadline=deadline,
                stdin=job,
                max_output=child.LARGEST_OUTPUT,
                channel=channel,
            )
        except OSError as error:
            raise child.cannot_start(error) from error
