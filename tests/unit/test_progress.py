from __future__ import annotations

from typing import Any

import pytest
import structlog

from patchferry.progress import Progress


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def told(progress: Progress, event: str, level: str = "info", **fields: Any) -> str | None:
    """The line for an event, without the seconds; None when it is left out."""
    try:
        line = progress(None, level, {"event": event, "level": level, "task_id": "0" * 16, **fields})
    except structlog.DropEvent:
        return None
    return line[11:]


def test_a_line_begins_with_the_seconds_since_the_start() -> None:
    clock = Clock()
    progress = Progress(dry_run=False, clock=clock)
    clock.now += 12.34
    line = progress(None, "info", {"event": "pushed", "level": "info", "branch": "patchferry/task-1"})
    assert line == "   12.3 s  Pushed the branch patchferry/task-1."


def test_every_step_is_a_sentence() -> None:
    progress = Progress(dry_run=False)
    sha = "0123456789abcdef"
    assert [
        told(progress, "begun", what="acme/shop#1", model="ollama_chat/x"),
        told(progress, "cloned", branch="main", base=sha),
        told(progress, "files chosen", files=["a.py"], of=1),
        told(progress, "edited", rounds=1, tokens_in=1200, tokens_out=80),
        told(progress, "committed", sha=sha, files=2, added=3, deleted=1),
        told(progress, "pull request opened", pull_request=7, draft=True),
    ] == [
        "Working on acme/shop#1 with ollama_chat/x.",
        "Cloned main at 0123456.",
        "Asking the model, which sees 1 of 1 file: a.py.",
        "The model has answered: 1,200 tokens in, 80 out.",
        "The change: 2 files, +3 -1 lines.",
        "Opened pull request #7.",
    ]


def test_many_files_are_counted_and_none_is_said_so() -> None:
    progress = Progress(dry_run=True)
    many = told(progress, "files chosen", files=list("abcdef"), of=1234)
    assert many == "Asking the model, which sees 6 of 1,234 files: a, b, c, d, 2 more."
    assert told(progress, "files chosen", files=[], of=9) == (
        "Asking the model, which sees 0 of 9 files: only their names."
    )


def test_a_dry_run_tells_nothing_as_written() -> None:
    progress = Progress(dry_run=True)
    assert told(progress, "announced") is None
    assert told(progress, "pushed", branch="b") is None
    assert told(progress, "branch made", branch="b") is None
    assert told(progress, "pull request opened", pull_request=0) is None


def test_a_long_wait_is_the_models_while_it_is_asked() -> None:
    progress = Progress(dry_run=False)
    assert told(progress, "still at it") == "Still working."
    told(progress, "files chosen", files=["a"], of=1)
    assert [told(progress, "still at it") for _ in range(2)] == ["Still waiting for the model."] * 2
    told(progress, "edited", rounds=1, tokens_in=1, tokens_out=1)
    assert told(progress, "still at it") == "Still working."


def test_what_is_for_operators_is_left_out_but_never_a_problem() -> None:
    progress = Progress(dry_run=False)
    assert told(progress, "diff accepted") is None
    assert told(progress, "engine finished", "debug", stdout="x") is None
    assert told(progress, "refused", "warning", sentence="said at the end") is None
    assert told(progress, "cannot tell the requester", "error", reason="issue", sentence="it is locked") == (
        "cannot tell the requester: it is locked"
    )
    assert told(progress, "workspace not removed", "error", path="/tmp/x") == "workspace not removed: path=/tmp/x"
    assert told(progress, "bare", "warning") == "bare"


def test_a_bug_shows_its_traceback() -> None:
    line = told(Progress(dry_run=False), "uncaught exception", "critical", exception="Traceback:\n  boom")
    assert line == "uncaught exception\nTraceback:\n  boom"


@pytest.mark.parametrize("name", ["a\x1b[2J.py", "a\nb.py", "a\u202eb.py"])
def test_a_name_from_a_repository_can_neither_steer_the_terminal_nor_forge_a_line(name: str) -> None:
    line = told(Progress(dry_run=False), "files chosen", files=[name], of=1)
    assert line is not None
    assert not {"\x1b", "\n", "\u202e"}.intersection(line)
