from __future__ import annotations

import json

import pytest

from patchferry_engine.reported import Reported

OLLAMA = {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}


def read(*events: object, head: str = "data: ") -> tuple[Reported, list[bytes | None]]:
    """What is reported after these events, and the lines as they are passed on."""
    reported = Reported()
    return reported, [reported.read((head + json.dumps(event)).encode()) for event in events]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (
            [
                {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": None},
                {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}},
            ],
            Reported(9, 5, 0, "complete"),
        ),
        (
            [{"choices": [], "usage": {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}}}],
            Reported(9, 0, 4, None),
        ),
        ([OLLAMA | {"prompt_eval_count": 9, "eval_count": 5}], Reported(9, 5, 0, "complete")),
        ([OLLAMA | {"done_reason": "load"}], Reported(0, 0, 0, "broken")),
        (
            [
                {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}},
                {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 5}},
            ],
            Reported(9, 5, 0, "length"),
        ),
        (
            [
                {
                    "message": {
                        "usage": {"input_tokens": 9, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 2}
                    }
                }
            ],
            Reported(15, 0, 4, None),
        ),
        (
            [
                {
                    "candidates": [{"finishReason": "SAFETY"}],
                    "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3, "thoughtsTokenCount": 2},
                }
            ],
            Reported(9, 5, 0, "refused"),
        ),
        ([{"choices": [{"delta": {"content": "stop"}, "finish_reason": None}]}], Reported()),
        ([{"choices": [{"finish_reason": "a word of its own"}]}], Reported(end="complete")),
    ],
)
def test_every_providers_counts_and_ends_are_understood(events: list[dict[str, object]], expected: Reported) -> None:
    reported, lines = read(*events)
    assert reported == expected
    assert lines == [f"data: {json.dumps(event)}".encode() for event in events]


@pytest.mark.parametrize("count", [-5, "many", 1.5, True, None, [1], {"a": 1}, 10**18])
def test_a_count_that_is_none_becomes_nothing(count: object) -> None:
    event = {"choices": [], "usage": {"prompt_tokens": count, "completion_tokens": 5}}
    reported, (line,) = read(event)
    assert (reported.prompt, reported.answer) == (0, 5)
    assert line == b'data: {"choices": [], "usage": {"prompt_tokens": 0, "completion_tokens": 5}}'


def test_the_counts_are_mended_wherever_they_stand() -> None:
    _, lines = read(
        {"usage": "x"},
        {"usage": {"prompt_tokens_details": "x"}},
        {"usage": {"completion_tokens_details": {"reasoning_tokens": -1}}},
        {"message": {"usage": {"input_tokens": "9"}}},
        {"prompt_eval_count": -1, "done": True},
        head="",
    )
    assert [json.loads(line or b"") for line in lines] == [
        {"usage": None},
        {"usage": {"prompt_tokens_details": None}},
        {"usage": {"completion_tokens_details": {"reasoning_tokens": 0}}},
        {"message": {"usage": {"input_tokens": 0}}},
        {"prompt_eval_count": 0, "done": True},
    ]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b": a comment",
        b"event: message_stop",
        b"data: {broken",
        b"data: 3",
        b"<html>{}</html>",
        b'["usage"]',
        b'data: {"a":' * 100_000,
    ],
)
def test_a_line_that_is_no_event_is_told_apart(line: bytes) -> None:
    reported = Reported()
    assert reported.read(line) is None
    assert reported == Reported()


def test_the_word_that_ends_a_stream_is_passed_on() -> None:
    assert Reported().read(b"data: [DONE]") == b"data: [DONE]"
