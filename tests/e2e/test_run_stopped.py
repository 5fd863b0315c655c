"""`patchferry run` that is stopped: nothing is left behind, and nobody is left to wait."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.by_hand import assert_nothing_is_left, run, started
from tests.e2e.conftest import MakeWorld
from tests.e2e.evidence import descendants
from tests.e2e.folder import REQUEST, branches, state
from tests.e2e.test_delivery import alive
from tests.e2e.world import FIX, World, eventually, finish
from tests.fakes.model_script import Hang

SIGNALS = [(signal.SIGINT, 130, "interrupted by hand"), (signal.SIGTERM, 4, "told to stop")]


@pytest.mark.parametrize(("number", "code", "why"), SIGNALS)
def test_a_run_on_github_that_is_stopped_says_so_on_the_issue(
    make_world: MakeWorld, number: signal.Signals, code: int, why: str
) -> None:
    world = make_world([Hang()])
    issue = world.issue()
    with started(world, f"acme/shop#{issue.number}", "-o", "json") as process:
        eventually(lambda: world.model.calls)
        children = descendants(process.pid)
        process.send_signal(number)
        ended = finish(process, timeout=10)
    assert ended.returncode == code, ended.stderr
    assert '"outcome": "stopped"' in ended.stdout
    assert f"patchferry: {why}" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert children
    assert alive(children) == []
    assert_nothing_is_left(world)
    assert world.our_branches() == []
    assert "❌ Gave up after 1 attempt:" in world.status(issue).body


@pytest.mark.parametrize(("number", "code", "why"), SIGNALS)
def test_a_run_in_a_folder_that_is_stopped_leaves_it_as_it_was(
    make_world: MakeWorld, mine: Path, number: signal.Signals, code: int, why: str
) -> None:
    world = make_world([Hang()])
    before = state(mine)
    with started(world, "--repo", "mine", REQUEST) as process:
        eventually(lambda: world.model.calls)
        children = descendants(process.pid)
        process.send_signal(number)
        ended = finish(process, timeout=10)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert ended.stderr.splitlines()[-1].startswith(f"patchferry: {why}")
    assert children
    assert alive(children) == []
    assert_nothing_is_left(world)
    assert (state(mine), branches(mine)) == (before, [])


def test_a_push_that_has_begun_becomes_a_pull_request(world: World) -> None:
    issue = world.issue()
    with started(world, f"acme/shop#{issue.number}") as process:

        def interrupt(_exchange: object) -> None:
            process.send_signal(signal.SIGINT)
            time.sleep(1)

        world.github.interrupt("POST", r"/.*/git-receive-pack", interrupt)
        ended = finish(process)
    assert ended.returncode == 0, ended.stderr
    (pull_request,) = world.repository.pull_requests
    assert pull_request.url in world.status(issue).body
    assert_nothing_is_left(world)


def test_a_second_ctrl_c_waits_for_nobody(world: World) -> None:
    world.github.slow_down("GET", r"/repos/acme/shop", 60)
    with started(world, "acme/shop#1") as process:
        eventually(lambda: world.github.requests)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.5)
        process.send_signal(signal.SIGINT)
        ended = finish(process, timeout=3)
    assert ended.returncode == 130
    assert "Once more to leave at once." in ended.stderr


def test_a_killed_run_is_cleaned_up_after_by_the_next_one(make_world: MakeWorld) -> None:
    world = make_world([Hang(), FIX])
    issue = world.issue()
    with started(world, f"acme/shop#{issue.number}") as process:
        eventually(lambda: world.model.calls)
        children = descendants(process.pid)
        process.kill()
        finish(process)
    eventually(lambda: not alive(children))
    assert len(world.left_over()) == 1
    for left in world.folder.joinpath("tmp").iterdir():
        subprocess.run(["rm", "-r", str(left)], check=True)
    assert run(world, f"acme/shop#{issue.number}").returncode == 0
    assert len(world.repository.pull_requests) == 1
