"""What the GitHub adapter repeats, how long it waits, and what it leaves to the queue."""

from collections.abc import Iterator

import pytest

from tests.contract.forge_http import BOT, REPOSITORY, HttpWorld, http_world, raised, read_everything
from worker.errors import Reason, Refused, Retry

READS = [".*/issues/[0-9]+", ".*/comments", ".*/permission", ".*/shop", "/user"]


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with http_world() as made:
        yield made


@pytest.mark.parametrize("path", READS)
def test_every_read_is_repeated_through_a_short_outage(world: HttpWorld, path: str) -> None:
    number = world.add_issue("Rounding", "")
    fault = world.github.fail("GET", path, status=502, times=3)
    read_everything(world, number)
    assert fault.met == 3
    assert world.slept == [0.2, 1.0, 3.0]


def test_a_longer_outage_is_left_to_the_queue(world: HttpWorld) -> None:
    fault = world.github.fail("GET", ".*/shop", status=503, times=None)
    error = raised(lambda: world.forge.repository(REPOSITORY))
    assert isinstance(error, Retry)
    assert error.reason is Reason.FORGE_UNAVAILABLE
    assert fault.met == 4


def test_a_read_survives_a_broken_connection(world: HttpWorld) -> None:
    fault = world.github.hang_up("GET", ".*/shop", times=2)
    assert world.forge.repository(REPOSITORY).name == REPOSITORY
    assert fault.met == 2


def test_only_the_page_that_failed_is_read_again(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    for index in range(150):
        world.comment(number, f"comment {index}")
    world.github.fail("GET", ".*[?&]page=2.*")
    assert len(world.forge.comments(REPOSITORY, number)) == 150
    pages = [one for one in world.github.requests if one.path.endswith("/comments")]
    assert [one.status for one in pages] == [200, 502, 200]


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_write_whose_connection_broke_is_sent_once(world: HttpWorld, *, after_effect: bool) -> None:
    number = world.add_issue("Rounding", "")
    world.github.hang_up("POST", ".*/comments", after_effect=after_effect)
    assert isinstance(raised(lambda: world.forge.create_comment(REPOSITORY, number, "hello")), Retry)
    assert len(world.github.writes()) == 1
    assert len(world.stored(number)) == after_effect


def test_a_write_whose_answer_comes_too_late_is_sent_once(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.github.client.TIMEOUT_SECONDS", 0.2)
    number = world.add_issue("Rounding", "")
    world.github.slow_down("POST", ".*/comments", 5, after_effect=True)
    forge = world.connect(world.token)
    assert isinstance(raised(lambda: forge.create_comment(REPOSITORY, number, "hello")), Retry)
    assert world.stored(number) == ["hello"]
    assert [comment.body for comment in forge.comments(REPOSITORY, number)] == ["hello"]


@pytest.mark.parametrize("kind", ["primary", "secondary", "too_many"])
def test_a_limit_goes_to_the_queue_at_once_with_the_wait_that_github_names(world: HttpWorld, kind: str) -> None:
    world.github.limit("GET", ".*/shop", kind, retry_after=600)  # type: ignore[arg-type]
    error = raised(lambda: world.forge.repository(REPOSITORY))
    assert isinstance(error, Retry)
    assert error.after == pytest.approx(600, abs=3)
    assert len(world.github.requests) == 1
    assert world.slept == []


def test_a_limit_on_a_write_is_a_retry_too(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    world.github.limit("POST", ".*/comments", "secondary", retry_after=None)
    error = raised(lambda: world.forge.create_comment(REPOSITORY, number, "hello"))
    assert isinstance(error, Retry)
    assert error.after == 60
    assert world.stored(number) == []


def test_writes_keep_their_pause_and_reads_do_not_wait(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    forge = world.connect(world.token, write_pause=1.0)
    forge.create_comment(REPOSITORY, number, "one")
    forge.comments(REPOSITORY, number)
    assert world.slept == []
    forge.create_comment(REPOSITORY, number, "two")
    assert len(world.slept) == 1
    assert 0.5 < world.slept[0] <= 1.0


@pytest.mark.parametrize("status", [500, 502, 503])
def test_no_answer_about_the_permission_is_never_a_refusal(world: HttpWorld, status: int) -> None:
    world.github.fail("GET", ".*/permission", status=status, times=4)
    assert isinstance(raised(lambda: world.forge.may_write(REPOSITORY, BOT)), Retry)


def test_a_limit_on_the_permission_is_never_a_refusal(world: HttpWorld) -> None:
    world.github.limit("GET", ".*/permission", "secondary", retry_after=5)
    assert isinstance(raised(lambda: world.forge.may_write(REPOSITORY, BOT)), Retry)


def test_a_broken_connection_on_the_permission_is_never_a_refusal(world: HttpWorld) -> None:
    world.github.hang_up("GET", ".*/permission", times=4)
    assert isinstance(raised(lambda: world.forge.may_write(REPOSITORY, BOT)), Retry)


def test_a_token_that_may_not_read_permissions_is_our_failure(world: HttpWorld) -> None:
    world.grant(BOT, "read")
    error = raised(lambda: world.forge.may_write(REPOSITORY, "ada"))
    assert isinstance(error, Refused)
    assert error.reason is Reason.CREDENTIALS
