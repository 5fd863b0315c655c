import json
import time
import traceback
from email.utils import formatdate

import pytest
import requests
from github.GithubException import BadAttributeException

from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.github.errors import Outage, Rejected, asking, judge, unreachable


def answer(status: int, message: str = "", headers: dict[str, str] | None = None) -> PatchferryError | Rejected:
    return judge("GET /repos/acme/shop", status, headers or {}, json.dumps({"message": message}))


def refusal(status: int, message: str = "", body: str | None = None) -> Refused:
    rejected = judge("POST /x", status, {}, body if body is not None else json.dumps({"message": message}))
    assert isinstance(rejected, Rejected)
    with pytest.raises(Refused) as refused, asking("issue acme/shop#1", Reason.ISSUE):
        raise rejected
    assert refused.value.__cause__ is rejected
    return refused.value


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_an_outage(status: int) -> None:
    judged = answer(status)
    assert isinstance(judged, Outage)
    assert judged.reason is Reason.FORGE_UNAVAILABLE


def test_a_server_error_may_name_its_wait() -> None:
    judged = answer(503, headers={"retry-after": "30"})
    assert isinstance(judged, Outage)
    assert judged.after == 30


def test_bad_credentials_are_refused_as_ours() -> None:
    judged = answer(401, "Bad credentials")
    assert isinstance(judged, Refused)
    assert judged.reason is Reason.CREDENTIALS


@pytest.mark.parametrize("status", [403, 429])
def test_retry_after_says_how_long_a_limit_lasts(status: int) -> None:
    judged = answer(status, headers={"retry-after": "17", "x-ratelimit-remaining": "4000"})
    assert isinstance(judged, Retry)
    assert not isinstance(judged, Outage)
    assert judged.after == 17


def test_retry_after_may_be_a_date() -> None:
    judged = answer(429, headers={"retry-after": formatdate(time.time() + 90, usegmt=True)})
    assert isinstance(judged, Retry)
    assert judged.after == pytest.approx(90, abs=3)


def test_a_spent_limit_lasts_until_its_reset() -> None:
    reset = str(int(time.time()) + 600)
    judged = answer(403, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset})
    assert isinstance(judged, Retry)
    assert judged.after == pytest.approx(600, abs=3)


@pytest.mark.parametrize(
    "message",
    ["You have exceeded a secondary rate limit. Please wait a few minutes.", "You have triggered an abuse detection"],
)
def test_a_limit_without_a_time_is_waited_out_for_a_minute(message: str) -> None:
    judged = answer(403, message)
    assert isinstance(judged, Retry)
    assert judged.after == 60


def test_an_unspent_limit_in_the_headers_is_no_limit() -> None:
    judged = answer(403, "Resource not accessible", {"x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1"})
    assert isinstance(judged, Rejected)
    assert refusal(403, "Resource not accessible").reason is Reason.CREDENTIALS


@pytest.mark.parametrize(
    ("status", "message", "reason", "words"),
    [
        (404, "Not Found", Reason.ISSUE, "does not exist"),
        (409, "Git Repository is empty.", Reason.REPOSITORY, "first commit"),
        (409, "Conflict", Reason.ISSUE, "409"),
        (410, "This issue was deleted", Reason.ISSUE, "was deleted"),
        (451, "Repository access blocked", Reason.REPOSITORY, "legal reasons"),
        (403, "Unable to create comment because issue is locked.", Reason.ISSUE, "locked"),
        (403, "Repository was archived so is read-only.", Reason.REPOSITORY, "archived"),
        (403, "Resource protected by organization SAML enforcement.", Reason.CREDENTIALS, "single sign-on"),
        (403, "Repository access blocked", Reason.REPOSITORY, "blocked"),
        (403, "Must have admin rights to Repository.", Reason.CREDENTIALS, "POST /x"),
        (422, "Validation Failed", Reason.ISSUE, "422"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, message: str, reason: Reason, words: str) -> None:
    refused = refusal(status, message)
    assert refused.reason is reason
    assert words in refused.sentence


@pytest.mark.parametrize(("header", "ending"), [("issues=write", "; it needs issues=write"), ("<b>", "POST /x")])
def test_a_missing_permission_is_named_as_github_names_it(header: str, ending: str) -> None:
    rejected = judge("POST /x", 403, {"x-accepted-github-permissions": header}, "{}")
    with pytest.raises(Refused) as refused, asking("it"):
        raise rejected
    assert refused.value.sentence.endswith(ending)


def test_a_validation_error_names_its_fields() -> None:
    errors = [{"resource": "PullRequest", "field": "base", "code": "invalid"}]
    body = json.dumps({"message": "Validation Failed", "errors": errors})
    assert refusal(422, body=body).sentence.endswith("(base: invalid)")


def test_a_field_that_is_no_identifier_is_left_out() -> None:
    body = json.dumps({"errors": [{"field": "<img src=x>", "code": "custom"}, "a text", None], "message": 5})
    assert refusal(422, body=body).sentence.endswith("status 422")


@pytest.mark.parametrize("body", ["", "<html>", "[1]", '"text"', "null", '{"errors": 7}'])
def test_an_unreadable_error_body_is_judged_by_its_status(body: str) -> None:
    assert refusal(404, body=body).reason is Reason.ISSUE


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500])
def test_no_error_shows_the_body_of_an_answer(status: int) -> None:
    judged = answer(status, "a-secret-in-the-body", {"retry-after": "1"} if status == 429 else None)
    assert "a-secret" not in f"{judged} {judged!r} {judged.__dict__}"


def test_a_value_of_a_wrong_type_is_an_unreadable_answer_and_is_not_shown() -> None:
    with pytest.raises(Retry, match="could not be read") as retry, asking("it"):
        raise BadAttributeException("a-secret", (str, str), None)
    assert "a-secret" not in "".join(traceback.format_exception(retry.value))


def test_a_lost_connection_is_an_outage_that_does_not_show_the_proxy() -> None:
    judged = unreachable(requests.exceptions.ProxyError("http://me:password@proxy"))
    assert isinstance(judged, Outage)
    assert "password" not in str(judged)


def test_a_late_answer_is_an_outage() -> None:
    assert isinstance(unreachable(requests.exceptions.ReadTimeout()), Outage)


@pytest.mark.parametrize("error", [requests.exceptions.InvalidProxyURL("http://:p@"), requests.exceptions.InvalidURL()])
def test_an_address_that_cannot_be_used_is_no_outage(error: requests.RequestException) -> None:
    judged = unreachable(error)
    assert isinstance(judged, Refused)
    assert judged.reason is Reason.CONFIGURATION


def test_a_certificate_that_is_not_trusted_names_the_setting() -> None:
    judged = unreachable(requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"))
    assert isinstance(judged, Refused)
    assert judged.reason is Reason.CONFIGURATION
    assert "SSL_CERT_FILE" in judged.sentence


def test_a_tls_connection_that_broke_is_an_outage() -> None:
    assert isinstance(unreachable(requests.exceptions.SSLError("EOF occurred")), Outage)


@pytest.mark.parametrize("value", ["9" * 400, "Mon, 01 Jan 9000 00:00:00 GMT"])
def test_a_wait_is_a_day_at_most_whatever_the_header_says(value: str) -> None:
    judged = answer(429, headers={"retry-after": value})
    assert isinstance(judged, Retry)
    assert judged.after == 86_400


def test_a_date_that_is_none_is_no_hint() -> None:
    judged = answer(429, headers={"retry-after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"})
    assert isinstance(judged, Retry)
    assert judged.after == 60
