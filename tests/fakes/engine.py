"""An engine that edits the work tree as it is told to, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from worker.deadline import Deadline
from worker.errors import PatchferryError
from worker.ports import EditRequest, EditResult
from worker.usage import Usage

Edit = Callable[[Path], None]


class FakeEngine:
    """Implements the Engine port. `edit` is a function of the tree; `failure` is raised instead of editing."""

    def __init__(self, edit: Edit | None = None, *, summary: str = "Done.") -> None:
        self._edit = edit
        self._summary = summary
        self.failure: PatchferryError | Exception | None = None
        self.unusable: PatchferryError | None = None
        self.requests: list[EditRequest] = []

    def check(self, deadline: Deadline) -> None:
        deadline.check()
        if self.unusable:
            raise self.unusable

    def room(self, deadline: Deadline) -> int:
        deadline.check()
        return 30_000

    def edit(self, request: EditRequest, deadline: Deadline) -> EditResult:
        deadline.check()
        self.requests.append(request)
        if self.failure:
            raise self.failure
        if self._edit:
            self._edit(request.tree)
        usage = Usage(tokens_in=1200, tokens_out=80, calls=1, cost_usd=0.0125)
        return EditResult(self._summary, 1, usage, "fake 1.0", "fake/model", 0.5)


def writes(path: str, text: str) -> Edit:
    """An edit that writes one file."""

    def edit(tree: Path) -> None:
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    return edit
