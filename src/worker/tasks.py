"""A task as the modes see it, the operator's rules for it, and how it can end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from worker.deadline import Deadline
from worker.errors import Reason
from worker.ports import Engine, Git
from worker.report import RunReport
from worker.usage import Usage


@dataclass(frozen=True)
class Task:
    """One request. Without `issue` it came from a command line, and `title` and `body` are all there is."""

    id: str
    repository: str
    requested_by: str
    issue: int | None = None
    title: str | None = None
    body: str | None = None
    instructions: str | None = None


@dataclass(frozen=True)
class Rules:
    """What the operator allows and wants. `forbidden_paths` come on top of what is never allowed.

    Sizes are in bytes, budgets are for one pull request. `title_template` knows {title}, {issue} and {type};
    `co_author` knows {model}; an empty `author` means our own login.
    """

    branch_prefix: str = "patchferry/"
    draft: bool = True
    sign_off: bool = False
    author: str = ""
    co_author: str = "aider ({model}) <aider@aider.chat>"
    title_template: str = "{title}"
    max_changed_files: int = 50
    max_file_bytes: int = 1_000_000
    max_diff_bytes: int = 400_000
    forbidden_paths: tuple[str, ...] = ()
    budget_tokens: int | None = 2_000_000
    budget_usd: float | None = 5.0


@dataclass(frozen=True)
class Tools:
    """The collaborators of any task. Every text for GitHub or a model goes through `redact` first."""

    git: Git
    engine: Engine
    deadline: Deadline
    redact: Callable[[str], str] = str


@dataclass(frozen=True)
class Opened:
    """A pull request stands. `report` and `patch` are absent when an earlier run had made it."""

    url: str
    number: int
    branch: str
    report: RunReport | None = None
    patch: str = ""


@dataclass(frozen=True)
class Branched:
    """A branch stands in the requester's own repository."""

    branch: str
    sha: str
    report: RunReport
    patch: str


@dataclass(frozen=True)
class Answered:
    """Nothing was opened, and the requester has been told why in one final comment."""

    sentence: str
    reason: Reason
    usage: Usage | None = None


@dataclass(frozen=True)
class Ignored:
    """Nothing was done and nobody was told, on purpose. `why` is for the log."""

    why: str


Outcome = Opened | Branched | Answered | Ignored
