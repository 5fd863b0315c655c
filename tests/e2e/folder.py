"""A repository of the user's own, and everything in it that a run must not change."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.e2e.world import CALCULATOR

REQUEST = "add() subtracts\n\nIt is in calc.py."


def make_folder(root: Path) -> Path:
    """Ada's clone of the calculator, on the branch `work`, without a remote."""
    (root / "docs").mkdir(parents=True)
    for name, text in CALCULATOR.items():
        (root / name).write_text(text)
    git(root, "init", "--quiet", "--initial-branch=work")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "first")
    for key, value in (("user.name", "Ada"), ("user.email", "ada@example.com")):
        git(root, "config", key, value)
    return root


def git(folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
    }  # fmt: skip
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout


def state(root: Path) -> dict[str, tuple[int, bytes]]:
    """The mode and bytes of every file, of the git directory too; without what a new branch adds."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        added = name.startswith(".git/objects/") or "refs/heads/patchferry" in name
        if path.is_file() and not added:
            found[name] = (path.lstat().st_mode, path.read_bytes())
    return found


def branches(root: Path) -> list[str]:
    """The branches that Patchferry has made."""
    return git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads/patchferry").split()
