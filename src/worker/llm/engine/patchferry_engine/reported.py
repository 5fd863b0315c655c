"""What the server itself says in its answer, in any provider's words: what it counted, and why it ended.

litellm loses the counts of some providers, makes up the reason of others, and fails on counts that are no numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

End = Literal["complete", "length", "refused", "broken"]

LARGEST_COUNT = 100_000_000  # tokens; beyond any window, so no count

_COUNTS = ("_tokens", "TokenCount", "eval_count")
_OBJECTS = ("usage", "usageMetadata", "prompt_tokens_details", "completion_tokens_details")
# Every other word is an answer's regular end: servers of OpenAI's protocol have many of their own.
_ENDS: dict[str, End] = {
    **dict.fromkeys(("length", "max_tokens", "model_length", "model_context_window_exceeded", "MAX_TOKENS"), "length"),
    **dict.fromkeys(("content_filter", "refusal", "SAFETY", "RECITATION"), "refused"),
    **dict.fromkeys(("PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "LANGUAGE"), "refused"),
    **dict.fromkeys(("error", "abort", "load", "unload", "pause_turn"), "broken"),
    **dict.fromkeys(("OTHER", "MALFORMED_FUNCTION_CALL", "FINISH_REASON_UNSPECIFIED"), "broken"),
}


@dataclass
class Reported:
    """One call: counts in tokens, 0 where the server has said nothing of use, `cached` as part of `prompt`; its end."""

    prompt: int = 0
    answer: int = 0
    cached: int = 0
    end: End | None = None

    def read(self, line: bytes) -> bytes | None:
        """Take what one line says, a JSON object with or without "data:" before it, or the word that ends a stream.

        Returns the line, made harmless; None when it is something else.
        """
        head, brace, rest = line.partition(b"{")
        if line.removeprefix(b"data:").strip() == b"[DONE]":
            return line
        if not brace or head.strip() not in {b"", b"data:"}:
            return None
        try:
            event = json.loads(brace + rest)
        except (ValueError, RecursionError):
            return None
        mended = _mend(event)
        for usage in _usages(event):
            self._count(usage)
        self.end = next((end_of(word) for word in _reasons(event)), self.end)
        return head + json.dumps(event).encode() if mended else line

    def _count(self, usage: dict[str, Any]) -> None:
        """The last number above zero of each kind; Anthropic's spread over two events, and leave out what is cached."""
        details = usage.get("prompt_tokens_details")
        cached = _first(usage, "cache_read_input_tokens", "cachedContentTokenCount", "prompt_cache_hit_tokens")
        cached = cached or _first(details if isinstance(details, dict) else {}, "cached_tokens")
        prompt = _first(usage, "prompt_tokens", "prompt_eval_count", "promptTokenCount")
        fresh = _first(usage, "input_tokens")
        prompt = prompt or (fresh and fresh + cached + _first(usage, "cache_creation_input_tokens"))
        answer = _first(usage, "completion_tokens", "output_tokens", "eval_count", "candidatesTokenCount")
        self.prompt = prompt or self.prompt
        self.answer = (answer + _first(usage, "thoughtsTokenCount")) or self.answer
        self.cached = cached or self.cached


def end_of(word: str | None) -> End | None:
    """What a provider's word for the end of an answer means; None: it has not ended."""
    return _ENDS.get(word, "complete") if word else None


def _usages(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Where counts stand: in Ollama's event itself, in `usage` of it or of Anthropic's message, in `usageMetadata`."""
    for holder in _objects([event, event.get("message")]):
        yield from _objects([holder, holder.get("usage"), holder.get("usageMetadata")])


def _mend(place: dict[str, Any]) -> bool:
    """Put 0 for every count that is none, and nothing for counts that are no object; whether there was one."""
    mended = False
    for name, value in place.items():
        if isinstance(value, dict) and name in (*_OBJECTS, "message"):
            mended = _mend(value) or mended
        elif name in _OBJECTS and value is not None:
            place[name] = None
            mended = True
        elif name.endswith(_COUNTS) and not _is_count(value):
            place[name] = 0
            mended = True
    return mended


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT


def _first(usage: dict[str, Any], *names: str) -> int:
    return next((value for value in map(usage.get, names) if isinstance(value, int) and value > 0), 0)


def _reasons(event: dict[str, Any]) -> Iterator[str]:
    for holder in (
        _objects(event.get("choices")) + _objects(event.get("candidates")) + _objects([event, event.get("delta")])
    ):
        for name in ("finish_reason", "finishReason", "done_reason", "stop_reason"):
            if isinstance(holder.get(name), str):
                yield holder[name]


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
