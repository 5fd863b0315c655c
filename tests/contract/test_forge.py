"""What every forge does: the fake, PyGithub against the stand-in, and the real GitHub under `make test-live`."""

from collections.abc import Iterator

import pytest

from tests.contract.forge_worlds import WORLDS, World
from worker.errors import Reason, Refused, Retry
from worker.ports import PullRequest


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with request.param() as made:
        yield made


def open_pull_request(world: World, branch: str, *, draft: bool = False) -> PullRequest:
    return world.forge.create_pull_request(
        world.repository,
        head=branch,
        base=world.forge.repository(world.repository).default_branch,
        title="fix: rounding",
        body="Fixes #1\n\nünïcode 👀",
        draft=draft,
    )


def test_the_repository_says_its_default_branch_and_where_to_clone(world: World) -> None:
    found = world.forge.repository(world.repository)
    assert found.name == world.repository
    assert found.default_branch
    assert found.clone_url.endswith(f"/{world.repository}.git")
    assert not found.archived


def test_names_of_repositories_ignore_case(world: World) -> None:
    assert world.forge.repository(world.repository.upper()).name == world.repository


def test_a_repository_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.forge.repository(f"{world.repository}-that-is-not-there")
    assert refused.value.reason is Reason.REPOSITORY


def test_we_may_write_and_nobody_else_of_that_name(world: World) -> None:
    assert world.forge.may_write(world.repository, world.forge.login())
    assert not world.forge.may_write(world.repository, "nobody-has-this-name-x7q")


def test_an_issue_is_read_as_it_was_written(world: World) -> None:
    number = world.add_issue("Rounding", "1.5 → 2\n\n👀")
    issue = world.forge.issue(world.repository, number)
    assert (issue.number, issue.title, issue.body) == (number, "Rounding", "1.5 → 2\n\n👀")
    assert (issue.open, issue.locked, issue.is_pull_request) == (True, False, False)
    assert issue.url.endswith(f"/{world.repository}/issues/{number}")


def test_an_issue_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.forge.issue(world.repository, 99_999_999)
    assert refused.value.reason is Reason.ISSUE


def test_comments_come_oldest_first_and_ours_is_among_them(world: World) -> None:
    number = world.add_issue("Rounding", "")
    world.comment(number, "first")
    ours = world.forge.create_comment(world.repository, number, "second 👀")
    world.comment(number, "third")
    found = world.forge.comments(world.repository, number)
    assert [comment.body for comment in found] == ["first", "second 👀", "third"]
    assert found[1] == ours
    assert ours.author == world.forge.login()
    assert ours.created_at.tzinfo is not None


def test_a_comment_is_edited_in_place(world: World) -> None:
    number = world.add_issue("Rounding", "")
    ours = world.forge.create_comment(world.repository, number, "working")
    world.forge.edit_comment(world.repository, ours.id, "done")
    assert world.stored(number) == ["done"]


def test_a_comment_that_is_gone_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.forge.edit_comment(world.repository, 1, "done")
    assert refused.value.reason is Reason.ISSUE


def test_no_comment_goes_to_an_issue_that_is_not_there(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.forge.create_comment(world.repository, 99_999_999, "hello")
    assert refused.value.reason is Reason.ISSUE


def test_a_text_that_is_too_long_is_refused_before_it_is_sent(world: World) -> None:
    number = world.add_issue("Rounding", "")
    world.forge.create_comment(world.repository, number, "x" * 65_536)
    with pytest.raises(Refused) as refused:
        world.forge.create_comment(world.repository, number, "x" * 65_537)
    assert refused.value.reason is Reason.TOO_LARGE
    assert len(world.stored(number)) == 1


def test_reacting_twice_has_one_effect(world: World) -> None:
    number = world.add_issue("Rounding", "")
    world.forge.react(world.repository, number)
    world.forge.react(world.repository, number)
    assert world.eyes(number) == 1


def test_branches_are_found_by_the_beginning_of_their_names(world: World) -> None:
    stem = world.name("patchferry/issue-1-")
    sha = world.push(f"{stem}aaaa", "a.txt", "one")
    world.push(world.name("patchferry/issue-11-bbbb"), "b.txt", "two")
    found = world.forge.branches(world.repository, stem)
    assert [(branch.name, branch.sha) for branch in found] == [(f"{stem}aaaa", sha)]
    assert not world.forge.branches(world.repository, world.name("nothing"))


def test_a_commit_tells_its_message_parents_and_files(world: World) -> None:
    main = world.forge.repository(world.repository).default_branch
    base = next(one for one in world.forge.branches(world.repository, main) if one.name == main)
    message = "fix: rounding\n\nPatchferry-Task: 0123456789abcdef"
    sha = world.push(world.name("fix"), "new.txt", message)
    commit = world.forge.commit(world.repository, sha)
    assert (commit.sha, commit.message, commit.parents) == (sha, message, (base.sha,))
    assert [path.endswith("new.txt") for path in commit.files] == [True]
    assert (commit.added, commit.deleted) == (1, 0)


def test_a_commit_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(Refused):
        world.forge.commit(world.repository, "0" * 40)


def test_a_pull_request_is_opened_and_found_by_its_branch(world: World) -> None:
    branch = world.name("patchferry/issue-1-aaaa")
    sha = world.push(branch, "a.txt", "fix")
    opened = open_pull_request(world, branch)
    assert (opened.title, opened.body, opened.author) == (
        "fix: rounding",
        "Fixes #1\n\nünïcode 👀",
        world.forge.login(),
    )
    assert (opened.head_branch, opened.head_sha, opened.head_repository) == (branch, sha, world.repository)
    assert (opened.state, opened.merged, opened.draft) == ("open", False, False)
    assert opened.url.endswith(f"/{world.repository}/pull/{opened.number}")
    assert world.forge.pull_requests(world.repository, head=branch) == [opened]
    assert not world.forge.pull_requests(world.repository, head=f"{branch}-other")


def test_the_number_of_a_pull_request_is_no_issue(world: World) -> None:
    branch = world.name("fix")
    world.push(branch, "a.txt", "fix")
    opened = open_pull_request(world, branch)
    assert world.forge.issue(world.repository, opened.number).is_pull_request


def test_a_pull_request_that_exists_is_returned_instead_of_a_second(world: World) -> None:
    branch = world.name("fix")
    world.push(branch, "a.txt", "fix")
    first = open_pull_request(world, branch)
    assert open_pull_request(world, branch) == first
    assert len(world.forge.pull_requests(world.repository, head=branch)) == 1


def test_pull_requests_are_chosen_by_state_newest_first(world: World) -> None:
    branch = world.name("fix")
    world.push(branch, "a.txt", "fix")
    first = open_pull_request(world, branch)
    world.close(first.number)
    second = open_pull_request(world, branch)
    found = world.forge.pull_requests(world.repository, head=branch)
    assert [(one.number, one.state) for one in found] == [(second.number, "open"), (first.number, "closed")]
    by_state = [world.forge.pull_requests(world.repository, head=branch, state=state) for state in ("open", "closed")]
    assert [[one.number for one in ones] for ones in by_state] == [[second.number], [first.number]]


def test_a_branch_with_nothing_new_makes_no_pull_request(world: World) -> None:
    branch = world.name("nothing-new")
    world.branch_at_default(branch)
    with pytest.raises(Refused) as refused:
        open_pull_request(world, branch)
    assert refused.value.reason is Reason.NO_CHANGE


def test_a_branch_that_has_not_arrived_is_waited_for(world: World) -> None:
    with pytest.raises(Retry):
        open_pull_request(world, world.name("not-pushed"))
