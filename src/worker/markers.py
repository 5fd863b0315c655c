"""The hidden marks in our texts, by which a later run finds them again.

A marker is a hint and never proof: anybody can paste one. What is ours is decided by its author.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["status", "answer", "report"]
State = Literal["working", "waiting", "done", "failed", "gave_up"]
# "gave_up" is not among them: an operator may replay such a task
FINAL_STATES: tuple[State, ...] = ("done", "failed")

REPORT_END = "<!-- patchferry:end -->"
_ANY = "<!-- patchferry:"
_BEGINNING = f"{_ANY}task="
_STATE = re.compile(r"<!-- patchferry:state=(working|waiting|done|failed|gave_up) -->")


def marker(task_id: str, kind: Kind) -> str:
    """The mark that every text of ours carries."""
    return f"{_BEGINNING}{task_id} kind={kind} -->"


def state_marker(state: State) -> str:
    """The mark that says how far the task of a status comment is."""
    return f"<!-- patchferry:state={state} -->"


def defused(text: str) -> str:
    """Other people's text, in which nothing looks like a mark of ours."""
    return text.replace(_ANY, _ANY.rstrip(":") + " ")


def has(body: str, task_id: str, kind: Kind) -> bool:
    """Whether a text carries the mark of this task."""
    return marker(task_id, kind) in body


def has_any(body: str) -> bool:
    """Whether a text carries the mark of any task."""
    return _BEGINNING in body


def is_final(body: str) -> bool:
    """Whether a status comment tells the end of its task."""
    found = _STATE.search(body)
    return found is not None and found.group(1) in FINAL_STATES
