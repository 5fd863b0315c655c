"""Failures that a test plans: before the effect, after it, and in the middle."""

from __future__ import annotations

import subprocess
import sys
import time

import httpx
import pytest

from tests.contract.github_stand_in.conftest import client
from tests.fakes.github import GitHub, Repository
from tests.fakes.github.exchange import Exchange

ANY_COMMENTS = r"/repos/.*/comments"
COMMENTS = "/repos/acme/shop/issues/1/comments"


def post(api: httpx.Client, body: str = "hello") -> httpx.Response:
    return api.post(COMMENTS, json={"body": body})


def test_a_failure_before_the_effect_leaves_nothing(github: GitHub, api: httpx.Client, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    fault = github.fail("POST", ANY_COMMENTS, status=502)
    assert [post(api).status_code for _ in range(2)] == [502, 201]
    assert (len(issue.comments), fault.met) == (1, 1)


def test_a_failure_after_the_effect_leaves_the_effect(github: GitHub, api: httpx.Client, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    github.fail("POST", ANY_COMMENTS, status=502, after_effect=True)
    failed = post(api)
    assert (failed.status_code, failed.headers["Content-Type"], len(issue.comments)) == (502, "text/html", 1)


def test_a_failure_may_skip_some_and_last(github: GitHub, api: httpx.Client, shop: Repository) -> None:
    shop.add_issue("Wrong sum")
    github.fail("POST", ANY_COMMENTS, status=503, skip=1, times=2)
    assert [post(api).status_code for _ in range(4)] == [201, 503, 503, 201]
    github.fail("GET", COMMENTS, status=500, times=None)
    assert {api.get(COMMENTS).status_code for _ in range(5)} == {500}


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_connection_is_closed_without_an_answer(
    github: GitHub, api: httpx.Client, shop: Repository, *, after_effect: bool
) -> None:
    issue = shop.add_issue("Wrong sum")
    github.hang_up("POST", ANY_COMMENTS, after_effect=after_effect)
    with pytest.raises(httpx.RemoteProtocolError):
        post(api)
    assert len(issue.comments) == after_effect
    assert github.requests[-1].status is None


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_slow_answer_meets_an_impatient_client(
    github: GitHub, api: httpx.Client, shop: Repository, *, after_effect: bool
) -> None:
    issue = shop.add_issue("Wrong sum")
    github.slow_down("POST", ANY_COMMENTS, 60, after_effect=after_effect)
    with pytest.raises(httpx.ReadTimeout):
        api.post(COMMENTS, json={"body": "hello"}, timeout=0.2)
    assert len(issue.comments) == after_effect
    started = time.monotonic()
    github.close()
    assert time.monotonic() - started < 1


def test_limits_carry_the_headers_of_github(github: GitHub, api: httpx.Client, shop: Repository) -> None:
    shop.add_issue("Wrong sum")
    github.limit("POST", ANY_COMMENTS, "secondary", retry_after=7)
    github.limit("POST", ANY_COMMENTS, "secondary", retry_after=None)
    github.limit("POST", ANY_COMMENTS, "too_many", retry_after=9)
    github.limit("POST", ANY_COMMENTS, "primary", retry_after=60)
    secondary, bare, too_many, primary = (post(api) for _ in range(4))
    assert (secondary.status_code, secondary.headers["Retry-After"]) == (403, "7")
    assert (bare.status_code, "Retry-After" in bare.headers) == (403, False)
    assert "secondary rate limit" in bare.json()["message"]
    assert (too_many.status_code, too_many.headers["Retry-After"]) == (429, "9")
    assert (primary.status_code, primary.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert 50 < int(primary.headers["X-RateLimit-Reset"]) - time.time() <= 60


def test_something_may_happen_while_a_client_waits(github: GitHub, api: httpx.Client, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    seen: list[Exchange] = []

    def close(exchange: Exchange) -> None:
        seen.append(exchange)
        issue.close()

    github.interrupt("GET", r"/repos/acme/shop/issues/1", close, skip=1)
    assert [api.get("/repos/acme/shop/issues/1").json()["state"] for _ in range(3)] == ["open", "closed", "closed"]
    assert [one.path for one in seen] == ["/repos/acme/shop/issues/1"]


def test_every_request_is_recorded_as_it_came(github: GitHub, api: httpx.Client, shop: Repository, token: str) -> None:
    shop.add_issue("Wrong sum")
    api.get("/repos/acme/shop")
    post(api, "hello")
    assert [str(one) for one in github.requests] == [
        "#1 GET /repos/acme/shop -> 200",
        f"#2 POST {COMMENTS} -> 201",
    ]
    [write] = github.writes()
    assert write.body == {"body": "hello"}
    assert write.request.headers["authorization"] == f"Bearer {token}"
    assert write.answer
    assert write.answer.body["body"] == "hello"


def test_several_processes_use_it_at_once(github: GitHub, shop: Repository, token: str) -> None:
    issue = shop.add_issue("Wrong sum")
    program = """
import sys, urllib.request
url, token = sys.argv[1:]
for _ in range(5):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, b'{"body": "hello"}', headers)).close()
"""
    argv = [sys.executable, "-I", "-c", program, github.url + COMMENTS, token]
    children = [subprocess.Popen(argv) for _ in range(3)]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    assert len(issue.comments) == 15


def test_it_starts_and_stops_in_a_moment_and_leaves_nothing(github: GitHub) -> None:
    started = time.monotonic()
    with GitHub() as other, client(other, other.token_for("bot")) as api:
        assert api.get("/user").status_code == 200
    assert time.monotonic() - started < 0.5
    assert other.url != github.url
    with pytest.raises(httpx.ConnectError), client(other) as api:
        api.get("/user")
