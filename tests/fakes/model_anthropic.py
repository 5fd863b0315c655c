"""Anthropic's wire shapes: https://docs.anthropic.com/en/api/messages and …/messages-streaming."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.fakes.model_script import Request, Say, Status, pieces

CONTENT_TYPE = "text/event-stream"
END = ""

_REQUIRED = {"model", "messages", "max_tokens"}
_KNOWN = _REQUIRED | {"system", "stream", "temperature", "top_p", "top_k", "stop_sequences", "metadata", "thinking"}
_ENDS = {"stop": "end_turn", "length": "max_tokens"}
_ERRORS = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def speaks(path: str) -> bool:
    """Whether a path asks the model something: below any base address, as gateways have their own."""
    return path.endswith("/v1/messages")


def streams(request: Request) -> bool:
    return bool(request.body.get("stream", False))


def framed(event: dict[str, Any]) -> str:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"


def problems(request: Request) -> list[str]:
    """What in a request the real server would refuse."""
    found = [f"unknown field {name}" for name in sorted(set(request.body) - _KNOWN)]
    found += [f"no {name}" for name in sorted(_REQUIRED - set(request.body))]
    roles = [message.get("role") for message in request.messages]
    # Turns begin with the user and alternate; the system prompt is a field of its own.
    if roles != [("user", "assistant")[at % 2] for at in range(len(roles))]:
        found.append(f"odd roles {roles}")
    found += [f"no {name}" for name in ("x-api-key", "anthropic-version") if not request.headers.get(name)]
    return found


def answer(request: Request, say: Say) -> Iterator[dict[str, Any]]:
    """The events of a streamed answer; the prompt is counted in the first, the answer in the last but one."""
    yield {"type": "message_start", "message": _message(request, say, [], None, answered=1)}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    yield {"type": "ping"}
    for piece in pieces(say.text):
        yield fragment(request, piece)
    yield {"type": "content_block_stop", "index": 0}
    count = {"output_tokens": say.tokens[1]} if say.tokens else {}
    end = {"stop_reason": _ENDS.get(say.finish, say.finish), "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": count | dict(say.odd)}
    yield {"type": "message_stop"}


def fragment(_request: Request, piece: str) -> dict[str, Any]:
    """One event with a piece of the answer."""
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}


def whole(request: Request, say: Say) -> dict[str, Any]:
    """The answer to a request with `stream` false."""
    content = [{"type": "text", "text": say.text}]
    return _message(
        request, say, content, _ENDS.get(say.finish, say.finish), answered=say.tokens[1] if say.tokens else 0
    )


def error(status: Status) -> dict[str, Any]:
    """The body of an HTTP error."""
    word = _ERRORS.get(status.status, "api_error" if status.status >= 500 else "invalid_request_error")
    return {"type": "error", "error": {"type": word, "message": status.message}}


def _message(
    request: Request, say: Say, content: Sequence[Mapping[str, Any]], end: str | None, *, answered: int
) -> dict[str, Any]:
    usage = {"input_tokens": say.tokens[0] if say.tokens else 0, "output_tokens": answered}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": content,
        "stop_reason": end,
        "stop_sequence": None,
        "usage": usage | dict(say.odd),
    }
