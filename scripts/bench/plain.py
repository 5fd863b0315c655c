"""Plain Aider, as a person would script it: clone, one message, a commit."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from tests.e2e.world import PATCHFERRY, World
from tests.fakes.model import NAME

AIDER = PATCHFERRY.with_name("aider")
MESSAGE = "add() is wrong\n\n`add` in calc.py subtracts."
# Without the format Aider would take this model's edits for whole files.
DEFAULT = ("--message", MESSAGE, "--yes-always", "--edit-format", "diff")
LEAN = (
    *DEFAULT, "--no-git", "--map-tokens", "0", "--no-auto-lint", "--no-check-update", "--analytics-disable",
    "--no-show-model-warnings", "--no-show-release-notes", "--no-detect-urls", "--no-suggest-shell-commands",
    "--no-gitignore", "--no-pretty", "--no-fancy-input", "calc.py",
)  # fmt: skip


def work(world: World, *, lean: bool) -> float:
    """Clone, edit and commit; returns the seconds. Raises AssertionError when the bug is still there."""
    environment = {
        "PATH": os.environ["PATH"],
        "OLLAMA_API_BASE": world.model.ollama_url,
        "NO_PROXY": "127.0.0.1",
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{role}_{what}": "bench@localhost" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        **({"LITELLM_LOCAL_MODEL_COST_MAP": "True"} if lean else {}),
    }
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "clone")
        environment["HOME"] = folder

        def run(*argv: object) -> None:
            subprocess.run(
                list(map(str, argv)),
                env=environment,
                cwd=tree,
                check=True,
                stdin=subprocess.DEVNULL,
                capture_output=True,
            )

        tree.mkdir()
        started = time.perf_counter()
        run("git", "clone", "--quiet", "--depth", "1", world.repository.clone_url, ".")
        run(AIDER, "--model", f"ollama_chat/{NAME}", *(LEAN if lean else DEFAULT))
        if lean:
            run("git", "commit", "--quiet", "--all", "--message", "Fix")
        seconds = time.perf_counter() - started
        assert "return a + b" in Path(tree, "calc.py").read_text()
        return seconds
