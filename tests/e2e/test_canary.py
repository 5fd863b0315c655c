"""A GitHub token and a model's key, and every place where they must not show.

The same search runs over a program that leaks on purpose, once in each way, so that it is known to find a leak.
"""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.e2e.conftest import MakeWorld
from tests.e2e.evidence import Evidence, collect, forms, sampled
from tests.e2e.leaky import LEAKS
from tests.e2e.world import FIX, World, finish
from tests.fakes.model import NAME
from tests.fakes.model_script import Status

KEY = "sk-canary/4f1c+9a7be2d05c8f6e31"


def spellings(secret: str) -> list[str]:
    """A secret as people and programs write it: plain, in a URL, encoded alone and within a longer text."""
    plain = [secret, secret + " ", f"x:{secret}", f"user:{secret}@host"]
    return [secret, quote(secret, safe=""), *(base64.b64encode(text.encode()).decode() for text in plain)]


def watched(world: World, **changes: str) -> Evidence:
    """Let a worker do a task whose issue holds both secrets, because somebody has pasted them there."""
    pasted = " ".join(text for secret in (world.token, KEY) for text in spellings(secret))
    world.ask(world.issue(body=f"`add` in calc.py subtracts. My settings: {pasted}"))
    settings = {
        "PATCHFERRY_MODEL": f"openai/{NAME}",
        "OPENAI_API_BASE": world.model.openai_url,
        "OPENAI_API_KEY": KEY,
        "PATCHFERRY_MODEL_PRICES": str(world.prices()),
        "PATCHFERRY_LOG_LEVEL": "DEBUG",
        **changes,
    }
    evidence = Evidence()
    with world.start("worker", "--once", **settings) as process, sampled(evidence, process.pid, world.workspaces):
        ended = finish(process)
    assert ended.returncode == 0, ended.stderr
    collect(evidence, world, [ended.stdout, ended.stderr])
    return evidence


def test_a_task_shows_neither_the_token_nor_the_key_anywhere(make_world: MakeWorld) -> None:
    world = make_world([FIX])
    evidence = watched(world)
    assert len(world.repository.pull_requests) == 1
    assert evidence.leaks(world.token) == set()
    assert evidence.leaks(KEY) == set()
    places = {
        "log",
        "prompt",
        "text on GitHub",
        "git config",
        "argv of git",
        "environment of git",
        "environment of the engine",
    }
    assert places <= set(evidence.seen)


def test_secrets_from_files_show_no_more_than_those_from_the_environment(make_world: MakeWorld, tmp_path: Path) -> None:
    world = make_world([FIX])
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "github_token").write_text(world.token)
    (folder / "openai_api_key").write_text(KEY)
    evidence = watched(world, PATCHFERRY_SECRETS_DIR=str(folder), GITHUB_TOKEN="", OPENAI_API_KEY="")
    assert len(world.repository.pull_requests) == 1
    assert evidence.leaks(world.token) == set()
    assert evidence.leaks(KEY) == set()


def test_failures_show_no_secret_either(make_world: MakeWorld) -> None:
    world = make_world(lambda _request: Status(500, f"upstream said: Bearer {KEY}"))
    world.delays = (60,)
    world.github.fail("GET", r".*/git/matching-refs/.*", status=503, body={"message": world.token}, times=1)
    evidence = watched(world)
    assert "message" in evidence.seen
    assert evidence.leaks(KEY) == set()
    assert evidence.leaks(world.token) == set()


@pytest.mark.parametrize("place", LEAKS)
@pytest.mark.parametrize("form", range(3))
def test_a_planted_leak_of_each_kind_is_found(make_world: MakeWorld, place: str, form: int) -> None:
    world = make_world(["Thank you."])
    world.issue()
    world.publish(b"{}")
    evidence = Evidence()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.leaky", place],
        env=world.environment(
            LEAKY_SECRET=forms(KEY)[form].decode(), LEAKY_MODEL=NAME, LEAKY_QUEUE=world.topology.tasks
        ),
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process, sampled(evidence, process.pid, world.workspaces):
        ended = finish(process)
    assert ended.returncode == 0, ended.stderr
    collect(evidence, world, [ended.stdout, ended.stderr])
    assert evidence.leaks(KEY) == {place}
