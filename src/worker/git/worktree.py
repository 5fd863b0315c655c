"""Looks into a work tree that untrusted code may have rearranged, without following a link out of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_BINARY_PROBE = 8_000  # git looks for a NUL byte in as many bytes


def read_text(tree: Path, path: str, limit: int) -> str | None:
    """At most `limit` bytes of a regular file as text; None when it is absent, binary or something else."""
    try:
        descriptor = _open_beneath(tree, path)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        content = file.read(limit)
    return None if b"\0" in content[:_BINARY_PROBE] else content.decode(errors="replace")


def nested_repository(tree: Path) -> str | None:
    """The first path called `.git` at any depth: git would run inside it, by its settings. Raises OSError."""
    pending = [tree]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.name == ".git":
                    return str(Path(entry.path).relative_to(tree))
                if entry.is_dir(follow_symlinks=False):
                    pending.append(Path(entry.path))
    return None


def _open_beneath(tree: Path, path: str) -> int:
    """Open component by component, so that no symlink on the way is followed. Raises OSError."""
    *folders, name = path.split("/")
    folder = os.open(tree, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folders:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)
