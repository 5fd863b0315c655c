"""Everything that belongs to the work on one task."""

from __future__ import annotations

from dataclasses import dataclass

from worker import authorship
from worker.permissions import Permissions
from worker.ports import Author, Forge, PullRequest
from worker.status import Status
from worker.tasks import Rules, Task, Tools


@dataclass(frozen=True)
class Job:
    """A task on a forge, its rules, its collaborators, and the memory that lasts as long as it does."""

    task: Task
    rules: Rules
    tools: Tools
    forge: Forge
    status: Status
    permissions: Permissions

    @property
    def branch(self) -> str:
        """The branch of this task: one name for every attempt at it."""
        return f"{self.branch_stem}{self.task.id[:8]}"

    @property
    def branch_stem(self) -> str:
        """What the branches of all tasks for the same issue begin with."""
        what = "task" if self.task.issue is None else f"issue-{self.task.issue}"
        return f"{self.rules.branch_prefix}{what}-"

    def author(self) -> Author:
        """Whose name the commits carry."""
        return authorship.author(self.rules.author, self.forge.login(), self.forge.host)

    def open_pull_request(self, base: str, title: str, body: str) -> PullRequest:
        """Open the pull request of this task's branch."""
        return self.forge.create_pull_request(
            self.task.repository,
            head=self.branch,
            base=base,
            title=self.tools.redact(title),
            body=self.tools.redact(body),
            draft=self.rules.draft,
        )
