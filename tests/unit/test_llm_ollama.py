from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import respx

from tests.fakes import model_ollama
from worker.deadline import Deadline
from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.llm import ollama
from worker.llm.aider import AiderEngine
from worker.llm.ollama import OllamaModel

BASE = "http://models:11434"
NAME = "qwen2.5-coder:14b"
SHOW = f"{BASE}/api/show"


def shown(window: int = 32_768, parameters: str = "") -> dict[str, Any]:
    return model_ollama.describe(NAME, window, parameters)


def inspect(variables: dict[str, str] | None = None, base: str = BASE) -> OllamaModel:
    return ollama.inspect(NAME, base, variables or {}, timeout=2)


@respx.mock
@pytest.mark.parametrize(
    ("trained", "parameters", "window"),
    [
        (8_192, "", 8_192),
        (131_072, "", ollama.LARGEST_WINDOW),
        (131_072, 'stop "<|im_end|>"\nnum_ctx                        65536\n', 65_536),
        (8_192, "num_ctx " + "9" * 30, 8_192),
        (8_192, "num_ctx " + "9" * 5_000, 8_192),
        (True, "", ollama.LARGEST_WINDOW),
    ],
)
def test_the_window_is_the_modelfiles_or_the_trained_one_within_reason(
    trained: int, parameters: str, window: int
) -> None:
    route = respx.post(SHOW).respond(json=shown(trained, parameters))
    assert inspect().window == window
    assert json.loads(route.calls.last.request.content) == {"model": NAME}


@respx.mock
def test_the_key_is_sent_when_there_is_one() -> None:
    route = respx.post(SHOW).respond(json=shown())
    inspect({"OLLAMA_API_KEY": "secret-key"})
    inspect()
    assert [call.request.headers.get("authorization") for call in route.calls] == ["Bearer secret-key", None]


@respx.mock
@pytest.mark.parametrize(
    ("answer", "kind", "reason", "words"),
    [
        (httpx.Response(404, json={"error": "no"}), Refused, Reason.MODEL_UNKNOWN, f"ollama pull {NAME}"),
        (httpx.Response(401), Refused, Reason.CREDENTIALS, "OLLAMA_API_KEY"),
        (httpx.Response(502), Retry, Reason.MODEL_UNAVAILABLE, "HTTP 502"),
        (httpx.Response(200, text="<html>"), Refused, Reason.CONFIGURATION, "not an Ollama server"),
        (httpx.Response(200, json=[]), Refused, Reason.CONFIGURATION, "not an Ollama server"),
        (httpx.Response(200, text="null"), Refused, Reason.CONFIGURATION, "not an Ollama server"),
        (httpx.Response(200, text="[" * 100_000), Refused, Reason.CONFIGURATION, "not an Ollama server"),
        (httpx.Response(200, json={"hello": 1}), Refused, Reason.CONFIGURATION, "not an Ollama server"),
        (httpx.ConnectError("refused"), Retry, Reason.MODEL_UNAVAILABLE, "models:11434"),
        (httpx.ReadTimeout("late"), Retry, Reason.MODEL_UNAVAILABLE, "models:11434"),
        (httpx.RemoteProtocolError("odd"), Retry, Reason.MODEL_UNAVAILABLE, "OLLAMA_API_BASE"),
    ],
)
def test_what_is_wrong_is_told_by_its_consequence(
    answer: httpx.Response | Exception, kind: type[PatchferryError], reason: Reason, words: str
) -> None:
    respx.post(SHOW).mock(side_effect=[answer])
    with pytest.raises(kind) as failed:
        inspect()
    assert failed.value.reason is reason
    assert words in failed.value.sentence


@respx.mock
def test_a_model_that_only_makes_embeddings_is_refused() -> None:
    respx.post(SHOW).respond(json=shown() | {"capabilities": ["embedding"]})
    with pytest.raises(Refused, match="cannot chat"):
        inspect()


@respx.mock
def test_a_password_in_the_address_is_not_repeated() -> None:
    respx.post("http://models:11434/api/show").mock(side_effect=httpx.ConnectError("refused"))
    with pytest.raises(Retry) as retry:
        inspect(base="http://user:hunter22@models:11434")
    assert "hunter22" not in retry.value.sentence


@respx.mock
def test_the_engines_check_asks_the_server_and_spends_nothing() -> None:
    route = respx.post(SHOW).respond(404, json={"error": "model not found"})
    engine = AiderEngine(model=f"ollama_chat/{NAME}", provider_environment={"OLLAMA_API_BASE": BASE})
    with pytest.raises(Refused) as refused:
        engine.check(Deadline(5))
    assert refused.value.reason is Reason.MODEL_UNKNOWN
    assert route.call_count == 1


@respx.mock
def test_the_engines_check_asks_no_other_provider() -> None:
    AiderEngine(model="openai/gpt-5", provider_environment={"OPENAI_API_KEY": "key"}).check(Deadline(5))
    assert not respx.calls
