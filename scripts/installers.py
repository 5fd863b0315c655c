"""The two ways to fill .venv from a hashed lock, uv and pip, and how uv comes onto a machine that lacks it.

Standard library only, for every Python since 3.8.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.package_index import FetchError, fetch_uv, uv_environment

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
LOCK = ROOT / "requirements" / "dev.lock"
UV_LOCK = ROOT / "requirements" / "uv.lock"

_HEARTBEAT_SECONDS = 15
# settings of a person's own that would send the installation elsewhere
_PIP_OVERRULED = {"PIP_REQUIRE_VIRTUALENV": "0", "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


class SetupError(Exception):
    """Says in one sentence what is wrong and what to do."""


@dataclass(frozen=True)
class Uv:
    """Installs with the uv at `program`."""

    program: str

    def environment(self) -> dict[str, str]:
        """uv's environment: the machine's own index settings, and a cache that can be written."""
        environment = uv_environment(os.environ)
        if not os.access(os.path.expanduser("~"), os.W_OK):  # noqa: PTH111  Path.home() raises for an unknown user
            environment.setdefault("UV_CACHE_DIR", str(ROOT / ".cache" / "uv"))
        return environment

    def make_venv(self, python: str) -> None:
        """`python` is a path, or a version that uv may fetch. Raises SetupError."""
        run([self.program, "venv", "--quiet", "--python", python, str(VENV)], self.environment())

    def install_packages(self) -> None:
        """Make .venv hold exactly the lock. Raises SetupError."""
        say(f"installing {LOCK.relative_to(ROOT)} with uv")
        self._pip("sync", "--require-hashes", "--no-build", str(LOCK))

    def install_project(self) -> None:
        """Add this project to .venv, editable. Raises SetupError."""
        self._pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))

    def _pip(self, command: str, *arguments: str) -> None:
        python = ["--quiet", "--python", str(VENV / "bin" / "python")]
        run([self.program, "pip", command, *python, *arguments], self.environment())


@dataclass(frozen=True)
class Pip:
    """Installs with the pip of the running Python, which may be another than the one that gets the packages."""

    def make_venv(self, python: str) -> None:
        """`python` is a path. Works without ensurepip. Raises SetupError."""
        run([python, "-m", "venv", "--without-pip", str(VENV)], {**os.environ, **_PIP_OVERRULED})

    def install_packages(self) -> None:
        """Make .venv hold the lock. Raises SetupError."""
        say(f"installing {LOCK.relative_to(ROOT)} with pip; with uv it takes seconds")
        self._pip("--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK))

    def install_project(self) -> None:
        """Add this project to .venv, editable. Raises SetupError."""
        self._pip("--no-build-isolation", "--editable", str(ROOT))

    def _pip(self, *arguments: str) -> None:
        install = ["--python", str(VENV / "bin" / "python"), "install", "--quiet", "--no-deps"]
        run([sys.executable, "-m", "pip", *install, *arguments], {**os.environ, **_PIP_OVERRULED})


def find_installer() -> Uv | Pip:
    """uv where it is installed or can be fetched, else pip. Raises SetupError."""
    installed = shutil.which("uv")
    if installed and _works(installed):
        return Uv(installed)
    program = TOOLS / hashlib.sha256(UV_LOCK.read_bytes()).hexdigest()[:12] / "bin" / "uv"
    has_pip = ask([sys.executable, "-m", "pip", "--version"]) is not None
    if _works(str(program)) or (has_pip and _uv_by_pip(program)):
        return Uv(str(program))
    say("fetching uv from the package index")
    try:
        fetch_uv(UV_LOCK, program, os.environ)
    except FetchError as error:
        if has_pip:
            return Pip()
        raise SetupError(
            f"{error}: install uv or python3-pip, or set PIP_INDEX_URL, HTTPS_PROXY or PIP_CERT"
        ) from error
    return Uv(str(program))


def _uv_by_pip(program: Path) -> bool:
    say("fetching uv with pip")
    options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--upgrade", "--target"]
    install = [sys.executable, "-m", "pip", "install", *options, str(program.parent.parent), "-r", str(UV_LOCK)]
    with contextlib.suppress(SetupError):  # no uv for this machine, or an index without it: there are other ways
        run(install, {**os.environ, **_PIP_OVERRULED})
    return _works(str(program))


def _works(uv: str) -> bool:
    return ask([uv, "--version"]) is not None


def ask(argv: Sequence[str]) -> str | None:
    """The first line that a command prints, or None when it can't be run or fails."""
    try:
        told = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip().partition("\n")[0]


def run(argv: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command quietly, with a sign of life; show the end of what it said when it fails. Raises SetupError."""
    started = time.monotonic()
    with subprocess.Popen(
        argv, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        output = None
        while output is None:
            try:
                output, _ = child.communicate(timeout=_HEARTBEAT_SECONDS)
            except subprocess.TimeoutExpired:
                say(f"… {time.monotonic() - started:.0f} s")
    if child.returncode != 0:
        print("\n".join(output.splitlines()[-12:]), file=sys.stderr)
        raise SetupError(f"`{' '.join(argv[:4])} …` failed for the reason above")


def say(line: str) -> None:
    """Progress, for the person who waits."""
    print(f"setup: {line}", file=sys.stderr, flush=True)
