"""What a scripted model is told to do with a request: answer, or fail in one of the ways that servers fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_MODEL_IN_PATH = re.compile(r"/(?:deployments|models)/([^/:]+)")


@dataclass(frozen=True)
class Request:
    """One HTTP request as it arrived.

    `headers` have lower-case names, `body` is {} when there was none, `query` what stood after the question mark.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    query: str = ""

    @property
    def model(self) -> str:
        """From the body or, in the protocols that name it there, from the path."""
        in_path = _MODEL_IN_PATH.search(self.path)
        return str(self.body.get("model") or (in_path[1] if in_path else ""))

    @property
    def messages(self) -> Sequence[Mapping[str, Any]]:
        return list(self.body.get("messages", ()))

    @property
    def options(self) -> Mapping[str, Any]:
        """Ollama's `options`, such as num_ctx; empty in the other protocol."""
        return dict(self.body.get("options", {}))

    @property
    def text(self) -> str:
        """Everything that the model was shown, as one text."""
        return "\n".join([str(self.body.get("prompt", "")), *(str(one["content"]) for one in self.messages)])


@dataclass(frozen=True)
class Say:
    """Answer with `text`. `tokens` are the (prompt, answer) counts that the server reports; None: it reports none.

    `odd` are fields that replace those of the report, unchecked: for a server that counts strangely.
    """

    text: str
    tokens: tuple[int, int] | None = (1200, 80)
    finish: str = "stop"  # or "length", or another word of the protocol
    odd: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Status:
    """Answer with an HTTP error; `code` is the machine-readable word of OpenAI's error object."""

    status: int
    message: str = "scripted failure"
    code: str | None = None
    retry_after: str | None = None
    location: str | None = None


@dataclass(frozen=True)
class Hang:
    """Take the request and never answer."""


@dataclass(frozen=True)
class Drip:
    """Stream one small piece every `interval` seconds, for ever."""

    interval: float = 0.05


@dataclass(frozen=True)
class Cut:
    """Stream `text` and lose the connection before the end; `clean` ends the body as if it were complete."""

    text: str = "I will now ch"
    clean: bool = False


@dataclass(frozen=True)
class Drop:
    """Close the connection without an answer."""


@dataclass(frozen=True)
class Raw:
    """Write `start` on the connection as it is, then `again` every `interval` seconds, for ever; "" closes it."""

    start: bytes
    again: bytes = b""
    interval: float = 0.0


Step = Say | Status | Hang | Drip | Cut | Drop | Raw
Behaviour = Callable[[Request], Step]


def pieces(text: str, size: int = 40) -> list[str]:
    """Cut a text into the pieces that a stream carries; never empty."""
    return [text[at : at + size] for at in range(0, len(text), size)] or [""]
