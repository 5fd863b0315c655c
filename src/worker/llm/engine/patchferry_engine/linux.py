"""What Linux offers beyond the standard library: a signal when the parent dies, orphans that come to us."""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress
from pathlib import Path

# https://man7.org/linux/man-pages/man2/prctl.2.html
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def when_the_parent_dies(number: signal.Signals) -> None:
    """Ask for a signal as soon as the thread that has started this process ends.

    Read `os.getppid()` before and compare it afterwards: who is dead already sends nothing.
    """
    _prctl(_PR_SET_PDEATHSIG, number)


def adopt_orphans() -> None:
    """Descendants whose parent has ended become children of this process, even from another session."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def children() -> set[int]:
    """The processes whose parent is this one."""
    pid = os.getpid()
    try:
        return set(map(int, Path(f"/proc/self/task/{pid}/children").read_text().split()))
    except FileNotFoundError:  # a kernel without CONFIG_PROC_CHILDREN
        return {int(entry.parent.name) for entry in Path("/proc").glob("[0-9]*/stat") if _parent(entry) == pid}


def kill_group(leader: int) -> None:
    """Kill a process and its group; gone already is fine. It must not have been waited for: its number is reused."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
    with suppress(ProcessLookupError):  # it has not become a leader yet
        os.kill(leader, signal.SIGKILL)


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _prctl(option: int, argument: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, ctypes.c_ulong(argument), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
