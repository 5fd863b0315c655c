"""What git would make of a folder: a small model for the fake, held to the real git by the contract suite."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from worker.errors import Reason, Refused
from worker.ports import Diff, FileChange

Tree = dict[str, tuple[str, bytes]]  # path -> (mode, content)
_LINK = "120000"


def write_tree(folder: Path, tree: Tree) -> None:
    """Write the files; a symbolic link becomes a plain file that holds its target, as with core.symlinks=false."""
    for path, (mode, content) in tree.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        if mode == "100755":
            file.chmod(0o755)


def read_tree(folder: Path, base: Tree) -> tuple[Tree, tuple[str, ...]]:
    """The folder as a tree, and what `.gitignore` in its root hides (names and folders only, no paths)."""
    patterns = _ignore_patterns(folder)
    tree: Tree = {}
    ignored = set()
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if file.name == ".git":
            raise Refused(Reason.FORBIDDEN_PATH, f"the change holds a git repository of its own: {path}")
        if file.is_dir() and not file.is_symlink():
            continue
        if path not in base and (hidden := _hidden(path, patterns)):
            ignored.add(hidden)
        else:
            tree[path] = _entry(file, base.get(path))
    return tree, tuple(sorted(ignored))


def diff_of(base: Tree, staged: Tree, ignored: tuple[str, ...]) -> Diff:
    changed = sorted(path for path in base.keys() | staged.keys() if base.get(path) != staged.get(path))
    changes = tuple(_change(path, base.get(path), staged.get(path)) for path in changed)
    patch = "".join(_patch(path, base.get(path), staged.get(path)) for path in changed)
    return Diff(changes, patch, ignored)


def occurrences(word: str, texts: Mapping[str, str]) -> dict[str, int]:
    """Path -> number of lines with the whole word."""
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    counts = {path: sum(1 for line in text.split("\n") if pattern.search(line)) for path, text in texts.items()}
    return {path: count for path, count in counts.items() if count}


def _entry(file: Path, before: tuple[str, bytes] | None) -> tuple[str, bytes]:
    if file.is_symlink():
        return _LINK, str(file.readlink()).encode()
    if before and before[0] == _LINK:
        return _LINK, file.read_bytes()
    return ("100755" if file.stat().st_mode & 0o100 else "100644"), file.read_bytes()


def _ignore_patterns(folder: Path) -> list[str]:
    file = folder / ".gitignore"
    return file.read_text().split() if file.is_file() else []


def _hidden(path: str, patterns: list[str]) -> str | None:
    """The path, or the outermost folder of it that is hidden as a whole, with a slash."""
    *folders, name = path.split("/")
    for depth, folder in enumerate(folders, start=1):
        if any(fnmatch.fnmatchcase(folder, pattern.rstrip("/")) for pattern in patterns):
            return "/".join(folders[:depth]) + "/"
    return path if any(fnmatch.fnmatchcase(name, one) for one in patterns if not one.endswith("/")) else None


def _change(path: str, before: tuple[str, bytes] | None, after: tuple[str, bytes] | None) -> FileChange:
    mode, content = after or ("000000", b"")
    if _is_binary(before, after):
        return FileChange(path, _status(before, after), mode, None, None, len(content))
    lines = list(difflib.ndiff(_lines(before), _lines(after)))
    added = sum(line.startswith("+ ") for line in lines)
    deleted = sum(line.startswith("- ") for line in lines)
    return FileChange(path, _status(before, after), mode, added, deleted, len(content))


def _status(
    before: tuple[str, bytes] | None, after: tuple[str, bytes] | None
) -> Literal["added", "modified", "deleted", "type_changed"]:
    if before is None:
        return "added"
    if after is None:
        return "deleted"
    return "modified" if before[0][:3] == after[0][:3] else "type_changed"


def _patch(path: str, before: tuple[str, bytes] | None, after: tuple[str, bytes] | None) -> str:
    old = f"a/{path}" if before else "/dev/null"
    new = f"b/{path}" if after else "/dev/null"
    head = f"diff --git a/{path} b/{path}\n"
    if _is_binary(before, after):
        return f"{head}Binary files {old} and {new} differ\n"
    lines = difflib.unified_diff(_lines(before), _lines(after), old, new, n=3)
    return head + "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _is_binary(*sides: tuple[str, bytes] | None) -> bool:
    return any(side is not None and b"\0" in side[1] for side in sides)


def _lines(side: tuple[str, bytes] | None) -> list[str]:
    return side[1].decode(errors="replace").splitlines(keepends=True) if side else []
