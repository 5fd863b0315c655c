"""The question to an Ollama server before anything is cloned: typed and in time, whatever answers there."""

from __future__ import annotations

import time
import zlib

import pytest

from tests.fakes.model import NAME, ScriptedModel
from tests.fakes.model_script import Drop, Hang, Raw, Status, Step
from worker.errors import Reason, Refused, Retry
from worker.llm import ollama

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BOMB = zlib.compress(b"\0" * 50_000_000)
KEY = {"OLLAMA_API_KEY": "ollama-key"}


@pytest.mark.parametrize(
    "shown",
    [
        Hang(),
        Drop(),
        Raw(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y", 0.02),
        Raw(HEAD + b"\r\n", b" ", 0.02),
        Raw(b"HTTP/1.1 200 OK\r\n", b"X-Another: " + b"y" * 1_000 + b"\r\n"),
    ],
)
def test_a_server_that_does_not_answer_is_left_in_time(shown: Step) -> None:
    began = time.monotonic()
    with ScriptedModel([], shown=shown) as model, pytest.raises(Retry) as retry:
        ollama.inspect(NAME, model.ollama_url, KEY, timeout=0.5)
    assert time.monotonic() - began < 2
    assert retry.value.reason is Reason.MODEL_UNAVAILABLE


@pytest.mark.parametrize(
    "shown",
    [
        Raw(HEAD + b"\r\n", b" " * 65_536),
        Raw(HEAD + b"Content-Encoding: deflate\r\n\r\n" + BOMB),
        Raw(HEAD + b"Content-Length: 8\r\n\r\n[[[[[[[["),
    ],
)
def test_what_is_no_ollama_server_is_told_without_reading_on(shown: Step) -> None:
    with ScriptedModel([], shown=shown) as model, pytest.raises(Refused) as refused:
        ollama.inspect(NAME, model.ollama_url, KEY, timeout=5)
    assert refused.value.reason is Reason.CONFIGURATION
    assert "not an Ollama server" in refused.value.sentence


def test_a_redirect_does_not_take_the_key_along() -> None:
    with ScriptedModel([]) as elsewhere:
        moved = Status(308, location=f"{elsewhere.ollama_url}/api/show")
        with ScriptedModel([], shown=moved) as model, pytest.raises(Refused) as refused:
            ollama.inspect(NAME, model.ollama_url, KEY, timeout=5)
        assert not elsewhere.requests
    assert refused.value.reason is Reason.CONFIGURATION
    assert "OLLAMA_API_BASE" in refused.value.sentence
