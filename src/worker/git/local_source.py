"""Makes checkouts of a repository on this machine, and writes the result into it as a new branch."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from worker.deadline import Deadline
from worker.errors import Reason, Refused
from worker.git.adapter import clone
from worker.git.checkout import GitCheckout
from worker.git.command import GitCommand
from worker.git.failures import GitFailedError, said
from worker.git.remote import BASE
from worker.git.workspace import open_workspace

_SHA1_DIGITS = 40
_NOTHING = "0" * _SHA1_DIGITS


class LocalGit:
    """Implements `worker.ports.Git` for repositories of the user; a "clone URL" is the path of a git directory.

    The user's work tree, index, checked-out branch, hooks and settings are never touched or used; what is not
    committed is not taken. `push` creates a branch and never changes one.
    """

    def __init__(self, workspace_dir: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._workspace_dir = workspace_dir
        self._clock = clock

    @contextmanager
    def checkout(self, clone_url: str, branch: str, deadline: Deadline) -> Iterator[GitCheckout]:
        """The files of `branch` in the repository whose git directory is `clone_url`."""
        with open_workspace(self._workspace_dir) as workspace:
            yield clone(workspace, LocalRemote(Path(clone_url)), branch, deadline, self._clock)


@dataclass(frozen=True)
class LocalRemote:
    """A git directory on this machine, reached without any transport: no program runs by its settings."""

    git_dir: Path

    def fetch(self, git: GitCommand, branch: str) -> None:
        """Borrow its objects instead of copying them, and point `BASE` to the branch."""
        theirs = self._theirs(git)
        try:
            sha = theirs("rev-parse", "--verify", f"refs/heads/{branch}^{{commit}}").decode().strip()
        except GitFailedError as error:
            raise Refused(Reason.REPOSITORY, f"{self.git_dir} has no branch {branch}: {error}") from error
        if len(sha) != _SHA1_DIGITS:
            raise Refused(Reason.REPOSITORY, f"{self.git_dir} names objects by SHA-256, which is not supported")
        alternates = git.git_dir / "objects" / "info" / "alternates"
        alternates.parent.mkdir(exist_ok=True)
        alternates.write_text(f"{self.git_dir / 'objects'}\n")
        if (self.git_dir / "shallow").exists():
            shutil.copyfile(self.git_dir / "shallow", git.git_dir / "shallow")
        git("update-ref", BASE, sha)

    def push(self, git: GitCommand, sha: str, branch: str, *, expected: str | None) -> None:
        """Copy the new objects, then create the branch. Raises Refused(BRANCH_MOVED) when it is at another commit."""
        if expected is not None:
            sentence = f"{branch} exists in {self.git_dir}, and a branch of yours is never changed; choose another name"
            raise Refused(Reason.PUSH_REFUSED, sentence)
        pack = git("pack-objects", "--revs", "--stdout", "--quiet", stdin=f"{sha}\n^{BASE}\n".encode())
        theirs = self._theirs(git)
        theirs("unpack-objects", "-q", stdin=pack)
        ref = f"refs/heads/{branch}"
        try:
            theirs("update-ref", ref, sha, _NOTHING)
        except GitFailedError as error:
            there = theirs("rev-parse", "--verify", "--quiet", ref, accept=(0, 1)).decode().strip()
            if there == sha:
                return
            if there:
                raise Refused(Reason.BRANCH_MOVED, f"{self.git_dir} has a branch {branch} already") from error
            sentence = f"the branch {branch} can't be created in {self.git_dir}: {said(str(error))}"
            raise Refused(Reason.PUSH_REFUSED, sentence) from error

    def _theirs(self, git: GitCommand) -> GitCommand:
        """Hardened git over the user's git directory. Its "work tree" is ours: theirs is out of reach."""
        return GitCommand(self.git_dir, git.tree, git.home, git.deadline)
