"""A message goes into the queue, and a pull request comes out: real broker, real worker, real Aider, real git."""

from __future__ import annotations

from tests.e2e.conftest import MakeWorld
from tests.e2e.world import BOT, FIX, World
from tests.fakes.model_script import Status


def test_an_issue_becomes_a_draft_pull_request_and_the_status_comment_links_it(world: World) -> None:
    issue = world.issue()
    task = world.ask(issue)

    ended = world.work()

    (pull_request,) = world.repository.pull_requests
    branch = f"patchferry/issue-{issue.number}-{task[:8]}"
    assert pull_request.draft
    assert pull_request.head_ref == branch
    assert world.repository.read_file(branch, "calc.py") == "def add(a, b):\n    return a + b\n"
    assert pull_request.body.startswith(f"Fixes #{issue.number}\n")
    assert "none: no tests were run" in pull_request.body
    assert pull_request.html_url in world.status(issue).body
    assert [reaction.content for reaction in issue.reactions] == ["eyes"]
    (commit, *_) = world.repository.log(branch)
    assert f"Patchferry-Task: {task}\nRequested-by: alice\n" in commit.message
    steps = ["permitted", "announced", "cloned", "files chosen", "edited", "diff accepted", "committed", "pushed",
             "pull request opened", "settled"]  # fmt: skip
    assert [event for event in ended.events(task) if event in steps] == steps
