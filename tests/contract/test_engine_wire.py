"""The Engine port on the real Aider: what a broken or hostile server can send, and what it counts."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from tests.contract.engine_world import (
    FIX,
    FIXED,
    GREETING,
    EngineOn,
    contents,
    edit,
    on_ollama,
    on_openai,
    plant,
)
from tests.fakes.model import ScriptedModel
from tests.fakes.model_script import Raw, Say, Status, Step
from worker.errors import Reason, Refused, Retry
from worker.usage import Usage

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
BOMB = zlib.compress(b"\0" * 10_000_000)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "tree", {"greet.py": GREETING})


@pytest.mark.parametrize(
    ("engine_on", "step", "reason", "words"),
    [
        (on_ollama, Say("again and " * 1_000), Reason.MALFORMED, "repeated"),
        (on_openai, Say("again and " * 1_000), Reason.MALFORMED, "repeated"),
        (on_openai, Say("Half of it.", finish="content_filter"), Reason.ENGINE, "content policy"),
        (on_openai, Raw(HEAD + b"\r\n", b"x" * 65_536), Reason.MALFORMED, "does not end"),
        (
            on_ollama,
            Raw(HEAD + b"Content-Encoding: deflate\r\n\r\n" + BOMB),
            Reason.CONFIGURATION,
            "compresses",
        ),
    ],
)
def test_an_answer_that_can_only_get_worse_is_refused_at_once(
    tree: Path, engine_on: EngineOn, step: Step, reason: Reason, words: str
) -> None:
    with ScriptedModel([step]) as model, pytest.raises(Refused) as refused:
        edit(engine_on(model), tree)
    assert refused.value.reason is reason
    assert words in refused.value.sentence
    assert refused.value.usage is not None
    assert refused.value.usage.calls == 1
    # What was read of an answer has been paid for.
    assert (refused.value.usage.tokens_in > 500) == isinstance(step, Say)
    assert contents(tree) == {"greet.py": GREETING}


@pytest.mark.parametrize("engine_on", [on_ollama, on_openai])
def test_a_redirect_does_not_take_the_key_and_the_code_along(tree: Path, engine_on: EngineOn) -> None:
    with ScriptedModel([]) as elsewhere, ScriptedModel([Status(307, location=elsewhere.openai_url)]) as model:
        with pytest.raises(Refused) as refused:
            edit(engine_on(model), tree)
        assert not elsewhere.requests
    assert refused.value.reason is Reason.CONFIGURATION
    assert "redirects" in refused.value.sentence


@pytest.mark.parametrize(
    ("engine_on", "step"),
    [
        (on_openai, Raw(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y", 0.01)),
        (on_ollama, Raw(HEAD + b"\r\n", b" ", 0.01)),
    ],
)
def test_bytes_that_trickle_do_not_extend_the_time(tree: Path, engine_on: EngineOn, step: Step) -> None:
    with ScriptedModel([step]) as model, pytest.raises(Retry) as retry:
        edit(engine_on(model, model_timeout=1.0), tree)
    assert retry.value.reason is Reason.MODEL_UNAVAILABLE
    assert retry.value.usage == Usage(0, 0, 1, 0.0 if engine_on is on_ollama else None)


@pytest.mark.parametrize("engine_on", [on_ollama, on_openai])
def test_garbage_is_asked_for_again_and_what_comes_then_counts(tree: Path, engine_on: EngineOn) -> None:
    page = Raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>")
    with ScriptedModel([page, Raw(HEAD + b'\r\ndata: {"choices": [\n\n'), FIX]) as model:
        result = edit(engine_on(model), tree)
    assert contents(tree) == {"greet.py": FIXED}
    assert (result.usage.calls, result.usage.tokens_in, result.usage.tokens_out) == (3, 1200, 80)


@pytest.mark.parametrize(
    ("engine_on", "odd"),
    [
        (on_ollama, {"prompt_eval_count": "many", "eval_count": -7}),
        (on_openai, {"prompt_tokens": -5, "completion_tokens": "many", "prompt_tokens_details": {"cached_tokens": []}}),
        (on_openai, {"prompt_tokens": 10**9, "completion_tokens": 10**6}),
    ],
)
def test_a_count_that_cannot_be_true_is_replaced_by_our_estimate(
    tree: Path, engine_on: EngineOn, odd: dict[str, object]
) -> None:
    with ScriptedModel([Say(FIX, odd=odd)]) as model:
        usage = edit(engine_on(model), tree).usage
    assert contents(tree) == {"greet.py": FIXED}
    assert usage.calls == 1
    assert 500 < usage.tokens_in < 5_000
    assert 20 < usage.tokens_out < 80
