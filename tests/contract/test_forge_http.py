"""How the GitHub adapter behaves on the wire: what it repeats, how long it waits, what it costs, what it hides."""

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.contract.forge_worlds import BOT, REPOSITORY, HttpWorld, http_world
from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.github.forge import GitHubForge
from worker.github.tokens import StaticToken
from worker.ports import PullRequest

READS = [".*/issues/[0-9]+", ".*/comments", ".*/permission", ".*/shop", "/user"]


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with http_world() as made:
        yield made


def read_everything(world: HttpWorld, number: int) -> None:
    world.forge.login()
    world.forge.may_write(REPOSITORY, BOT)
    world.forge.repository(REPOSITORY)
    world.forge.issue(REPOSITORY, number)
    world.forge.comments(REPOSITORY, number)


def open_pull_request(world: HttpWorld, head: str) -> PullRequest:
    return world.forge.create_pull_request(REPOSITORY, head=head, base="main", title="t", body="b", draft=False)


def raised(call: Callable[[], object]) -> PatchferryError:
    with pytest.raises(PatchferryError) as error:
        call()
    return error.value


def everything_in(error: PatchferryError) -> str:
    """The traceback with the local variables of each frame, as an error tracker would send it."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


# --- repeats and waits


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


# --- the permission


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


# --- answers that are not what was asked for


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


def test_a_comment_that_was_made_elsewhere_is_not_taken_for_ours(world: HttpWorld) -> None:
    here, there = world.add_issue("Rounding", ""), world.add_issue("Other", "")
    made = world.forge.create_comment(REPOSITORY, there, "hello")
    answer = world.github.requests[-1].answer
    assert answer is not None
    world.github.fail("POST", f".*/issues/{here}/comments", status=201, body=answer.body)
    assert isinstance(raised(lambda: world.forge.create_comment(REPOSITORY, here, "hello")), Retry)
    assert made.id


def test_a_pull_request_of_another_branch_or_base_is_not_taken_for_ours(world: HttpWorld) -> None:
    world.state.commit({"a.txt": "fix"}, branch="fix")
    world.state.commit({"a.txt": "other"}, branch="other")
    open_pull_request(world, "other")
    answer = world.github.requests[-1].answer
    assert answer is not None
    elsewhere = {**answer.body["base"], "repo": {**answer.body["base"]["repo"], "full_name": "eve/shop"}}
    bodies = [answer.body, {**answer.body, "head": {**answer.body["head"], "ref": "fix"}, "base": elsewhere}]
    for body in bodies:
        world.github.fail("POST", ".*/pulls", status=201, body=body)
        assert isinstance(raised(partial(open_pull_request, world, "fix")), Retry)


def test_an_edit_that_hit_another_comment_is_not_taken_for_ours(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    one, two = (world.forge.create_comment(REPOSITORY, number, text) for text in ("one", "two"))
    answer = world.github.requests[-1].answer
    assert answer is not None
    world.github.fail("PATCH", ".*/comments/.*", status=200, body=answer.body)
    assert isinstance(raised(lambda: world.forge.edit_comment(REPOSITORY, one.id, "new")), Retry)
    world.forge.edit_comment(REPOSITORY, two.id, "new")


def test_a_repository_of_another_name_is_renamed_though_github_did_not_redirect(world: HttpWorld) -> None:
    world.forge.repository(REPOSITORY)
    answer = world.github.requests[-1].answer
    assert answer is not None
    world.github.fail("GET", ".*/shop", status=200, body={**answer.body, "full_name": "acme/store"})
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
    answer = world.github.requests[-1].answer
    assert answer is not None
    elsewhere = {**answer.body, "clone_url": "https://evil.example/acme/shop.git"}
    world.github.fail("GET", ".*/shop", status=200, body=elsewhere)
    error = raised(lambda: world.forge.repository(REPOSITORY))
    assert isinstance(error, Refused)
    assert error.reason is Reason.CONFIGURATION


def test_a_next_page_on_another_server_is_not_followed(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    link = {"Link": '<https://evil.example/comments?page=2>; rel="next"'}
    world.comment(number, "one")
    world.forge.comments(REPOSITORY, number)
    answer = world.github.requests[-1].answer
    assert answer is not None
    world.github.fail("GET", ".*/comments", status=200, body=answer.body, headers=link)
    error = raised(lambda: world.forge.comments(REPOSITORY, number))
    assert isinstance(error, Refused)
    assert error.reason is Reason.CONFIGURATION


@pytest.mark.parametrize("name", ["acme", "../user", "acme/..", "acme/shop?x=1", ""])
def test_what_is_no_repository_name_is_not_sent(world: HttpWorld, name: str) -> None:
    assert raised(lambda: world.forge.repository(name)).reason is Reason.REPOSITORY
    assert world.github.requests == []


# --- the template


@pytest.mark.parametrize(
    ("path", "requests"),
    [
        (".github/pull_request_template.md", 3),
        ("PULL_REQUEST_TEMPLATE.md", 2),
        ("pull_request_template.txt", 2),
        ("docs/Pull_Request_Template.md", 3),
    ],
)
def test_the_template_is_found_where_github_finds_it(world: HttpWorld, path: str, requests: int) -> None:
    world.state.commit({path: "the template\n"})
    assert world.forge.pull_request_template(REPOSITORY) == "the template\n"
    assert len(world.github.requests) == requests


def test_the_folder_github_comes_first_and_other_names_do_not_count(world: HttpWorld) -> None:
    world.state.commit({"pull_request_template.md": "root", "docs/pull_request_template.md": "docs"})
    world.state.commit({".github/my_pull_request_template.md": "no", ".github/PULL_REQUEST_TEMPLATE/a.md": "no"})
    assert world.forge.pull_request_template(REPOSITORY) == "root"
    world.state.commit({".github/pull_request_template.md": "github"})
    assert world.forge.pull_request_template(REPOSITORY) == "github"


def test_a_long_template_is_cut_at_20_kb(world: HttpWorld) -> None:
    world.state.commit({"pull_request_template.md": "ü" * 15_000})
    assert world.forge.pull_request_template(REPOSITORY) == "ü" * 10_000


# --- without a token


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


# --- manners and secrets


def test_every_request_says_who_we_are_and_which_api_we_mean(world: HttpWorld) -> None:
    read_everything(world, world.add_issue("Rounding", ""))
    for exchange in world.github.requests:
        assert exchange.request.headers["user-agent"].startswith("patchferry/")
        assert exchange.request.headers["x-github-api-version"] == "2022-11-28"
        assert exchange.request.headers["accept"] == "application/vnd.github+json"


def test_a_whole_quickfix_costs_twelve_requests(world: HttpWorld) -> None:
    number = world.add_issue("Rounding", "")
    read_everything(world, number)
    assert not world.forge.branches(REPOSITORY, "patchferry/issue-1-")
    assert not world.forge.pull_requests(REPOSITORY, head="fix")
    world.forge.react(REPOSITORY, number)
    status = world.forge.create_comment(REPOSITORY, number, "working")
    world.push("fix", "a.txt", "fix")
    assert world.forge.pull_request_template(REPOSITORY) is None
    world.forge.create_pull_request(REPOSITORY, head="fix", base="main", title="t", body="b", draft=True)
    world.forge.edit_comment(REPOSITORY, status.id, "done")
    world.forge.login()
    assert len(world.github.requests) == 12


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
