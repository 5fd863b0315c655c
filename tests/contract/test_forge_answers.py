"""What the GitHub adapter takes for an answer, and what it does not; and where it looks for a template."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.contract.forge_http import BOT, REPOSITORY, HttpWorld, http_world, raised
from worker.errors import Reason, Refused, Retry
from worker.ports import PullRequest


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with http_world() as made:
        yield made


def open_pull_request(world: HttpWorld, head: str) -> PullRequest:
    return world.forge.create_pull_request(REPOSITORY, head=head, base="main", title="t", body="b", draft=False)


def last_answer(world: HttpWorld) -> Any:
    """The body of the answer that GitHub gave last."""
    answer = world.github.requests[-1].answer
    assert answer is not None
    return answer.body


def test_a_revoked_token_is_refused_as_ours_everywhere(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    world.github.revoke(world.token)
    calls: list[Callable[[], object]] = [
        world.forge.login,
        lambda: world.forge.may_write(REPOSITORY, BOT),
        lambda: world.forge.repository(REPOSITORY),
        lambda: world.forge.create_comment(REPOSITORY, number, "hello"),
    ]
    assert {raised(call).reason for call in calls} == {Reason.CREDENTIALS}


def test_a_page_of_something_else_is_not_taken_for_an_answer(world: HttpWorld) -> None:
    world.github.fail("GET", ".*/shop", status=200, body=b"<html>please sign in</html>")
    assert isinstance(raised(lambda: world.forge.repository(REPOSITORY)), Retry)
    world.github.violations.clear()  # that was no GitHub


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_to_another_server_is_not_followed(world: HttpWorld, status: int) -> None:
    location = {"Location": "https://evil.example/repositories/7"}
    world.github.fail("GET", ".*/shop", status=status, headers=location)
    error = raised(lambda: world.forge.repository(REPOSITORY))
    assert isinstance(error, Refused)
    assert error.reason is Reason.CONFIGURATION
    assert len(world.github.requests) == 1
    world.github.violations.clear()  # that was no GitHub


def test_the_sign_in_page_of_a_network_is_not_taken_for_an_answer_about_the_permission(world: HttpWorld) -> None:
    world.github.fail("GET", ".*/permission", status=302, headers={"Location": f"{world.github.url}/sign-in"})
    assert isinstance(raised(lambda: world.forge.may_write(REPOSITORY, BOT)), Retry)
    world.github.violations.clear()  # that was no GitHub


def test_a_comment_that_was_made_elsewhere_is_not_taken_for_ours(world: HttpWorld) -> None:
    here, there = world.add_issue("Rounding", ""), world.add_issue("Other", "")
    made = world.forge.create_comment(REPOSITORY, there, "hello")
    answer = last_answer(world)
    world.github.fail("POST", f".*/issues/{here}/comments", status=201, body=answer)
    assert isinstance(raised(lambda: world.forge.create_comment(REPOSITORY, here, "hello")), Retry)
    assert made.id


def test_a_pull_request_of_another_branch_or_base_is_not_taken_for_ours(world: HttpWorld) -> None:
    world.state.commit({"a.txt": "fix"}, branch="fix")
    world.state.commit({"a.txt": "other"}, branch="other")
    open_pull_request(world, "other")
    answer = last_answer(world)
    elsewhere = {**answer["base"], "repo": {**answer["base"]["repo"], "full_name": "eve/shop"}}
    bodies = [answer, {**answer, "head": {**answer["head"], "ref": "fix"}, "base": elsewhere}]
    for body in bodies:
        world.github.fail("POST", ".*/pulls", status=201, body=body)
        assert isinstance(raised(partial(open_pull_request, world, "fix")), Retry)


def test_an_edit_that_hit_another_comment_is_not_taken_for_ours(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    one, two = (world.forge.create_comment(REPOSITORY, number, text) for text in ("one", "two"))
    answer = last_answer(world)
    world.github.fail("PATCH", ".*/comments/.*", status=200, body=answer)
    assert isinstance(raised(lambda: world.forge.edit_comment(REPOSITORY, one.id, "new")), Retry)
    world.forge.edit_comment(REPOSITORY, two.id, "new")


def test_a_repository_of_another_name_is_renamed_though_github_did_not_redirect(world: HttpWorld) -> None:
    world.forge.repository(REPOSITORY)
    answer = last_answer(world)
    world.github.fail("GET", ".*/shop", status=200, body={**answer, "full_name": "acme/store"})
    error = raised(lambda: world.forge.repository(REPOSITORY))
    assert isinstance(error, Refused)
    assert "renamed to acme/store; use the new name" in error.sentence


def test_pull_requests_are_asked_for_with_the_owner_because_github_ignores_the_filter_without(
    world: HttpWorld,
) -> None:
    world.forge.pull_requests(REPOSITORY, head="patchferry/issue-1-aaaa")
    assert world.github.requests[-1].request.query["head"] == ["acme:patchferry/issue-1-aaaa"]


def test_a_clone_address_of_another_host_is_refused(world: HttpWorld) -> None:
    world.forge.repository(REPOSITORY)
    answer = last_answer(world)
    elsewhere = {**answer, "clone_url": "https://evil.example/acme/shop.git"}
    world.github.fail("GET", ".*/shop", status=200, body=elsewhere)
    error = raised(lambda: world.forge.repository(REPOSITORY))
    assert isinstance(error, Refused)
    assert error.reason is Reason.CONFIGURATION


def test_a_next_page_on_another_server_is_not_followed(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    link = {"Link": '<https://evil.example/comments?page=2>; rel="next"'}
    world.comment(number, "one")
    world.forge.comments(REPOSITORY, number)
    answer = last_answer(world)
    world.github.fail("GET", ".*/comments", status=200, body=answer, headers=link)
    error = raised(lambda: world.forge.comments(REPOSITORY, number))
    assert isinstance(error, Refused)
    assert error.reason is Reason.CONFIGURATION


@pytest.mark.parametrize("name", ["acme", "../user", "acme/..", "acme/shop?x=1", ""])
def test_what_is_no_repository_name_is_not_sent(world: HttpWorld, name: str) -> None:
    assert raised(lambda: world.forge.repository(name)).reason is Reason.REPOSITORY
    assert world.github.requests == []
