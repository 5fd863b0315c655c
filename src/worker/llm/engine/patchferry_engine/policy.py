"""Which paths may be read and written: regular files inside the tree, never git's, never what the job forbids."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from patchferry_engine.failures import Abort

_LONGEST_NAME = 120


class PathPolicy:
    """Judges paths as a model writes them: relative to `root`, or absolute.

    `forbidden` are files, and folders with everything below them, relative to `root`. Case makes no difference.
    """

    def __init__(self, root: str, forbidden: Iterable[str] = ()) -> None:
        self.root = os.path.realpath(root)
        self._forbidden = tuple(one.casefold().strip("/") + "/" for one in forbidden)

    def unreadable(self, path: str) -> str | None:
        """Why the file must not be shown to a model; None when it may be."""
        full = os.path.normpath(Path(self.root, path))
        if not _inside(full, self.root) or not _inside(os.path.realpath(full), self.root):
            return "is outside the repository"
        parts = Path(full).relative_to(self.root).parts
        if any(Path(self.root, *parts[:end]).is_symlink() for end in range(1, len(parts) + 1)):
            return "is, or lies behind, a symbolic link"
        # ".git " and ".git." are .git to some file systems.
        if any(part.casefold().rstrip(". ") == ".git" for part in parts):
            return "belongs to git"
        return None

    def unwritable(self, path: str) -> str | None:
        """Why the file must not be written; None when it may be."""
        why = self.unreadable(path)
        if why:
            return why
        full = os.path.normpath(Path(self.root, path))
        if (os.path.relpath(full, self.root).casefold() + "/").startswith(self._forbidden):
            return "must not be changed by Patchferry"
        return None

    def check(self, path: str) -> None:
        """Raise Abort when the file must not be written."""
        why = self.unwritable(path)
        if why:
            raise Abort("forbidden_path", f"the model tried to change {self.show(path)}, which {why}")

    def show(self, path: str) -> str:
        """The path for a person: quoted, short, never this machine's folders."""
        text = path.removeprefix(self.root + os.sep)
        return f'"{text}"' if len(text) <= _LONGEST_NAME else f'"{text[:_LONGEST_NAME]}…"'


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
