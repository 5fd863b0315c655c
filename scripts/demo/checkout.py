"""A plain clone in which the demo runs the repository's own tests, as any developer would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 60
_RESULT = re.compile(r"^(?P<test>test_\w+) \(.*\) \.\.\. (?P<result>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class SuiteRun:
    """What `python -m unittest` said. `results` maps the tests to unittest's words, such as ok, FAIL and ERROR."""

    passed: bool
    results: dict[str, str]
    output: str

    @property
    def reason(self) -> str:
        """The first error as one line, such as `AssertionError: 1 != 3`; empty when there is none."""
        return next((line for line in self.output.splitlines() if re.match(r"\w+Error\b", line)), "")


class Checkout:
    """A clone of the default branch over HTTP."""

    def __init__(self, clone_url: str, folder: Path) -> None:
        self._folder = folder
        # Of the environment nothing else: what runs here was written by a model.
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "NO_PROXY": "127.0.0.1",
            "LANG": "C.UTF-8",
        }
        folder.mkdir()
        self._git("clone", "--quiet", clone_url, ".")

    def switch(self, branch: str) -> None:
        """Check out a branch as it is on the server now."""
        self._git("fetch", "--quiet", "origin", branch)
        self._git("checkout", "--quiet", "--detach", "FETCH_HEAD")

    def diff(self) -> str:
        """What the commits here change since the default branch."""
        return self._git("diff", "--no-color", "origin/HEAD...HEAD")

    def run_tests(self) -> SuiteRun:
        """Run all tests. Tests that don't end have not passed."""
        try:
            ended = self._run([sys.executable, "-m", "unittest", "--verbose"])
        except subprocess.TimeoutExpired:
            return SuiteRun(passed=False, results={}, output=f"The tests did not end within {_SECONDS} s.")
        results = {found["test"]: found["result"] for found in _RESULT.finditer(ended.stderr)}
        return SuiteRun(ended.returncode == 0, results, ended.stdout + ended.stderr)

    def _git(self, *arguments: str) -> str:
        ended = self._run(["git", *arguments])
        ended.check_returncode()
        return ended.stdout

    def _run(self, argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
