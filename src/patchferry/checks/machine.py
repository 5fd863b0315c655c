"""This machine: the interpreters, git, and room to work."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from patchferry.checks.result import Check, fail, ok, warn
from worker import process
from worker.deadline import Deadline
from worker.errors import PatchferryError
from worker.git.environment import environment

AIDER = "0.86.2"

_OLDEST_PYTHON, _FIRST_TOO_NEW_PYTHON = (3, 11), (3, 13)
_OLDEST_GIT = (2, 38)  # the first that knows safe.bareRepository
_SECONDS = 20
_LITTLE_SPACE, _TOO_LITTLE_SPACE = 5_000_000_000, 500_000_000
_ASK_FOR_AIDER = "import importlib.metadata; print(importlib.metadata.version('aider-chat'))"


def python(version: tuple[int, ...]) -> Check:
    """The interpreter that runs us."""
    shown = ".".join(map(str, version[:3]))
    if _OLDEST_PYTHON <= version < _FIRST_TOO_NEW_PYTHON:
        return ok("python", shown)
    return fail("python", f"{shown} is not supported", "use Python 3.11 or 3.12: Aider runs with no other")


def git(program: str = "git") -> Check:
    """The git on the PATH."""
    said = _said([program, "--version"])
    version = re.search(r"(\d+)\.(\d+)(\.\d+)*", said or "")
    if version is None:
        return fail("git", "git is not installed", "install git 2.38 or newer")
    if (int(version[1]), int(version[2])) < _OLDEST_GIT:
        return fail("git", f"{version[0]} is too old to clone safely", "install git 2.38 or newer")
    return ok("git", version[0])


def engine(interpreter: Path) -> Check:
    """The interpreter that runs Aider, and Aider's version; Aider itself is not imported."""
    said = _said([str(interpreter), "-I", "-c", _ASK_FOR_AIDER])
    if said == AIDER:
        return ok("engine", f"aider {AIDER}, run by {interpreter}")
    found = f"{interpreter} has aider {said}" if said else f"{interpreter} has no aider, or can't be started"
    fix = f"install patchferry[worker], or name an interpreter that has aider-chat {AIDER} in PATCHFERRY_ENGINE_PYTHON"
    return fail("engine", found, fix)


def workspace(folder: Path) -> Check:
    """The folder for clones, or the one that it will be made in."""
    place = next(one for one in (folder, *folder.absolute().parents) if _visible(one))
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return fail("workspace", f"{place} can't be written to", "choose another PATCHFERRY_WORKSPACE_DIR")
    free = shutil.disk_usage(place).free
    detail = f"{folder}, {free / 1e9:.1f} GB free"
    if free < _LITTLE_SPACE:
        make = fail if free < _TOO_LITTLE_SPACE else warn
        return make("workspace", detail, "make room, or choose a PATCHFERRY_WORKSPACE_DIR that has more")
    return ok("workspace", detail)


def _visible(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:
        return False


def _said(argv: list[str]) -> str | None:
    """What a program prints; None when it can't be started, fails, or takes too long."""
    root = Path("/")
    try:
        finished = process.run(argv, env=environment(root), cwd=root, deadline=Deadline(_SECONDS))
    except (OSError, PatchferryError):
        return None
    return finished.stdout.decode(errors="replace").strip() if finished.returncode == 0 else None
