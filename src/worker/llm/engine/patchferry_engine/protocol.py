"""What the engine is told (one JSON object on stdin) and what it answers (JSON lines on a descriptor)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

from patchferry_engine.failures import Abort


@dataclass(frozen=True)
class Address:
    """Where the engine may connect to; a host such as "*.example.com" stands for every host below it."""

    host: str
    port: int


@dataclass(frozen=True)
class Price:
    """US dollars per token."""

    prompt: float
    answer: float
    cached: float | None = None  # a prompt token that the provider had in its cache


@dataclass(frozen=True)
class Job:
    """One request to edit the files below `tree`. Paths are absolute, times are in seconds, sizes in tokens."""

    tree: str
    home: str
    variables: dict[str, str]  # the provider's, and those of the network
    files: tuple[str, ...]
    all_files: tuple[str, ...]
    forbidden: tuple[str, ...]
    prompt: str
    model: str
    credentials: str  # the variables that hold them, in words
    edit_format: str
    window: int  # prompt and answer together; 0: unknown
    prompt_limit: int  # the prompt alone; 0: look it up
    max_output: int
    call_seconds: float
    total_seconds: float
    retries: int
    retry_pause: float
    longest_pause: float
    keep_alive: str | None  # Ollama's only
    price: Price | None  # None: look it up
    budget_tokens: int | None
    budget_usd: float | None
    addresses: tuple[Address, ...]

    @classmethod
    def read(cls, text: bytes) -> Job:
        """Parse what the worker sent; ours on both ends, so a mismatch is a bug and raises TypeError or KeyError."""
        fields: dict[str, Any] = json.loads(text)
        price = fields.pop("price")
        return cls(
            files=tuple(fields.pop("files")),
            all_files=tuple(fields.pop("all_files")),
            forbidden=tuple(fields.pop("forbidden")),
            price=Price(**price) if price else None,
            addresses=tuple(Address(**one) for one in fields.pop("addresses")),
            **fields,
        )


class Report:
    """Writes to the worker: the usage after every call, then exactly one ending."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def usage(self, *, tokens_in: int, tokens_out: int, calls: int, cost_usd: float | None) -> None:
        """The sums so far."""
        self._write(
            {
                "type": "usage",
                "tokens_in": tokens_in,
                "tokens_out": tokens_out,
                "calls": calls,
                "cost_usd": cost_usd,
            }
        )

    def done(self, *, summary: str, rounds: int, engine: str, notes: list[str]) -> None:
        """The model finished; whether the files changed is for git to say."""
        self._write({"type": "done", "summary": summary, "rounds": rounds, "engine": engine, "notes": notes})

    def failed(self, abort: Abort) -> None:
        self._write({"type": "failed", "reason": abort.reason, "sentence": abort.sentence, "after": abort.after})

    def _write(self, message: dict[str, Any]) -> None:
        # A model may send half a surrogate pair, which no strict reader of JSON accepts.
        data = memoryview(json.dumps(message, ensure_ascii=False).encode(errors="replace") + b"\n")
        while data:
            data = data[os.write(self._descriptor, data) :]
