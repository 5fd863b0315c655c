"""Aider's terminal without a person: a short list of questions is answered with yes, every other one with no."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from aider.io import InputOutput

from patchferry_engine.policy import PathPolicy

_ADD = "Add file to the chat?"


class Answers(InputOutput):  # type: ignore[misc]  # Aider has no type information
    """Reads and writes only what the policy allows.

    `addable` are the files that the model may ask to see, and `awaits` says whether it may ask now.
    """

    def __init__(self, policy: PathPolicy, addable: Iterable[str], awaits: Callable[[], bool]) -> None:
        super().__init__(pretty=False, yes=False, fancy_input=False, encoding="utf-8")
        self._policy = policy
        self._addable = frozenset(addable)
        self._awaits = awaits

    def confirm_ask(self, question: str, *_default: str, subject: str | None = None, **_options: Any) -> bool:
        """Say yes to showing files that exist."""
        return question == _ADD and subject in self._addable and self._readable(subject) and self._awaits()

    def prompt_ask(self, *_question: str, **_options: Any) -> str:
        """Nobody is there to answer."""
        return "no"

    def offer_url(self, *_url: str, **_options: Any) -> bool:
        """No browser."""
        return False

    def read_text(self, filename: str, silent: bool = False) -> str | None:  # noqa: FBT001, FBT002 - Aider's signature
        """None, as for a missing file, where the policy forbids reading."""
        if self._policy.unreadable(str(filename)):
            return None
        text: str | None = super().read_text(filename, silent=silent)
        return text

    def write_text(self, filename: str, content: str, *_retries: Any) -> None:
        """Aider's own writing, which nothing of ours uses. Raises Abort where the policy forbids it."""
        self._policy.check(str(filename))
        super().write_text(filename, content)

    def _readable(self, name: str) -> bool:
        return self._policy.unreadable(name) is None
