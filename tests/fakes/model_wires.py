"""The protocols that the scripted model speaks, each in a module of its own, and which one a path belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from tests.fakes import model_anthropic, model_azure, model_gemini, model_ollama, model_openai
from tests.fakes.model_script import Request, Say, Status


class Wire(Protocol):
    """What a module of a protocol offers. A stream is its events, `framed`, and `END`."""

    CONTENT_TYPE: str
    END: str

    def speaks(self, path: str) -> bool:
        """Whether a path asks the model something."""

    def streams(self, request: Request) -> bool:
        """Whether the answer is to come in pieces."""

    def problems(self, request: Request) -> list[str]:
        """What in a request the real server would not take."""

    def answer(self, request: Request, say: Say) -> Iterator[dict[str, Any]]:
        """The events of a streamed answer."""

    def fragment(self, request: Request, piece: str) -> dict[str, Any]:
        """One event with a piece of the answer."""

    def framed(self, event: dict[str, Any]) -> str:
        """One event as it stands in the stream."""

    def whole(self, request: Request, say: Say) -> dict[str, Any]:
        """The answer that is not streamed."""

    def error(self, status: Status) -> dict[str, Any]:
        """The body of an HTTP error."""


# Azure's paths end like OpenAI's, so it is asked first.
_WIRES: tuple[Wire, ...] = (model_azure, model_openai, model_ollama, model_anthropic, model_gemini)


def wire_of(path: str) -> Wire | None:
    """The protocol of a path; None when it asks no model anything."""
    return next((one for one in _WIRES if one.speaks(path)), None)
