"""The engine as a program, run by `python -I <this folder> …`, with no secret in its arguments and environment.

`<descriptor>` performs one job: the job on stdin, the report on the descriptor. `serve <descriptor>` imports everything
once, and then forks a child for every job that is announced on the descriptor, a socket.
"""

from __future__ import annotations

import os
import signal
import sys

from patchferry_engine import limits, linux, parent
from patchferry_engine.loading import load
from patchferry_engine.protocol import Job, Report
from patchferry_engine.single import answer


def main() -> None:
    """Be one or the other."""
    match sys.argv[1:]:
        case ["serve", descriptor]:
            parent.serve(int(descriptor), lambda: load(warm=True))
        case [descriptor]:
            _once(int(descriptor))
        case _:
            raise SystemExit(__doc__)


def _once(descriptor: int) -> None:
    linux.when_the_parent_dies(signal.SIGKILL)
    limits.confine()
    answer(_load_and_perform, descriptor)


def _load_and_perform(job: Job, report: Report) -> None:
    load(warm=False)(job, report)


if __name__ == "__main__":
    main()
    os._exit(0)
