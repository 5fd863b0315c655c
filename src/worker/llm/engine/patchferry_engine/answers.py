"""Aider's terminal without a person: a short list of questions is answered with yes, every other one with no."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from aider.io import InputOutput

from patchferry_engine.policy import PathPolicy

_EDIT = re.compile(r"^<{5,9} SEARCH", re.MULTILINE)
_ADD = "Add file to the chat?"
_CHANGE = ("Create new file?", "Allow edits to file that has not been added to the chat?")


class Answers(InputOutput):  # type: ignore[misc]  # Aider has no type information
    """Reads and writes only what the policy allows.

    `addable` are the files that the model may ask to see; `reply` returns the model's last reply.
    """

    def __init__(self, policy: PathPolicy, addable: Iterable[str], reply: Callable[[], str]) -> None:
        super().__init__(pretty=False, yes=False, fancy_input=False, encoding="utf-8")
        self._policy = policy
        self._addable = frozenset(addable)
        self._reply = reply

    def confirm_ask(self, question: str, *_default: str, subject: str | None = None, **_options: Any) -> bool:
        """Say yes to files that exist and to edits that the policy allows."""
        if question == _ADD and subject in self._addable:
            # A reply that already holds an edit would be thrown away and asked for again.
            return self._policy.unreadable(subject) is None and not is_edit(self._reply())
        return question in _CHANGE and subject is not None and self._policy.unwritable(subject) is None

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
        """Write with the line ends that the file has; Aider itself would turn CRLF into LF. Raises Abort."""
        self._policy.check(str(filename))
        self.newline = _line_end(Path(filename))
        super().write_text(filename, content)


def is_edit(reply: str) -> bool:
    """Whether a reply holds the beginning of a SEARCH/REPLACE block."""
    return bool(_EDIT.search(reply))


def _line_end(path: Path) -> str:
    if not path.exists():
        return "\n"
    data = path.read_bytes()
    return "\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else "\n"
