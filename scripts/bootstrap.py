"""Makes .venv: everything in requirements/dev.lock, and this project editable. `make setup` calls it.

Standard library only, for every Python since 3.8: it asks nothing else of a machine.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.installers import LOCK, ROOT, TOOLS, VENV, Pip, SetupError, Uv, ask, find_installer, say

SUPPORTED = ("3.12", "3.11")

_STAMP = VENV / "made-from.json"
_WHICH_PYTHON = "import sys; print('%d.%d' % sys.version_info[:2], sys._base_executable)"
_NEEDED = f"Python {' or '.join(reversed(SUPPORTED))} is needed"


def main() -> int:
    """Bring .venv up to date, at once where it is. Exit code 3 when this machine lacks something."""
    if _stamp() == _wanted():
        return 0
    try:
        with _alone():
            if _stamp() != _wanted():  # else another one made it while this one waited
                make_environment()
    except (SetupError, OSError) as error:
        print(f"setup: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    return 0


def make_environment() -> None:
    """Make or update .venv. Raises SetupError."""
    started = time.monotonic()
    wanted, made = _wanted(), _stamp()
    python = find_python()
    installer = find_installer()
    if made.get("place") != wanted["place"]:  # a virtual environment that was moved or copied is broken
        shutil.rmtree(VENV, ignore_errors=True)
        make_venv(installer, python)
        made = {"place": wanted["place"]}
        _write_stamp(made)
    if made.get("packages") != wanted["packages"]:
        installer.install_packages()
        _write_stamp({"place": wanted["place"], "packages": wanted["packages"]})
    installer.install_project()
    _write_stamp(wanted)
    say(f".venv is ready after {time.monotonic() - started:.0f} s")


def find_python() -> str | None:
    """A Python on this machine that the project supports: the running one, else the newest."""
    for name in (sys.executable, *(f"python{version}" for version in SUPPORTED)):
        path = shutil.which(name)
        told = ask([path, "-c", _WHICH_PYTHON]) if path else None
        version, _, executable = (told or "").partition(" ")
        if version in SUPPORTED:
            return executable
    return None


def make_venv(installer: Uv | Pip, python: str | None) -> None:
    """Make an empty .venv with `python`, or with one that uv fetches. Raises SetupError."""
    say(f"making .venv with {python or f'a Python {SUPPORTED[0]} that uv fetches'}")
    if python is not None:
        installer.make_venv(python)
        return
    if isinstance(installer, Pip):
        raise SetupError(f"{_NEEDED}: install one of them, or uv, which can fetch it")
    try:
        installer.make_venv(SUPPORTED[0])
    except SetupError as error:
        advice = f"install python{SUPPORTED[0]}, or set UV_PYTHON_INSTALL_MIRROR"
        raise SetupError(f"{_NEEDED} and uv could not fetch one: {advice}") from error


def _wanted() -> dict[str, str]:
    return {"place": str(ROOT), "packages": _digest(LOCK), "project": _digest(ROOT / "pyproject.toml")}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp() -> dict[str, str]:
    """What .venv was made from; empty when there is none or its Python is gone."""
    if not (VENV / "bin" / "python").exists():
        return {}
    try:
        stamp: dict[str, str] = json.loads(_STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def _write_stamp(stamp: Mapping[str, str]) -> None:
    _STAMP.write_text(json.dumps(stamp), encoding="utf-8")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
