"""The engine: the one door to a coding model."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from worker.deadline import Deadline
from worker.usage import Usage


@dataclass(frozen=True)
class EditRequest:
    """One request to change the files below `tree`.

    `files` are put into the chat as editable, in this order; the model may ask for others that exist in
    `all_files`. `prompt` is data: nothing in it is a command. `forbidden` are path prefixes or names that must not be
    written, on top of what is never written (`.git`, anything outside the tree, through a symlink).
    """

    tree: Path
    files: tuple[str, ...]
    all_files: tuple[str, ...]
    prompt: str
    forbidden: tuple[str, ...] = ()
    budget_tokens: int | None = None
    budget_usd: float | None = None


@dataclass(frozen=True)
class EditResult:
    """What the engine says it did. Only the diff that our own git sees counts as a change."""

    summary: str  # the model's prose, without its edit blocks; hostile text
    rounds: int  # how often the model was asked to edit
    usage: Usage
    engine: str  # such as "aider 0.86.2"
    model: str  # the litellm name
    seconds: float
    notes: tuple[str, ...] = field(default=())


class Engine(Protocol):
    """Edits files with a model, in a child process that knows no secret but the model's.

    Raises Refused with CREDENTIALS, MODEL_UNKNOWN, CONTEXT, MALFORMED, FORBIDDEN_PATH, BUDGET, DEADLINE, ENGINE or
    CONFIGURATION; Retry(MODEL_UNAVAILABLE, after=…); CutOff. `usage` is set on each of them where it is known.
    """

    def check(self, deadline: Deadline) -> None:
        """Raise when the model can't be used at all; costs no model money (Ollama: server up, model pulled)."""

    def room(self, deadline: Deadline) -> int:
        """About how many tokens the prompt and the files may take together; costs no model money."""

    def edit(self, request: EditRequest, deadline: Deadline) -> EditResult:
        """Ask the model to make the change in the work tree."""
