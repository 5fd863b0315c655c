"""`patchferry run` as a person types it: no broker, no log format asked for, nothing inherited."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.world import PATCHFERRY, Ended, World

_SETTINGS = {"RABBITMQ_URL": "amqp://127.0.0.1:1/", "PATCHFERRY_LOG_FORMAT": "auto"}


@contextmanager
def started(world: World, *arguments: str, cwd: Path | None = None, **changes: str) -> Iterator[subprocess.Popen[str]]:
    """A run that goes on; it is killed at the end if it still does. Its temporary folder is `temporary(world)`."""
    temporary(world).mkdir(exist_ok=True)
    process = subprocess.Popen(
        [str(PATCHFERRY), "run", *arguments],
        env=world.environment(**{**_SETTINGS, "TMPDIR": str(temporary(world)), **changes}),
        cwd=cwd or world.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def run(world: World, *arguments: str, stdin: str = "", cwd: Path | None = None, **changes: str) -> Ended:
    """A run to its end, which leaves no workspace and no temporary file."""
    with started(world, *arguments, cwd=cwd, **changes) as process:
        stdout, stderr = process.communicate(stdin, timeout=60)
    assert_nothing_is_left(world)
    return Ended(process.returncode, stdout, stderr)


def temporary(world: World) -> Path:
    return world.folder / "tmp"


def assert_nothing_is_left(world: World) -> None:
    assert world.left_over() == []
    assert list(temporary(world).iterdir()) == []


def result(ended: Ended) -> dict[str, Any]:
    """The JSON that a program reads."""
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def steps(ended: Ended) -> list[str]:
    """The sentences with a time before them, with every sha or part of one as SHA."""
    told = re.findall(r"^ *\d+\.\d s  (.*)$", ended.stderr, re.MULTILINE)
    return [re.sub(r"\b[0-9a-f]{7,40}\b", "SHA", sentence) for sentence in told]
