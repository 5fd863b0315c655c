"""The import rules of pyproject.toml catch what they are for, and the engine stays a program of its own."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "src" / "worker" / "llm" / "engine"

# contract -> what somebody might write: importer, imported
VIOLATIONS = [
    ("The command line sits above the worker", "worker.main", "patchferry.output"),
    ("The worker's layers", "worker.modes.quickfix", "worker.git.adapter"),
    ("The worker's layers", "worker.modes.local", "worker.github.forge"),
    ("The worker's layers", "worker.git.changes", "worker.github.errors"),
    ("The worker's layers", "worker.llm.prices", "worker.service"),
    ("The worker's layers", "worker.consumer", "worker.config"),
    ("The worker's layers", "worker.consumer", "worker.conduct"),
    ("The worker's layers", "worker.drafting", "worker.conduct"),
    ("The worker's layers", "worker.comments", "worker.status"),
    ("The worker's layers", "worker.ports", "worker.models"),
    ("Modes are islands", "worker.modes.quickfix", "worker.modes.local"),
    ("Adapters know ports", "worker.git.changes", "worker.modes.local"),
    ("Adapters know ports", "worker.github.pulls", "worker.comments"),
    ("Adapters know ports", "worker.llm.prices", "worker.prompts"),
    ("Only the engine", "worker.conduct", "aider"),
    ("Only the engine", "worker.llm.aider", "litellm"),
    ("Only the engine", "patchferry.shown", "aider"),
    ("What the gateway", "worker.github.pulls", "httpx"),
    ("What the gateway", "worker.models", "jinja2"),
    ("What the gateway", "worker.queues", "faststream"),
    ("Each library", "worker.conduct", "github"),
    ("Each library", "worker.drafting", "aio_pika"),
    ("Each library", "worker.status", "rich"),
    ("Each library", "patchferry.shown", "httpx"),
    ("Decisions do no I/O", "worker.ladder", "subprocess"),
    ("Decisions do no I/O", "worker.selection.ranking", "os"),
    ("Decisions do no I/O", "worker.comments", "asyncio"),
]


def lint(source: Path) -> str:
    """What import-linter says about a source tree."""
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter is not None
    environment = {"PATH": os.defpath, "PYTHONPATH": str(source), "COLUMNS": "1000"}
    command = [linter, "--no-logo", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every violation written into a copy of the source at once: what is said about each contract."""
    source = tmp_path_factory.mktemp("planted") / "src"
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__", "engine"))
    for _, importer, imported in VIOLATIONS:
        with source.joinpath(*importer.split(".")).with_suffix(".py").open("a") as file:
            file.write(f"import {imported}\n")
    (source / "worker" / "helpers.py").touch()
    parts = re.split(r"^(.+)\n-+\n", lint(source).partition("Broken contracts")[2], flags=re.MULTILINE)
    return defaultdict(str, zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(("contract", "importer", "imported"), VIOLATIONS)
def test_a_planted_violation_is_caught(said: dict[str, str], contract: str, importer: str, imported: str) -> None:
    told = next(text for name, text in said.items() if name.startswith(contract))
    assert f"{importer} -> {imported} (l." in told


def test_a_new_module_must_find_its_layer(said: dict[str, str]) -> None:
    assert "helpers" in next(text for name, text in said.items() if name.startswith("The worker's layers"))


def test_the_engine_imports_only_the_standard_library_aider_and_what_aider_brings_for_models() -> None:
    roots = set()
    for file in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                roots |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, file
                roots.add((node.module or "").partition(".")[0])
    assert roots - sys.stdlib_module_names == {"aider", "litellm", "patchferry_engine"}
