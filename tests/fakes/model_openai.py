"""OpenAI's wire shapes: https://platform.openai.com/docs/api-reference/chat."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from tests.fakes.model_script import Request, Say, Status, pieces

CONTENT_TYPE = "text/event-stream"
END = "data: [DONE]\n\n"
NO_KEY = "no bearer token"

_CREATED = 1_767_323_045
_PATH = "/chat/completions"
_KNOWN = set(CompletionCreateParamsBase.__annotations__) | {"stream"}
# https://openrouter.ai/docs/api-reference/chat-completion
_OPENROUTER = "/api/v1/"
_OPENROUTERS = {"usage", "models", "route", "provider", "transforms", "plugins", "reasoning"}
_ROLES = {"system", "developer", "user", "assistant", "tool"}


def speaks(path: str) -> bool:
    """Whether a path asks the model something: below any base address, as gateways have their own."""
    return path.endswith(_PATH)


def streams(request: Request) -> bool:
    return bool(request.body.get("stream", False))


def framed(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


def listing(names: Mapping[str, int]) -> dict[str, Any]:
    """The answer of GET /v1/models."""
    data = [{"id": name, "object": "model", "created": _CREATED, "owned_by": "scripted"} for name in names]
    for one in data:
        Model.model_validate(one)
    return {"object": "list", "data": data}


def problems(request: Request) -> list[str]:
    """What in a chat completion request the real server would refuse."""
    known = _KNOWN | (_OPENROUTERS if request.path.startswith(_OPENROUTER) else set())
    found = [f"unknown field {name}" for name in sorted(set(request.body) - known)]
    found += [f"odd message {message}" for message in request.messages if not _plain(message)]
    if not request.headers.get("authorization", "").startswith("Bearer "):
        found.append(NO_KEY)
    return found


def answer(request: Request, say: Say) -> Iterator[dict[str, Any]]:
    """The events of a streamed answer; the usage comes last and only when it was asked for."""
    yield chunk(request, {"role": "assistant", "content": ""})
    for piece in pieces(say.text):
        yield fragment(request, piece)
    yield chunk(request, {}, finish=say.finish)
    asked = (request.body.get("stream_options") or {}).get("include_usage")
    if asked and say.tokens:
        last = chunk(request, {}) | {"choices": [], "usage": _usage(say.tokens)}
        ChatCompletionChunk.model_validate(last)
        last["usage"] |= dict(say.odd)
        yield last


def fragment(request: Request, piece: str) -> dict[str, Any]:
    """One event with a piece of the answer."""
    return chunk(request, {"content": piece})


def chunk(request: Request, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    """One event of a stream, checked by the official client's own model of it."""
    event = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": _CREATED,
        "model": request.model,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}],
    }
    ChatCompletionChunk.model_validate(event)
    return event


def whole(request: Request, say: Say) -> dict[str, Any]:
    """The answer to a request with `stream` false."""
    message = {"role": "assistant", "content": say.text, "refusal": None}
    answer: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": _CREATED,
        "model": request.model,
        "choices": [{"index": 0, "message": message, "finish_reason": say.finish, "logprobs": None}],
    }
    if say.tokens:
        answer["usage"] = _usage(say.tokens)
    ChatCompletion.model_validate(answer)
    return answer


def error(status: Status) -> dict[str, Any]:
    """The body of an HTTP error."""
    kind = {401: "authentication_error", 404: "invalid_request_error", 429: "rate_limit_error"}
    word = kind.get(status.status, "server_error" if status.status >= 500 else "invalid_request_error")
    return {"error": {"message": status.message, "type": word, "param": None, "code": status.code}}


def _usage(tokens: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}


def _plain(message: Mapping[str, Any]) -> bool:
    return message.get("role") in _ROLES and isinstance(message.get("content"), str)
