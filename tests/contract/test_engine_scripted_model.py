"""The scripted model against the official clients of both protocols, and its own strictness."""

from __future__ import annotations

import httpx
import ollama
import openai
import pytest

from tests.fakes.model import NAME, ScriptedModel
from tests.fakes.model_script import Cut, Drop, Say, Status

TEXT = "Ein längerer Text, der in mehreren Stücken kommt. " * 3
QUESTION = [{"role": "user", "content": "Why?"}]


def client(model: ScriptedModel) -> openai.OpenAI:
    return openai.OpenAI(base_url=model.openai_url, api_key="key", max_retries=0)


def chat(model: ScriptedModel, name: str = NAME) -> str | None:
    with ollama.Client(model.ollama_url) as server:
        content: str | None = server.chat(name, QUESTION).message.content
    return content


def test_azures_client_reads_a_streamed_answer() -> None:
    with (
        ScriptedModel([TEXT], models={"mine": 8_192}) as model,
        openai.AzureOpenAI(azure_endpoint=model.ollama_url, api_key="key", api_version="2024-10-21") as server,
    ):
        question: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": "Why?"}]
        chunks = list(server.chat.completions.create(model="mine", messages=question, stream=True))
    assert "".join(one.choices[0].delta.content or "" for one in chunks if one.choices) == TEXT
    assert (model.calls[0].headers["api-key"], model.calls[0].query) == ("key", "api-version=2024-10-21")


def test_ollamas_client_reads_every_answer() -> None:
    with (
        ScriptedModel([TEXT] * 4, models={NAME: 8_192}, parameters="num_ctx 4096") as model,
        ollama.Client(model.ollama_url) as server,
    ):
        assert [one.model for one in server.list().models] == [NAME]
        assert [one.context_length for one in server.ps().models] == [8_192]
        assert (server.show(NAME).modelinfo or {})["qwen2.context_length"] == 8_192
        stream = list(server.chat(NAME, QUESTION, stream=True, options={"num_ctx": 2_048}, keep_alive="5m"))
        assert "".join(part.message.content or "" for part in stream) == TEXT
        assert (stream[-1].done_reason, stream[-1].prompt_eval_count, stream[-1].eval_count) == ("stop", 1200, 80)
        assert server.chat(NAME, QUESTION).message.content == TEXT
        assert "".join(part.response or "" for part in server.generate(NAME, "Why?", stream=True)) == TEXT
        assert server.generate(NAME, "Why?").response == TEXT
    assert model.calls[0].options == {"num_ctx": 2_048}
    assert model.calls[0].messages == QUESTION


def test_openais_client_reads_every_answer() -> None:
    with ScriptedModel([TEXT] * 3) as model, client(model) as server:
        assert [one.id for one in server.models.list()] == [NAME]
        question: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": "Why?"}]
        asked = {"include_usage": True}
        chunks = list(
            server.chat.completions.create(model=NAME, messages=question, stream=True, stream_options=asked)  # type: ignore[call-overload]
        )
        assert "".join(one.choices[0].delta.content or "" for one in chunks if one.choices) == TEXT
        assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (1200, 80)
        unasked = list(server.chat.completions.create(model=NAME, messages=question, stream=True))
        assert all(one.usage is None for one in unasked)
        whole = server.chat.completions.create(model=NAME, messages=question)
        assert (whole.choices[0].message.content, whole.choices[0].finish_reason) == (TEXT, "stop")
    assert model.calls[0].headers["authorization"] == "Bearer key"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
def test_both_clients_understand_the_errors(status: int, kind: type[openai.APIStatusError]) -> None:
    with ScriptedModel([Status(status, "no", retry_after="3")] * 2) as model:
        with client(model) as server, pytest.raises(kind) as refused:
            server.chat.completions.create(model=NAME, messages=[])
        assert refused.value.response.headers["retry-after"] == "3"
        with pytest.raises(ollama.ResponseError, match="no") as told:
            chat(model)
        assert told.value.status_code == status


def test_a_model_that_is_not_pulled_is_not_found() -> None:
    with ScriptedModel([]) as model:
        with pytest.raises(ollama.ResponseError, match="not found"):
            chat(model, "other")
        with ollama.Client(model.ollama_url) as server, pytest.raises(ollama.ResponseError, match="not found"):
            server.show("other")


@pytest.mark.parametrize("step", [Drop(), Cut()])
def test_a_lost_connection_is_one(step: Drop | Cut) -> None:
    with (
        ScriptedModel([step]) as model,
        ollama.Client(model.ollama_url) as server,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        list(server.chat(NAME, QUESTION, stream=True))


def test_a_replayed_model_says_the_same_to_every_question() -> None:
    with ScriptedModel.replayed("Same.") as model:
        assert [chat(model) for _ in range(3)] == ["Same."] * 3


@pytest.mark.parametrize(
    ("path", "body", "violation"),
    [
        ("/api/unknown", {}, "unknown request POST /api/unknown"),
        ("/api/chat", {"model": NAME, "messages": [], "surprise": 1}, "unknown field surprise"),
        ("/api/chat", {"model": NAME, "messages": [], "options": {"window": 1}}, "unknown option window"),
        ("/api/chat", {"model": NAME, "messages": [{"role": "boss", "content": "x"}]}, "odd message"),
        ("/v1/chat/completions", {"model": NAME, "messages": [], "num_ctx": 1}, "unknown field num_ctx"),
        ("/v1/chat/completions", {"model": NAME, "messages": []}, "no bearer token"),
        (f"/openai/deployments/{NAME}/chat/completions", {"messages": []}, "no api-version"),
        (f"/openai/deployments/{NAME}/chat/completions", {"messages": []}, "neither an api-key nor a bearer token"),
        ("/v1/messages", {"model": NAME, "messages": []}, "no max_tokens"),
        ("/v1/messages", {"model": NAME, "messages": [{"role": "system", "content": "x"}]}, "odd roles"),
        ("/v1/messages", {"model": NAME, "messages": [], "stream_options": {}}, "unknown field stream_options"),
        ("/v1/messages", {"model": NAME, "messages": []}, "no x-api-key"),
        (f"/v1beta/models/{NAME}:generateContent?key=1", {"contents": []}, "the key is in the address"),
        (f"/v1beta/models/{NAME}:generateContent", {"contents": [{"role": "system"}]}, "odd content"),
        (f"/v1beta/models/{NAME}:streamGenerateContent", {"messages": []}, "unknown field messages"),
    ],
)
def test_what_the_real_server_does_not_know_fails_the_test(path: str, body: dict[str, object], violation: str) -> None:
    with pytest.raises(AssertionError, match=violation), ScriptedModel.replayed("x") as model:
        httpx.post(model.ollama_url + path, json=body)


def test_a_question_beyond_the_script_fails_the_test() -> None:
    model = ScriptedModel([Say("Once.")])
    model.__enter__()
    chat(model)
    with pytest.raises(ollama.ResponseError):
        chat(model)
    with pytest.raises(AssertionError, match="beyond the script"):
        model.__exit__(None, None, None)
