"""`patchferry run` in a repository on this machine: a branch and a diff, and not a byte of anything else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.by_hand import result, run, steps
from tests.e2e.conftest import MakeWorld
from tests.e2e.folder import REQUEST, branches, git, state
from tests.e2e.world import BOT, FIX, World

DIFF = "-    return a - b\n+    return a + b\n"


def test_a_text_becomes_a_branch_and_a_diff_without_a_token(world: World, mine: Path) -> None:
    os.utime(mine / "calc.py", (1, 1))  # so that git would like to bring its index up to date
    before = state(mine)
    ended = run(world, "--repo", "mine", REQUEST, GITHUB_TOKEN="")
    assert ended.returncode == 0, ended.stderr
    (branch,) = branches(mine)
    assert branch.startswith("patchferry/task-")
    assert ended.stdout == git(mine, "diff", "work", branch)
    assert DIFF in ended.stdout
    assert state(mine) == before
    git(mine, "fsck", "--strict")
    assert git(mine, "log", "-1", "--format=%an <%ae>%n%cn%n%B", branch).splitlines() == [
        "Ada <ada@example.com>",
        "Ada",
        "add() subtracts",
        "",
        f"Patchferry-Task: {found_task(mine, branch)}",
        "Requested-by: Ada",
        "Co-authored-by: aider (ollama_chat/scripted:1b) <aider@aider.chat>",
        "",
    ]
    assert steps(ended) == [
        f"Working on {mine} with ollama_chat/scripted:1b.",
        "Cloned work at SHA.",
        "Asking the model, which sees 2 of 2 files: calc.py, test_calc.py.",
        "The model has answered: 1,200 tokens in, 80 out.",
        "The change: 1 file, +1 -1 lines.",
        f"Made the branch {branch.replace(branch[-8:], 'SHA')}.",
    ]
    assert f"take it: git merge {branch}" in ended.stderr
    assert world.github.requests == []


def found_task(root: Path, branch: str) -> str:
    return git(root, "log", "-1", "--format=%(trailers:key=Patchferry-Task,valueonly)", branch).strip()


def test_uncommitted_changes_are_left_alone_and_said_to_be(world: World, mine: Path) -> None:
    (mine / "calc.py").write_text("def add(a, b):\n    return 0  # a try of mine\n")
    (mine / "test_calc.py").unlink()
    (mine / "staged.py").write_text("x = 1\n")
    git(mine, "add", "staged.py")
    (mine / "notes.txt").write_text("not tracked\n")
    before, status = state(mine), git(mine, "status", "--porcelain")
    ended = run(world, "--repo", ".", "-", stdin=REQUEST, cwd=mine / "docs", PATCHFERRY_COMMIT_AUTHOR="Bot <b@c.org>",
                PATCHFERRY_SIGN_OFF="true")  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "Your uncommitted changes are left alone, and the model does not see them." in steps(ended)
    assert "a try of mine" not in world.model.calls[0].text
    assert (state(mine), git(mine, "status", "--porcelain")) == (before, status)
    (branch,) = branches(mine)
    assert git(mine, "log", "-1", "--format=%an <%ae>", branch) == "Bot <b@c.org>\n"
    assert "Requested-by: Ada\n" in git(mine, "log", "-1", "--format=%B", branch)
    assert "Signed-off-by: Bot <b@c.org>\n" in git(mine, "log", "-1", "--format=%B", branch)
    assert git(mine, "diff", "--name-only", "work", branch) == "calc.py\n"


def test_a_linked_work_tree_gets_its_branch_as_json(world: World, mine: Path, tmp_path: Path) -> None:
    git(mine, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    before = state(mine), state(tmp_path / "side")
    ended = run(world, "--repo", str(tmp_path / "side"), REQUEST, "-o", "json", GITHUB_TOKEN="")
    assert ended.returncode == 0, ended.stderr
    said = result(ended)
    assert (said["outcome"], said["dry_run"], said["url"], said["planned"]) == ("branched", False, None, [])
    assert git(mine, "rev-parse", said["branch"]).strip() == said["sha"] == said["report"]["head"]
    assert git(mine, "rev-parse", f"{said['branch']}~").strip() == said["report"]["base"]
    assert (state(mine), state(tmp_path / "side")) == before


def test_a_dry_run_makes_no_branch(world: World, mine: Path) -> None:
    everything = {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()}
    ended = run(world, "--repo", "mine", REQUEST, "--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert DIFF in ended.stdout
    assert "Dry run: nothing was written." in ended.stderr
    assert {path: path.read_bytes() for path in mine.rglob("*") if path.is_file()} == everything


def test_an_issue_of_the_origin_is_read_with_the_comments_of_those_who_may_write(
    make_world: MakeWorld, mine: Path
) -> None:
    world = make_world([FIX, FIX])
    issue = world.issue()
    for author in ("alice", "mallory", BOT):
        issue.comment(author, f"a word from {author}")
    git(mine, "remote", "add", "origin", world.repository.clone_url)
    ended = run(world, "--repo", "mine", "--issue", str(issue.number))
    assert ended.returncode == 0, ended.stderr
    (branch,) = branches(mine)
    assert branch.startswith(f"patchferry/issue-{issue.number}-")
    assert f"add() is wrong\n\nFixes #{issue.number}\n" in git(mine, "log", "-1", "--format=%B", branch)
    assert "a word from alice" in world.model.calls[0].text
    assert f"a word from {BOT}" in world.model.calls[0].text
    assert "a word from mallory" not in world.model.calls[0].text

    git(mine, "branch", "-D", branch)
    git(mine, "remote", "set-url", "origin", "git@github-of-work:ada/fork.git")
    refused = run(world, "--repo", "mine", "--issue", str(issue.number))
    assert refused.returncode == 1
    assert f"has no remote on 127.0.0.1: name the issue by owner/repo#{issue.number}" in refused.stderr
    named = run(world, "--repo", "mine", f"acme/shop#{issue.number}", GITHUB_TOKEN="")
    assert named.returncode == 0, named.stderr
    assert any(step.startswith("Comments are left out") for step in steps(named))
    (other,) = branches(mine)
    assert other.startswith("patchferry/task-")
    assert "Fixes" not in git(mine, "log", "-1", "--format=%B", other)
    assert world.github.writes() == []


def test_what_cannot_be_worked_on_is_one_sentence_and_costs_nothing(world: World, mine: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    git(tmp_path, "init", "--quiet", "new")
    git(tmp_path, "clone", "--quiet", "--bare", str(mine), "bare")
    git(tmp_path, "clone", "--quiet", str(mine), "detached")
    git(tmp_path / "detached", "checkout", "--quiet", "--detach")
    git(mine, "branch", "patchferry")
    for folder, code, says in (
        ("plain", 1, "plain is not in a git repository; give the path of one"),
        ("new", 1, "has no commit yet; commit something first"),
        ("bare", 1, "bare is a bare repository; give the path of a clone with its files"),
        ("detached", 1, "no branch is checked out"),
        ("mine", 3, "your branch patchferry is in the way of patchferry/task-"),
        ("absent", 2, "absent is no folder here and no repository on http://127.0.0.1"),
    ):
        ended = run(world, "--repo", folder, REQUEST)
        assert (ended.returncode, ended.stdout) == (code, "")
        assert says in ended.stderr
        assert ended.stderr.count("\n") == 1
    assert world.model.calls == []


def test_a_model_that_changes_nothing_is_quoted(make_world: MakeWorld, mine: Path) -> None:
    world = make_world(["It looks right to me."])
    before = state(mine)
    ended = run(world, "--repo", "mine", REQUEST)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-3:] == [
        "patchferry: the model changed nothing",
        "The model said: It looks right to me.",
        "Spent: 1,200 tokens in, 80 out, $0.0000.",
    ]
    assert (state(mine), branches(mine)) == (before, [])


@pytest.mark.usefixtures("mine")
def test_a_diff_is_printed_whatever_the_terminal_can_encode(make_world: MakeWorld) -> None:
    world = make_world([FIX.replace("a + b\n", "a + b  # €\n")])
    ended = run(world, "--repo", "mine", REQUEST, PYTHONIOENCODING="ascii")
    assert ended.returncode == 0, ended.stderr
    assert "+    return a + b  # \\u20ac\n" in ended.stdout
