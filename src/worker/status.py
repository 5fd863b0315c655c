"""The one status comment of a task: found again by later runs, edited in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from worker import comments, markers
from worker.ports import Comment, Forge


class Status:
    """The status comment on an issue; without an issue (`number` None) there is nobody to tell."""

    def __init__(
        self, forge: Forge, repository: str, number: int | None, task_id: str, redact: Callable[[str], str] = str
    ) -> None:
        self._forge = forge
        self._redact = redact
        self._repository = repository
        self._number = number
        self._task_id = task_id
        self._seen: Comment | None = None
        self._looked = False

    def find(self) -> Comment | None:
        """Our status comment of this task, if there is one; of several the oldest."""
        if self._number is not None and not self._looked:
            self.recall(self._forge.comments(self._repository, self._number))
        return self._seen

    def recall(self, seen: Sequence[Comment]) -> None:
        """Find it among comments that have been read anyway."""
        ours = self._forge.login()
        mine = [
            comment for comment in seen if comment.author == ours and markers.has(comment.body, self._task_id, "status")
        ]
        self._seen = min(mine, key=lambda comment: comment.id, default=None)
        self._looked = True

    def show(self, state: markers.State, text: str) -> None:
        """Make the comment say this, creating it when it is not there yet."""
        if self._number is None:
            return
        body = comments.status(self._task_id, state, self._redact(text))
        seen = self.find()
        if seen is None:
            self._looked = False  # if creating is answered by an error, look again before repeating
            self._seen = self._forge.create_comment(self._repository, self._number, body)
            self._looked = True
        elif seen.body != body:
            self._forge.edit_comment(self._repository, seen.id, body)
