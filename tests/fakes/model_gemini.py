"""The Gemini API's wire shapes: https://ai.google.dev/api/generate-content."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.model_script import Request, Say, Status, pieces

CONTENT_TYPE = "text/event-stream"
END = ""

_PATH = re.compile(r".*/models/[^/]+:(streamGenerateContent|generateContent)")
_KNOWN = {
    "contents",
    "tools",
    "toolConfig",
    "safetySettings",
    "systemInstruction",
    "system_instruction",
    "generationConfig",
    "cachedContent",
    "labels",
}
_ENDS = {"stop": "STOP", "length": "MAX_TOKENS"}
_ERRORS = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}


def speaks(path: str) -> bool:
    """The model stands in the path."""
    return bool(_PATH.fullmatch(path))


def streams(request: Request) -> bool:
    return request.path.endswith(":streamGenerateContent")


def framed(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\r\n\r\n"


def problems(request: Request) -> list[str]:
    """What in a request the real server would refuse, and a key in the address, which every proxy logs."""
    found = [f"unknown field {name}" for name in sorted(set(request.body) - _KNOWN)]
    found += [f"odd content {one}" for one in request.body.get("contents", ()) if not _plain(one)]
    if not request.headers.get("x-goog-api-key"):
        found.append("no x-goog-api-key")
    if "key=" in request.query:
        found.append("the key is in the address")
    if streams(request) and "alt=sse" not in request.query:
        found.append("a stream that is no event stream")
    return found


def answer(request: Request, say: Say) -> Iterator[dict[str, Any]]:
    """The events of a streamed answer, the last one with the reason of its end."""
    *firsts, last = pieces(say.text)
    for piece in firsts:
        yield fragment(request, piece)
    yield whole(request, Say(last, say.tokens, say.finish, say.odd))


def fragment(request: Request, piece: str) -> dict[str, Any]:
    """One event with a piece of the answer."""
    content = {"role": "model", "parts": [{"text": piece}]}
    return {"candidates": [{"content": content, "index": 0}], "modelVersion": request.model, "responseId": "r1"}


def whole(request: Request, say: Say) -> dict[str, Any]:
    """The answer that is not streamed."""
    event = fragment(request, say.text)
    event["candidates"][0]["finishReason"] = _ENDS.get(say.finish, say.finish)
    if say.tokens:
        prompt, answered = say.tokens
        counts = {"promptTokenCount": prompt, "candidatesTokenCount": answered, "totalTokenCount": prompt + answered}
        event["usageMetadata"] = counts | dict(say.odd)
    return event


def error(status: Status) -> dict[str, Any]:
    """The body of an HTTP error."""
    word = _ERRORS.get(status.status, "UNAVAILABLE" if status.status >= 500 else "UNKNOWN")
    return {"error": {"code": status.status, "message": status.message, "status": word}}


def _plain(content: Mapping[str, Any]) -> bool:
    parts = content.get("parts") or [{}]
    return content.get("role") in {"user", "model"} and all(set(part) == {"text"} for part in parts)
