"""What the GitHub adapter says of itself, what it costs, and what it never shows."""

import logging
import time
import traceback
from collections.abc import Callable, Iterator

import pytest

from tests.contract.forge_http import BOT, REPOSITORY, HttpWorld, http_world, raised, read_everything
from worker.errors import PatchferryError, Reason, Retry
from worker.github.forge import GitHubForge
from worker.github.tokens import StaticToken


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with http_world() as made:
        yield made


def everything_in(error: PatchferryError) -> str:
    """The traceback with the local variables of each frame, as an error tracker would send it."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def test_what_is_public_is_read_without_a_token(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    world.comment(number, "hello")
    forge = world.connect(None)
    assert forge.issue(REPOSITORY, number).title == "Rounding"
    assert [comment.body for comment in forge.comments(REPOSITORY, number)] == ["hello"]
    assert not forge.branches(REPOSITORY, "patchferry/")
    assert all("authorization" not in one.request.headers for one in world.github.requests)


def test_what_needs_a_name_is_refused_without_a_request(world: HttpWorld) -> None:
    forge = world.connect(None)
    calls: list[Callable[[], object]] = [
        forge.login,
        lambda: forge.may_write(REPOSITORY, BOT),
        lambda: forge.create_comment(REPOSITORY, 1, "hello"),
        lambda: forge.edit_comment(REPOSITORY, 1, "hello"),
        lambda: forge.react(REPOSITORY, 1),
    ]
    assert {raised(call).reason for call in calls} == {Reason.CREDENTIALS}
    assert world.github.requests == []


def test_every_request_says_who_we_are_and_which_api_we_mean(world: HttpWorld) -> None:
    read_everything(world, world.add_issue("Rounding", ""))
    for exchange in world.github.requests:
        assert exchange.request.headers["user-agent"].startswith("patchferry/")
        assert exchange.request.headers["x-github-api-version"] == "2022-11-28"
        assert exchange.request.headers["accept"] == "application/vnd.github+json"


def test_a_whole_quickfix_costs_eleven_requests(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    read_everything(world, number)
    assert not world.forge.branches(REPOSITORY, "patchferry/issue-1-")
    assert not world.forge.pull_requests(REPOSITORY, head="fix")
    world.forge.react(REPOSITORY, number)
    status = world.forge.create_comment(REPOSITORY, number, "working")
    world.push("fix", "a.txt", "fix")
    world.forge.create_pull_request(REPOSITORY, head="fix", base="main", title="t", body="b", draft=True)
    world.forge.edit_comment(REPOSITORY, status.id, "done")
    world.forge.login()
    assert len(world.github.requests) == 11


def test_the_environment_decides_nothing(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    assert world.connect(world.token).repository(REPOSITORY).name == REPOSITORY


def test_a_proxy_that_is_down_is_an_outage_that_hides_its_password(world: HttpWorld) -> None:
    forge = GitHubForge(world.github.url, None, proxy="http://me:hunter2@127.0.0.1:9", sleep=world.slept.append)
    error = raised(lambda: forge.repository(REPOSITORY))
    assert isinstance(error, Retry)
    assert "hunter2" not in "".join(traceback.format_exception(error))


def test_the_proxy_is_not_used_for_the_hosts_that_are_excepted(world: HttpWorld) -> None:
    forge = GitHubForge(world.github.url, None, proxy="http://127.0.0.1:9", no_proxy="localhost, 127.0.0.1")
    assert forge.repository(REPOSITORY).name == REPOSITORY


def test_a_token_shows_in_no_error_no_representation_and_no_log(
    world: HttpWorld, caplog: pytest.LogCaptureFixture
) -> None:
    number = world.add_issue("Rounding", "")
    for name in (None, "github", "github.Requester", "urllib3"):
        caplog.set_level(logging.DEBUG, logger=name)
    forge = world.connect(world.token)
    shown = [repr(forge), repr(vars(forge))]
    for status in (401, 403, 404, 410, 422, 429, 451, 500):
        world.github.fail("POST", ".*/comments", status=status, body={"message": f"no {world.token}"})
        error = raised(lambda: forge.create_comment(REPOSITORY, number, "hello"))
        shown += [everything_in(error), repr(error), repr(vars(error))]
    world.github.hang_up("POST", ".*/comments")
    shown.append(everything_in(raised(lambda: forge.create_comment(REPOSITORY, number, "hello"))))
    world.state.rename("acme/store")
    shown.append(everything_in(raised(lambda: forge.create_comment(REPOSITORY, number, "hello"))))
    world.state.rename(REPOSITORY)
    forge.create_comment(REPOSITORY, number, "hello")
    world.github.violations.clear()  # some of these are not what GitHub would answer there
    assert world.token not in "\n".join(shown)
    assert world.token not in caplog.text
    assert "hello" not in caplog.text


def test_the_token_is_masked_even_in_the_log_that_we_switch_off(
    world: HttpWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="github.Requester")
    world.forge.repository(REPOSITORY)
    assert "Bearer ***" in caplog.text
    assert world.token not in caplog.text


def test_waiting_for_a_turn_can_be_cut_off(world: HttpWorld) -> None:
    class CutShort(Exception):
        pass

    def stop(_: float) -> None:
        raise CutShort

    number = world.add_issue("Rounding", "")
    forge = GitHubForge(world.github.url, StaticToken(world.token), write_pause=60, sleep=stop)
    started = time.monotonic()
    forge.create_comment(REPOSITORY, number, "one")
    with pytest.raises(CutShort):
        forge.create_comment(REPOSITORY, number, "two")
    assert time.monotonic() - started < 10
    assert world.stored(number) == ["one"]
