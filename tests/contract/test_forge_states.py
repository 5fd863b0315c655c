"""What a forge does when the repository, the issue or the connection is not as one wishes; fake and stand-in."""

from collections.abc import Callable, Iterator

import pytest

from tests.contract.forge_http import BOT
from tests.contract.forge_worlds import OUR_WORLDS, OurWorld
from worker.errors import Reason, Refused, Retry
from worker.ports import PullRequest


@pytest.fixture(params=OUR_WORLDS)
def world(request: pytest.FixtureRequest) -> Iterator[OurWorld]:
    with request.param() as made:
        yield made


def open_pull_request(world: OurWorld, branch: str, *, draft: bool = False) -> PullRequest:
    return world.forge.create_pull_request(
        world.repository, head=branch, base="main", title="fix: rounding", body="Fixes #1", draft=draft
    )


@pytest.mark.parametrize(
    ("role", "may"), [("admin", True), ("maintain", True), ("write", True), ("triage", False), ("read", False)]
)
def test_who_has_write_access_may_ask(world: OurWorld, role: str, *, may: bool) -> None:
    world.grant("eve", role)
    assert world.forge.may_write(world.repository, "eve") is may
    assert world.forge.may_write(world.repository, "EVE") is may


def test_more_comments_than_a_page_are_all_read_in_order(world: OurWorld) -> None:
    number = world.add_issue("Rounding", "")
    for index in range(230):
        world.comment(number, f"comment {index}")
    found = world.forge.comments(world.repository, number)
    assert [comment.body for comment in found] == [f"comment {index}" for index in range(230)]


def test_more_branches_than_a_page_are_all_read(world: OurWorld) -> None:
    names = [f"many/{index:03}" for index in range(120)]
    for name in names:
        world.branch_at_default(name)
    assert [branch.name for branch in world.forge.branches(world.repository, "many/")] == names


def test_a_renamed_repository_is_refused_with_its_new_name_for_reads_and_writes(world: OurWorld) -> None:
    number = world.add_issue("Rounding", "")
    comment = world.forge.create_comment(world.repository, number, "before")
    world.push("fix", "a.txt", "fix")
    world.rename("acme/store")
    calls: list[Callable[[], object]] = [
        lambda: world.forge.repository(world.repository),
        lambda: world.forge.may_write(world.repository, BOT),
        lambda: world.forge.comments(world.repository, number),
        lambda: world.forge.create_comment(world.repository, number, "lost?"),
        lambda: world.forge.edit_comment(world.repository, comment.id, "lost?"),
        lambda: world.forge.react(world.repository, number),
        lambda: open_pull_request(world, "fix"),
    ]
    for call in calls:
        with pytest.raises(Refused, match=r"renamed.* acme/store; use the new name") as refused:
            call()
        assert refused.value.reason is Reason.REPOSITORY
    assert world.stored(number) == ["before"]
    assert world.eyes(number) == 0


def test_an_archived_repository_is_read_and_not_written(world: OurWorld) -> None:
    number = world.add_issue("Rounding", "")
    world.archive()
    assert world.forge.repository(world.repository).archived
    assert world.forge.issue(world.repository, number).open
    with pytest.raises(Refused, match="archived") as refused:
        world.forge.create_comment(world.repository, number, "hello")
    assert refused.value.reason is Reason.REPOSITORY


def test_a_locked_issue_says_so_and_takes_no_comment_from_outside(world: OurWorld) -> None:
    number = world.add_issue("Rounding", "")
    world.grant(BOT, "read")
    world.lock(number)
    assert world.forge.issue(world.repository, number).locked
    with pytest.raises(Refused, match="is locked") as refused:
        world.forge.create_comment(world.repository, number, "hello")
    assert refused.value.reason is Reason.ISSUE
    assert world.stored(number) == []


def test_a_deleted_issue_is_refused(world: OurWorld) -> None:
    number = world.add_issue("Rounding", "")
    world.delete(number)
    with pytest.raises(Refused) as refused:
        world.forge.issue(world.repository, number)
    assert refused.value.reason is Reason.ISSUE


def test_an_empty_repository_is_refused_with_advice(world: OurWorld) -> None:
    world.empty()
    with pytest.raises(Refused, match="is empty") as refused:
        world.forge.branches(world.repository, "patchferry/")
    assert refused.value.reason is Reason.REPOSITORY


def test_a_draft_is_a_draft(world: OurWorld) -> None:
    world.push("fix", "a.txt", "fix")
    assert open_pull_request(world, "fix", draft=True).draft


def test_where_the_plan_has_no_drafts_an_ordinary_pull_request_is_opened(world: OurWorld) -> None:
    world.push("fix", "a.txt", "fix")
    world.forbid_drafts()
    opened = open_pull_request(world, "fix", draft=True)
    assert not opened.draft
    assert world.forge.pull_requests(world.repository, head="fix") == [opened]


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_comment_answered_by_502_is_not_repeated(world: OurWorld, *, after_effect: bool) -> None:
    number = world.add_issue("Rounding", "")
    world.break_call("create_comment", after_effect=after_effect)
    with pytest.raises(Retry) as retry:
        world.forge.create_comment(world.repository, number, "hello")
    assert retry.value.reason is Reason.FORGE_UNAVAILABLE
    assert world.stored(number) == ["hello"] * after_effect
    assert [comment.body for comment in world.forge.comments(world.repository, number)] == world.stored(number)


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_pull_request_answered_by_502_is_not_repeated_and_can_be_looked_up(
    world: OurWorld, *, after_effect: bool
) -> None:
    world.push("fix", "a.txt", "fix")
    world.break_call("create_pull_request", after_effect=after_effect)
    with pytest.raises(Retry):
        open_pull_request(world, "fix")
    assert len(world.forge.pull_requests(world.repository, head="fix")) == after_effect
    opened = open_pull_request(world, "fix")
    assert world.forge.pull_requests(world.repository, head="fix") == [opened]


def test_an_edit_answered_by_502_is_not_repeated(world: OurWorld) -> None:
    number = world.add_issue("Rounding", "")
    comment = world.forge.create_comment(world.repository, number, "before")
    world.break_call("edit_comment", after_effect=False)
    with pytest.raises(Retry):
        world.forge.edit_comment(world.repository, comment.id, "after")
    assert world.stored(number) == ["before"]


def test_a_reaction_answered_by_502_is_not_repeated(world: OurWorld) -> None:
    number = world.add_issue("Rounding", "")
    world.break_call("react", after_effect=False)
    with pytest.raises(Retry):
        world.forge.react(world.repository, number)
    assert world.eyes(number) == 0
