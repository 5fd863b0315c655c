"""One folder per task in ephemeral storage: locked while the task runs, gone when it ends."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from worker.deadline import Deadline
from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.git.environment import environment
from worker.process import run

_PREFIX = "patchferry-"
_ATTEMPTS = 20
_REMOVAL_SECONDS = 120
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Workspace:
    """Absolute paths, all readable by our user only. Untrusted code may see `tree`, and nothing else."""

    root: Path

    @property
    def git_dir(self) -> Path:
        return self.root / "git"

    @property
    def tree(self) -> Path:
        return self.root / "tree"

    @property
    def home(self) -> Path:
        """An empty directory: git's HOME and working directory."""
        return self.root / "home"


@contextmanager
def open_workspace(parent: Path) -> Iterator[Workspace]:
    """A new workspace below `parent`, which is made if need be; removed when the context ends, however it ends.

    Raises Refused(CONFIGURATION) when `parent` can't be written, Retry(CONFIGURATION) when the disk is full.
    """
    try:
        root, lock = _create(parent)
    except OSError as error:
        raise storage_failure(error, parent) from error
    try:
        yield Workspace(root)
    finally:
        _remove(root)
        os.close(lock)


def sweep(parent: Path) -> int:
    """Remove what a killed worker left below `parent`; workspaces in use are locked and stay. Returns how many."""
    removed = 0
    for root in sorted(parent.glob(f"{_PREFIX}*")):
        lock = _lock(root)
        if lock is None:
            continue
        try:
            _remove(root)
            removed += 1
        finally:
            os.close(lock)
    return removed


def storage_failure(error: OSError, parent: Path) -> PatchferryError:
    """What an operating system error in the workspace means for the task."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full()
    sentence = f"PATCHFERRY_WORKSPACE_DIR={parent} can't be used: {error.strerror}; set it to a writable folder"
    return Refused(Reason.CONFIGURATION, sentence)


def disk_full() -> Retry:
    """The disk may have room again when other tasks are done; the number of attempts is bounded."""
    sentence = "there is no space left in PATCHFERRY_WORKSPACE_DIR; make room, or set it to a larger disk"
    return Retry(Reason.CONFIGURATION, sentence)


def _create(parent: Path) -> tuple[Path, int]:
    parent.mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS):
        root = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent.resolve()))
        lock = _lock(root)
        if lock is None:  # somebody's sweep was faster
            continue
        try:
            Workspace(root).tree.mkdir()
            Workspace(root).home.mkdir()
        except OSError:
            _remove(root)
            os.close(lock)
            raise
        return root, lock
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


def _lock(root: Path) -> int | None:
    """Lock the directory itself: no lock file is left over. None when it is in use, gone, or not ours.

    The lock is released by closing the descriptor, so also by the death of the process; children don't inherit it.
    """
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        found = os.fstat(descriptor)
        if found.st_uid == os.geteuid() and os.path.samestat(found, root.lstat()):
            return descriptor
    except OSError:  # locked by a living worker, or removed between the two calls
        pass
    os.close(descriptor)
    return None


def _remove(root: Path) -> None:
    """Delete a workspace. What resists is logged and left for the next sweep: the task's outcome stands.

    A repository may nest folders deeper than Python's recursion, and a test may have taken its own permissions
    away; rm and chmod walk both, and never follow a symlink.
    """
    try:
        shutil.rmtree(root)
    except (OSError, RecursionError):
        deadline = Deadline(_REMOVAL_SECONDS)
        with contextlib.suppress(Refused):  # too slow: what is left is logged
            for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf", "--one-file-system"]):
                run([*command, "--", str(root)], env=environment(root), cwd=root.parent, deadline=deadline)
    if root.exists():
        _log.error("workspace not removed", path=str(root))
