"""Ollama's wire shapes: https://github.com/ollama/ollama/blob/main/docs/api.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ollama import ChatResponse, GenerateResponse, Options
from ollama._types import ChatRequest, GenerateRequest

from tests.fakes.model_script import Request, Say, Status, pieces

CONTENT_TYPE = "application/x-ndjson"
END = ""

_CREATED = "2026-01-02T03:04:05.678Z"
_ROLES = {"system", "user", "assistant", "tool"}
_PATHS = ("/api/chat", "/api/generate")


def speaks(path: str) -> bool:
    """Whether a path asks the model something."""
    return path in _PATHS


def streams(request: Request) -> bool:
    """Ollama streams unless told not to, the others the other way round."""
    return bool(request.body.get("stream", True))


def framed(event: dict[str, Any]) -> str:
    return f"{json.dumps(event)}\n"


def error(status: Status) -> dict[str, Any]:
    """The body of an HTTP error."""
    return {"error": status.message}


def describe(name: str, window: int, parameters: str) -> dict[str, Any]:
    """The answer of POST /api/show."""
    return {
        "license": "Apache-2.0",
        "modelfile": f"FROM {name}\n",
        "parameters": parameters,
        "template": "{{ .Prompt }}",
        "details": _details(),
        "model_info": {"general.architecture": "qwen2", "qwen2.context_length": window},
        "capabilities": ["completion"],
        "modified_at": _CREATED,
    }


def listing(names: Mapping[str, int]) -> dict[str, Any]:
    """The answer of GET /api/tags."""
    return {
        "models": [
            {
                "name": name,
                "model": name,
                "modified_at": _CREATED,
                "size": 8_988_124_069,
                "digest": "0" * 64,
                "details": _details(),
            }
            for name in names
        ]
    }


def running(names: Mapping[str, int]) -> dict[str, Any]:
    """The answer of GET /api/ps, as if every model were loaded."""
    return {
        "models": [
            {
                "name": name,
                "model": name,
                "size": 8_988_124_069,
                "digest": "0" * 64,
                "details": _details(),
                "expires_at": _CREATED,
                "size_vram": 8_988_124_069,
                "context_length": window,
            }
            for name, window in names.items()
        ]
    }


def problems(request: Request) -> list[str]:
    """What in a chat or generate request the real server would not know."""
    chat = request.path == "/api/chat"
    known = set((ChatRequest if chat else GenerateRequest).model_fields)
    found = [f"unknown field {name}" for name in sorted(set(request.body) - known)]
    found += [f"unknown option {name}" for name in sorted(set(request.options) - set(Options.model_fields))]
    found += [f"odd message {message}" for message in request.messages if not _plain(message)]
    return found


def answer(request: Request, say: Say) -> Iterator[dict[str, Any]]:
    """The lines of a streamed answer, the last one with `done`; join `text` of them for an unstreamed one."""
    for piece in pieces(say.text):
        yield fragment(request, piece)
    end: dict[str, Any] = {"done": True, "done_reason": say.finish, "total_duration": 5_000_000, "load_duration": 1}
    if say.tokens:
        end |= {"prompt_eval_count": say.tokens[0], "prompt_eval_duration": 1}
        end |= {"eval_count": say.tokens[1], "eval_duration": 1}
    yield fragment(request, "") | end | dict(say.odd)


def fragment(request: Request, piece: str) -> dict[str, Any]:
    """One line of a stream, checked by the official client's own model of it."""
    line: dict[str, Any] = {"model": request.model, "created_at": _CREATED, "done": False}
    if request.path == "/api/chat":
        line["message"] = {"role": "assistant", "content": piece}
        ChatResponse.model_validate(line)
    else:
        line["response"] = piece
        GenerateResponse.model_validate(line)
    return line


def whole(request: Request, say: Say) -> dict[str, Any]:
    """The answer to a request with `stream` false."""
    *_, end = answer(request, say)
    return end | {key: value for key, value in fragment(request, say.text).items() if key != "done"}


def _details() -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": "qwen2",
        "families": ["qwen2"],
        "parameter_size": "14.8B",
        "quantization_level": "Q4_K_M",
    }


def _plain(message: Mapping[str, Any]) -> bool:
    return message.get("role") in _ROLES and isinstance(message.get("content"), str)
