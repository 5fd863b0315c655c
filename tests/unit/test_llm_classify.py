from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from patchferry_engine.classify import classify

MODEL = "openai/gpt-x"


def wrapped(status: int, headers: dict[str, str] | None = None) -> Exception:
    """An HTTP error at the bottom of two others, as litellm raises them."""
    request = httpx.Request("POST", "http://models/v1/chat/completions")
    response = httpx.Response(status, headers=headers, text="secret: sk-123456", request=request)
    try:
        try:
            response.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise RuntimeError(response.text) from error
    except RuntimeError as error:
        outer = ValueError("litellm.APIConnectionError: 500")
        outer.__cause__ = error
        return outer
    raise AssertionError


@pytest.mark.parametrize(
    ("status", "reason", "again"),
    [
        (302, "configuration", False),
        (307, "configuration", False),
        (400, "configuration", False),
        (401, "credentials", False),
        (402, "credentials", False),
        (403, "credentials", False),
        (404, "model_unknown", False),
        (408, "model_unavailable", True),
        (413, "context", False),
        (422, "configuration", False),
        (429, "model_unavailable", True),
        (500, "model_unavailable", True),
        (503, "model_unavailable", True),
        (529, "model_unavailable", True),
    ],
)
def test_the_http_status_decides_whatever_was_wrapped_around_it(status: int, reason: str, *, again: bool) -> None:
    failure = classify(wrapped(status), MODEL, "OPENAI_API_KEY")
    assert (failure.reason, failure.again) == (reason, again)
    assert "sk-123456" not in failure.sentence
    assert ("OPENAI_API_KEY" in failure.sentence) == (status in {400, 401, 403, 422})


def test_both_forms_of_retry_after_are_understood() -> None:
    assert classify(wrapped(429, {"Retry-After": "12"}), MODEL, "OPENAI_API_KEY").after == 12
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    after = classify(wrapped(503, {"Retry-After": date}), MODEL, "OPENAI_API_KEY").after
    assert after == pytest.approx(60, abs=2)
    assert classify(wrapped(429, {"Retry-After": "soon"}), MODEL, "OPENAI_API_KEY").after is None


@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("inf", 86_400),
        ("1e999", 86_400),
        ("9" * 400, 86_400),
        ("Mon, 01 Jan 9000 00:00:00 GMT", 86_400),
        ("nan", 0),
        ("-5", 0),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_a_wait_is_a_day_at_most_whatever_the_header_says(header: str, after: float | None) -> None:
    assert classify(wrapped(503, {"Retry-After": header}), MODEL, "OPENAI_API_KEY").after == after
    assert classify(wrapped(429), MODEL, "OPENAI_API_KEY").after is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ReadTimeout("late"), "in time"),
        (httpx.ConnectError("refused"), "connection"),
        (ConnectionResetError("reset"), "connection"),
        (KeyError("choices"), "no answer"),
    ],
)
def test_without_an_answer_it_is_worth_another_attempt(error: Exception, words: str) -> None:
    failure = classify(error, MODEL, "OPENAI_API_KEY")
    assert (failure.reason, failure.again) == ("model_unavailable", True)
    assert words in failure.sentence


@pytest.mark.parametrize(
    ("module", "package"), [("boto3", "boto3"), ("google", "google-cloud-aiplatform"), ("surprise", "surprise")]
)
def test_a_package_that_is_missing_is_named(module: str, package: str) -> None:
    try:
        try:
            raise ModuleNotFoundError("No module", name=module)
        except ImportError as error:
            raise ValueError("litellm.APIConnectionError") from error
    except ValueError as wrapped_error:
        failure = classify(wrapped_error, MODEL, "AWS_*")
    assert (failure.reason, failure.again) == ("configuration", False)
    assert f"package {package};" in failure.sentence
    assert "PATCHFERRY_ENGINE_PYTHON" in failure.sentence
