"""Runs the selection on the parents of fixes, through the same git as a task does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.localise.control import MapAnswer, RepositoryMap
from scripts.localise.fixes import Fix
from worker.deadline import Deadline
from worker.git.adapter import clone
from worker.git.checkout import GitCheckout
from worker.git.command import GitCommand
from worker.git.environment import OURS
from worker.git.local_source import LocalRemote
from worker.git.workspace import open_workspace
from worker.selection import CHARACTERS_A_TOKEN, select

_SECONDS = 8 * 3600.0


@dataclass(frozen=True)
class Outcome:
    """What was chosen for a fix, best first, in how many seconds, out of how many files, with how many tokens."""

    fix: Fix
    chosen: tuple[str, ...]
    seconds: float
    of: int
    tokens: int
    control: MapAnswer | None = None


class History:
    """A work tree of our own over somebody's git directory, to be set to one commit after the other."""

    def __init__(self, git: GitCommand, remote: LocalRemote) -> None:
        self.git = git
        self._remote = remote

    def at(self, sha: str) -> GitCheckout:
        """The checkout of a commit; only what differs from the one before is written."""
        self.git("read-tree", "--reset", "-u", sha)
        return GitCheckout(self.git, sha, self._remote, time.time)


@contextmanager
def open_history(git_dir: Path, folder: Path) -> Iterator[History]:
    """Borrow the objects of `git_dir`, which is read only, for a work tree below `folder`."""
    deadline = Deadline(_SECONDS)
    with open_workspace(folder) as workspace:
        remote = LocalRemote(git_dir)
        theirs = GitCommand(git_dir, workspace.tree, workspace.home, deadline)
        branch = theirs("symbolic-ref", "--short", "HEAD").decode().strip()
        clone(workspace, remote, branch, deadline, time.time)
        yield History(GitCommand(workspace.git_dir, workspace.tree, workspace.home, deadline, OURS), remote)


def localise(history: History, fix: Fix, max_tokens: int, control: RepositoryMap | None = None) -> Outcome:
    """Choose files for a fix in its parent. The listing of the files, which a task needs anyway, is not counted."""
    checkout = history.at(fix.parent)
    files = checkout.files()
    started = time.perf_counter()
    chosen = select(fix.request, checkout, max_tokens=max_tokens).files
    seconds = time.perf_counter() - started
    tokens = sum(len(checkout.read(file) or "") // CHARACTERS_A_TOKEN + 1 for file in chosen)
    answer = control.ask(checkout.tree, files, fix.request, max(tokens, 1)) if control else None
    return Outcome(fix, chosen, seconds, len(files), tokens, answer)
