"""A message goes into the queue, and a pull request comes out: real broker, real worker, real Aider, real git."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import MakeWorld
from tests.e2e.world import FIX, World
from tests.fakes.model_script import Hang, Status

FIXED = "def add(a, b):\n    return a + b\n"
STEPS = ["started", "permitted", "nothing stands yet", "announced", "cloned", "files chosen", "edited",
         "diff accepted", "committed", "pushed", "pull request opened", "ended", "settled"]  # fmt: skip


def edit(path: str, before: str, after: str) -> str:
    """A reply with one edit, in the format that the model is asked for."""
    return f"{path}\n```python\n<<<<<<< SEARCH\n{before}=======\n{after}>>>>>>> REPLACE\n```\n"


def test_an_issue_becomes_a_draft_pull_request_and_the_status_comment_links_it(world: World) -> None:
    issue = world.issue()
    task = world.ask(issue)

    ended = world.work()

    (pull_request,) = world.repository.pull_requests
    branch = f"patchferry/issue-{issue.number}-{task[:8]}"
    assert pull_request.draft
    assert pull_request.head_branch == branch
    assert world.repository.read_file(branch, "calc.py") == FIXED
    assert pull_request.body.startswith(f"Fixes #{issue.number}\n")
    assert "none: no tests were run" in pull_request.body
    assert pull_request.url in world.status(issue).body
    assert [reaction.content for reaction in issue.reactions] == ["eyes"]
    assert f"Patchferry-Task: {task}\nRequested-by: alice\n" in world.repository.log(branch)[0].message
    assert [event for event in ended.events(task) if event in STEPS] == STEPS
    assert world.waiting() == {"tasks": 0, "dead": 0, "retry": 0}


def test_every_log_line_of_a_task_names_it_and_nothing_secret_or_long(world: World) -> None:
    task = world.ask(world.issue(body="the body with a needle"))
    ended = world.work()
    lines = [line for line in ended.log if line["event"] in STEPS]
    assert {(line["task_id"], line["repository"], line["kind"]) for line in lines} == {(task, "acme/shop", "quickfix")}
    assert "needle" not in ended.stderr
    assert "return a + b" not in ended.stderr


def test_two_files_are_changed_in_one_commit(make_world: MakeWorld) -> None:
    reply = edit("calc.py", "    return a - b\n", "    return a + b\n") + edit(
        "test_calc.py", "    assert add(2, 3) == 5\n", "    assert add(2, 3) == 5\n    assert add(1, 1) == 2\n"
    )
    world = make_world([reply])
    world.ask(world.issue())
    world.work()
    (branch,) = world.our_branches()
    assert world.repository.read_file(branch, "calc.py") == FIXED
    assert "add(1, 1)" in (world.repository.read_file(branch, "test_calc.py") or "")
    assert len(world.repository.log(branch)) == 2


def test_a_new_file_lands_in_its_new_folder(make_world: MakeWorld) -> None:
    world = make_world([edit("shop/prices/tax.py", "", "RATE = 0.2\n")], files={"src/app.py": "x = 1\n"})
    world.ask(world.issue("Add a tax rate", "in shop/prices/tax.py"))
    world.work()
    (branch,) = world.our_branches()
    assert world.repository.read_file(branch, "shop/prices/tax.py") == "RATE = 0.2\n"


def test_the_default_branch_is_whatever_the_repository_says(make_world: MakeWorld) -> None:
    world = make_world(default_branch="trunk")
    world.ask(world.issue())
    world.work()
    assert world.repository.pull_requests[0].base_branch == "trunk"


def test_a_malformed_edit_is_corrected_and_counted(make_world: MakeWorld) -> None:
    world = make_world([edit("calc.py", "    return a * b\n", "    return a + b\n"), FIX])
    world.ask(world.issue())
    world.work()
    assert len(world.model.calls) == 2
    assert "| Edit rounds | 2 |" in world.repository.pull_requests[0].body


def test_a_model_that_changes_nothing_ends_in_one_comment_with_its_words(make_world: MakeWorld) -> None:
    world = make_world(["It looks right to me."])
    issue = world.issue()
    world.ask(issue)
    world.work()
    assert world.our_branches() == []
    assert "The model changed nothing" in world.status(issue).body
    assert "It looks right to me." in world.status(issue).body


def test_a_refused_key_costs_one_request_and_is_told(make_world: MakeWorld) -> None:
    world = make_world([Status(401, "Incorrect API key provided", code="invalid_api_key")])
    issue = world.issue()
    world.ask(issue)
    world.work(PATCHFERRY_MODEL="openai/scripted:1b", OPENAI_API_BASE=world.model.openai_url,
               OPENAI_API_KEY="sk-wrong", PATCHFERRY_MODEL_PRICES=str(world.prices()))  # fmt: skip
    assert len(world.model.calls) == 1
    assert "❌ No pull request" in world.status(issue).body
    assert "No pull request: openai/scripted:1b refused our credentials" in world.status(issue).body
    assert "OPENAI_API_KEY" in world.status(issue).body


def test_a_rate_limit_that_passes_does_not_cost_the_task(make_world: MakeWorld) -> None:
    world = make_world([Status(429, "slow down", retry_after="1"), FIX])
    world.ask(world.issue())
    world.work()
    assert len(world.repository.pull_requests) == 1


def test_a_model_that_stays_down_waits_in_the_ladder_and_then_gives_up_into_the_dead_queue(
    make_world: MakeWorld,
) -> None:
    world = make_world(lambda _request: Status(500, "boom"))
    world.delays = (1,)
    issue = world.issue()
    world.ask(issue)
    world.work()
    assert "⏳ Waiting" in world.status(issue).body
    world.work()
    assert "Gave up after 2 attempts" in world.status(issue).body
    assert world.waiting() == {"tasks": 0, "dead": 1, "retry": 0}
    assert world.our_branches() == []


def test_a_model_that_hangs_is_ended_by_the_tasks_deadline(make_world: MakeWorld) -> None:
    world = make_world([Hang()])
    issue = world.issue()
    world.ask(issue)
    world.work(PATCHFERRY_TASK_TIMEOUT="6")
    assert "longer than 6 s (PATCHFERRY_TASK_TIMEOUT)" in world.status(issue).body


def test_a_stranger_is_met_with_silence(world: World) -> None:
    issue = world.issue()
    world.ask(issue, requested_by="mallory")
    world.work()
    assert issue.comments == []
    assert issue.reactions == []
    assert world.model.calls == []
    assert world.github.writes() == []
    assert world.waiting() == {"tasks": 0, "dead": 0, "retry": 0}


def test_a_permission_check_without_an_answer_is_tried_again_and_is_no_refusal(world: World) -> None:
    world.github.fail("GET", r".*/permission", status=502, times=4)
    issue = world.issue()
    world.ask(issue)
    first = world.work()
    assert "waits" in first.events()
    assert issue.comments == []
    world.work()
    assert len(world.repository.pull_requests) == 1


def test_a_token_that_is_refused_leaves_the_task_in_the_dead_queue_and_says_so_in_the_log(world: World) -> None:
    issue = world.issue()
    world.ask(issue)
    world.github.revoke(world.token)
    ended = world.work()
    (line,) = [line for line in ended.log if line["level"] == "error"]
    assert line["event"] == "refused, and nobody can be told"
    assert line["reason"] == "credentials"
    assert "Traceback" not in ended.stderr
    assert issue.comments == []
    assert world.waiting() == {"tasks": 0, "dead": 1, "retry": 0}


def test_a_renamed_repository_is_not_followed(world: World) -> None:
    world.ask(world.issue())
    world.repository.rename("acme/store")
    ended = world.work()
    assert "acme/store" in ended.stderr
    assert world.model.calls == []
    assert world.waiting() == {"tasks": 0, "dead": 1, "retry": 0}


def test_a_repository_that_is_archived_is_told_without_asking_the_model(world: World) -> None:
    issue = world.issue()
    world.ask(issue)
    world.repository.archive()
    ended = world.work()
    assert world.model.calls == []
    assert "archived" in ended.stderr


def test_the_same_message_twice_has_one_effect(world: World) -> None:
    issue = world.issue()
    assert world.ask(issue) == world.ask(issue)
    world.work()
    world.work()
    assert len(world.repository.pull_requests) == 1
    assert len(world.model.calls) == 1
    world.status(issue)


@pytest.mark.parametrize("rubbish", [b"\xff\xfe", b"{}", b'{"kind": "dance"}', b"[" * 1_000, b" " * 1_000_001])
def test_rubbish_is_dead_lettered_and_the_next_message_is_fine(world: World, rubbish: bytes) -> None:
    world.publish(rubbish)
    issue = world.issue()
    world.ask(issue)
    ended = world.work()
    assert "malformed message" in ended.events()
    assert len(world.repository.pull_requests) == 1
    assert world.waiting() == {"tasks": 0, "dead": 1, "retry": 0}


def test_a_kind_without_a_mode_is_kept_in_the_dead_queue(world: World) -> None:
    world.publish(
        b'{"schema": 1, "kind": "refine", "repository": "acme/shop", "pull_request": 45, "requested_by": "alice",'
        b' "instructions": "shorter", "comment_id": 9, "comment_kind": "issue"}'
    )
    world.work()
    assert world.waiting() == {"tasks": 0, "dead": 1, "retry": 0}
    assert world.github.writes() == []
