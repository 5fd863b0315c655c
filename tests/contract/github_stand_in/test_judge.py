"""GitHub's own description is the judge: what does not fit it fails the test in which it happened."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.github_stand_in.conftest import FILES, client
from tests.fakes.github import GitHub
from tests.fakes.github.description import description, lacking
from tests.fakes.github.routing import served

ISSUE = "/repos/acme/shop/issues/1"
COMMENTS = f"{ISSUE}/comments"


@pytest.fixture
def watched() -> GitHub:
    """A GitHub whose violations the test itself expects."""
    github = GitHub()
    github.add_repository("acme/shop", FILES).add_issue("Wrong sum")
    return github


def complaint(github: GitHub, method: str, path: str, **request: Any) -> str:
    """Send one request, end the `with` block, and return what it raised."""
    with pytest.raises(AssertionError) as raised, github, client(github, github.token_for("acme")) as api:
        api.request(method, path, **request)
    assert len(github.violations) == 1
    return str(raised.value)


def answered(github: GitHub, path: str) -> Any:
    with client(github) as api:
        return api.get(path).raise_for_status().json()


def test_a_field_that_github_does_not_have_fails_the_test(watched: GitHub) -> None:
    watched.fail("GET", ISSUE, status=200, body={**answered(watched, ISSUE), "mood": "sunny"})
    assert "'mood' was unexpected" in complaint(watched, "GET", ISSUE)


def test_a_nested_field_that_github_does_not_have_fails_the_test(watched: GitHub) -> None:
    issue = answered(watched, ISSUE)
    issue["user"]["mood"] = "sunny"
    watched.fail("GET", ISSUE, status=200, body=issue)
    assert "'mood' was unexpected" in complaint(watched, "GET", ISSUE)


def test_a_missing_field_fails_the_test(watched: GitHub) -> None:
    issue = answered(watched, ISSUE)
    del issue["number"]
    watched.fail("GET", ISSUE, status=200, body=issue)
    assert "'number' is a required property" in complaint(watched, "GET", ISSUE)


def test_a_field_of_the_wrong_type_fails_the_test(watched: GitHub) -> None:
    watched.fail("GET", ISSUE, status=200, body={**answered(watched, ISSUE), "number": "1"})
    assert "$.number: '1' is not of type 'integer'" in complaint(watched, "GET", ISSUE)


def test_a_date_that_is_none_fails_the_test(watched: GitHub) -> None:
    watched.fail("GET", ISSUE, status=200, body={**answered(watched, ISSUE), "created_at": "yesterday"})
    assert "'yesterday' is not a 'date-time'" in complaint(watched, "GET", ISSUE)


def test_an_unknown_path_fails_the_test(watched: GitHub) -> None:
    assert "has no such operation" in complaint(watched, "GET", "/repos/acme/shop/issue/1")


def test_an_unknown_method_fails_the_test(watched: GitHub) -> None:
    assert "has no such operation" in complaint(watched, "DELETE", ISSUE)


def test_a_status_that_github_does_not_answer_fails_the_test(watched: GitHub) -> None:
    watched.fail("GET", ISSUE, status=418)
    assert "no status 418 for GET /repos/{owner}/{repo}/issues/{issue_number}" in complaint(watched, "GET", ISSUE)


def test_a_status_of_another_operation_fails_the_test(watched: GitHub) -> None:
    watched.fail("GET", ISSUE, status=201, body=answered(watched, ISSUE))
    assert "no status 201" in complaint(watched, "GET", ISSUE)


def test_a_status_that_git_does_not_know_fails_the_test(watched: GitHub) -> None:
    refs = "/acme/shop.git/info/refs"
    watched.fail("GET", refs, status=418)
    assert "no status 418" in complaint(watched, "GET", f"{refs}?service=git-upload-pack")


def test_an_unknown_field_in_a_request_fails_the_test(watched: GitHub) -> None:
    assert "'text' was unexpected" in complaint(watched, "POST", COMMENTS, json={"body": "x", "text": "y"})


def test_a_missing_field_in_a_request_fails_the_test(watched: GitHub) -> None:
    assert "'body' is a required property" in complaint(watched, "POST", COMMENTS, json={})


def test_a_wrong_type_in_a_request_fails_the_test(watched: GitHub) -> None:
    assert "$.body: 7 is not of type 'string'" in complaint(watched, "POST", COMMENTS, json={"body": 7})


def test_a_request_that_is_not_json_fails_the_test(watched: GitHub) -> None:
    assert "not JSON" in complaint(watched, "POST", COMMENTS, content=b"hello")


def test_a_body_where_none_belongs_fails_the_test(watched: GitHub) -> None:
    assert "may not have a body" in complaint(watched, "GET", ISSUE, json={"state": "open"})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("colour=red", "may not have colour"),
        ("state=ajar", "'ajar' is not one of"),
        ("per_page=many", "'many' is not of type 'integer'"),
        ("state=open&state=closed", "may not have state=['open', 'closed']"),
    ],
)
def test_a_wrong_query_fails_the_test(watched: GitHub, query: str, expected: str) -> None:
    assert expected in complaint(watched, "GET", f"/repos/acme/shop/issues?{query}")


def test_another_version_of_the_api_fails_the_test(watched: GitHub) -> None:
    assert "2022-11-28" in complaint(watched, "GET", ISSUE, headers={"X-GitHub-Api-Version": "2026-03-10"})


def test_an_answer_that_is_not_json_fails_the_test(watched: GitHub) -> None:
    watched.fail("GET", ISSUE, status=200, body=b"<html>")
    assert "the answer's body" in complaint(watched, "GET", ISSUE)


def test_a_request_is_judged_though_its_connection_is_closed_unanswered(watched: GitHub) -> None:
    watched.hang_up("POST", COMMENTS)
    objection = pytest.raises(AssertionError, match="'text' was unexpected")
    with objection, watched, client(watched) as api, pytest.raises(httpx.RemoteProtocolError):
        api.post(COMMENTS, json={"body": "x", "text": "y"})


def test_a_bug_of_the_stand_in_fails_the_test(watched: GitHub) -> None:
    def break_down(_: object) -> None:
        raise RuntimeError("a bug")

    watched.interrupt("GET", ISSUE, break_down)
    assert "RuntimeError: a bug" in complaint(watched, "GET", ISSUE)


def test_an_exception_of_the_test_is_not_hidden_by_a_violation(watched: GitHub) -> None:
    with pytest.raises(httpx.HTTPStatusError), watched:
        answered(watched, "/nowhere")
    assert len(watched.violations) == 1


def test_a_parameter_that_the_stand_in_takes_no_notice_of_fails_the_test(watched: GitHub) -> None:
    assert "takes no notice of {'since'}" in complaint(watched, "GET", f"{COMMENTS}?since=2026-01-01T00:00:00Z")


def test_a_page_of_html_is_a_possible_5xx(watched: GitHub) -> None:
    watched.fail("GET", "/repos/acme/shop/pulls/1", status=503)
    with watched, client(watched) as api:
        assert api.get("/repos/acme/shop/pulls/1").status_code == 503


def test_every_described_operation_is_served(watched: GitHub) -> None:
    with watched:
        assert served() == description().names()


def test_what_the_description_lacks_is_listed_with_its_source() -> None:
    for kind in ("addresses", "queries", "fields", "answers"):
        for one in lacking()[kind]:
            assert one["why"]
            assert one["source"].startswith(("https://", "measured with "))
