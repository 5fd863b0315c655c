"""`patchferry run` on GitHub, as a person types it: real Aider and git, and no broker."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.e2e.by_hand import result, run, steps
from tests.e2e.conftest import MakeWorld
from tests.e2e.world import BOT, FIX, World
from tests.fakes.model_script import Status

FIXED = "def add(a, b):\n    return a + b\n"
DIFF = "-    return a - b\n+    return a + b\n"


def test_an_issue_becomes_a_pull_request_whose_address_is_the_result(world: World) -> None:
    issue = world.issue()
    ended = run(world, f"acme/shop#{issue.number}")
    assert ended.returncode == 0, ended.stderr
    (pull_request,) = world.repository.pull_requests
    assert ended.stdout == f"{pull_request.url}\n"
    assert world.repository.read_file(pull_request.head_branch, "calc.py") == FIXED
    assert pull_request.url in world.status(issue).body
    assert f"Requested-by: {BOT}\n" in world.repository.log(pull_request.head_branch)[0].message
    assert steps(ended) == [
        f"Working on acme/shop#{issue.number} with ollama_chat/scripted:1b.",
        "The issue tells that work has begun.",
        "Cloned main at SHA.",
        "Asking the model, which sees 2 of 2 files: calc.py, test_calc.py.",
        "The model has answered: 1,200 tokens in, 80 out.",
        "The change: 1 file, +1 -1 lines.",
        f"Pushed the branch patchferry/issue-{issue.number}-SHA.",
        f"Opened pull request #{pull_request.number}.",
    ]
    assert "1,200 tokens in, 80 out" in ended.stderr.splitlines()[-1]


def test_an_open_pull_request_is_the_answer_and_a_closed_one_makes_room_for_a_new_attempt(
    make_world: MakeWorld,
) -> None:
    world = make_world([FIX, FIX])
    address = f"{world.repository.html_url}/issues/{world.issue().number}"
    first = result(run(world, address, "-o", "json"))
    again = run(world, address, "-o", "json")
    assert again.returncode == 0, again.stderr
    assert result(again)["url"] == first["url"]
    assert (result(again)["outcome"], result(again)["report"]) == ("opened", None)
    assert f"There is a pull request for it already: {first['url']}" in again.stderr
    assert len(world.model.calls) == 1

    world.repository.pull_requests[0].close()
    new = result(run(world, address, "-o", "json"))
    assert new["number"] != first["number"]
    assert new["branch"] != first["branch"]
    assert len(world.model.calls) == 2


def test_a_program_gets_all_of_it_as_json(world: World) -> None:
    ended = run(world, f"acme/shop#{world.issue().number}", "-o", "json", "--model", "ollama_chat/scripted:1b",
                PATCHFERRY_MODEL="ollama_chat/absent:1b")  # fmt: skip
    found = result(ended)
    (pull_request,) = world.repository.pull_requests
    branch = pull_request.head_branch
    assert {name: found[name] for name in ("outcome", "dry_run", "url", "number", "branch", "sha")} == {
        "outcome": "opened",
        "dry_run": False,
        "url": pull_request.url,
        "number": pull_request.number,
        "branch": branch,
        "sha": world.repository.branches()[branch],
    }
    assert DIFF in found["diff"]
    assert found["report"]["model"] == "ollama_chat/scripted:1b"
    assert found["usage"] == {"tokens_in": 1200, "tokens_out": 80, "calls": 1, "cost_usd": 0.0}
    assert (found["planned"], found["reason"], found["sentence"]) == ([], None, None)


def test_a_dry_run_of_a_public_issue_needs_no_token_and_writes_nothing(make_world: MakeWorld) -> None:
    world = make_world([FIX, FIX])
    issue = world.issue()
    ended = run(world, f"acme/shop#{issue.number}", "--dry-run", GITHUB_TOKEN="")
    assert ended.returncode == 0, ended.stderr
    assert DIFF in ended.stdout
    assert re.findall(r"^  (\S+) +(?:/repos/acme/shop/)?(\S+?)(?:-[0-9a-f]{8})?:", ended.stdout, re.MULTILINE) == [
        ("POST", f"issues/{issue.number}/reactions"),
        ("POST", f"issues/{issue.number}/comments"),
        ("PUSH", f"refs/heads/patchferry/issue-{issue.number}"),
        ("POST", "pulls"),
        ("PATCH", "issues/comments/0"),
    ]
    assert "Dry run: nothing was written." in ended.stderr
    assert "Pushed" not in ended.stderr
    assert world.github.writes() == []
    assert world.our_branches() == []

    stranger = run(world, f"acme/shop#{issue.number}", "--dry-run", "-o", "json",
                   GITHUB_TOKEN=world.github.token_for("mallory"))  # fmt: skip
    assert (result(stranger)["dry_run"], result(stranger)["url"], result(stranger)["sha"]) == (True, None, None)
    assert "Requested by @mallory" in result(stranger)["planned"][3]["body"]
    assert world.github.writes() == []


def test_a_private_repository_without_a_token_is_one_sentence(world: World) -> None:
    world.repository.private = True
    ended = run(world, f"acme/shop#{world.issue().number}", "--dry-run", GITHUB_TOKEN="")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == ("patchferry: there is no public repository acme/shop: set GITHUB_TOKEN if it is private\n")


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "says"),
    [
        (["acme/shop#1"], {"GITHUB_TOKEN": ""}, 3, "GITHUB_TOKEN is not set: only --dry-run works without it"),
        (["acme/shop#1"], {"PATCHFERRY_MODEL": ""}, 3, "PATCHFERRY_MODEL is not set"),
        (["acme/shop#1"], {"GITHUB_TOKEN": "ghp_" + "x" * 36}, 3, "GitHub does not accept the token (401)"),
        (["acme/shop#99"], {}, 1, "issue acme/shop#99 does not exist, or the token may not see it"),
        (["acme/typo#1"], {}, 1, "the repository acme/typo does not exist, or the token may not see it"),
        (["acme/shop"], {}, 2, "acme/shop names no issue; write owner/repo#12"),
        (["acme/shop#1", "--model", "two words"], {}, 2, "Invalid value for --model: must be one name"),
        (["acme/shop#1", "--model", ""], {}, 2, "Invalid value for --model: name a model"),
        (["acme/shop#1", "--issue", "0"], {}, 2, "0 is not in the range x>=1"),
    ],
)
def test_what_is_wrong_is_one_sentence_before_anything_is_written(
    world: World, arguments: list[str], changes: dict[str, Any], code: int, says: str
) -> None:
    world.issue()
    ended = run(world, *arguments, **changes)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert world.github.writes() == []
    assert world.model.calls == []


def test_who_may_not_write_is_told_so_and_nobody_else_is(world: World) -> None:
    issue = world.issue()
    ended = run(world, f"acme/shop#{issue.number}", GITHUB_TOKEN=world.github.token_for("mallory"))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == ("patchferry: mallory has no write access to acme/shop: only --dry-run works without it\n")
    assert world.github.writes() == []
    assert world.model.calls == []


def test_a_text_from_the_standard_input_becomes_a_pull_request_of_its_own(world: World) -> None:
    ended = run(world, "--repo", "acme/shop", "-", stdin="# Add instead of subtract\n\nIn calc.py, with ünits.\n")
    assert ended.returncode == 0, ended.stderr
    (pull_request,) = world.repository.pull_requests
    assert pull_request.title == "Add instead of subtract"
    assert pull_request.head_branch.startswith("patchferry/task-")
    assert "with ünits." in world.model.calls[0].text


def test_a_model_that_is_down_ends_the_run_and_the_comment_says_so(make_world: MakeWorld) -> None:
    world = make_world(lambda _request: Status(500, "boom"))
    issue = world.issue()
    ended = run(world, f"acme/shop#{issue.number}", "-o", "json")
    assert ended.returncode == 1
    assert (result(ended)["outcome"], result(ended)["reason"]) == ("failed", "model_unavailable")
    assert ended.stderr.splitlines()[-1] == f"patchferry: {result(ended)['sentence']}"
    assert "❌ Gave up after 1 attempt:" in world.status(issue).body
    assert world.our_branches() == []


def test_a_model_that_is_not_there_is_code_3(world: World) -> None:
    issue = world.issue()
    ended = run(world, f"acme/shop#{issue.number}", PATCHFERRY_MODEL="ollama_chat/absent:1b")
    assert ended.returncode == 3
    assert "ollama pull absent:1b" in ended.stderr.splitlines()[-1]
    assert "❌ No pull request" in world.status(issue).body


def test_json_logs_are_for_who_asks_for_them(make_world: MakeWorld) -> None:
    world = make_world(["I would rather not."])
    issue = world.issue()
    ended = run(world, f"acme/shop#{issue.number}", PATCHFERRY_LOG_FORMAT="json")
    assert ended.returncode == 1
    assert {"begun", "permitted", "cloned", "edited"} <= set(ended.events())
    assert {line["kind"] for line in ended.log} == {"quickfix"}
