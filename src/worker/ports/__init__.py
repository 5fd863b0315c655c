"""What the modes need of the outside world, in our own words; adapters in git/, github/ and llm/ supply it.

Every method may block. Every method raises only the errors of `worker.errors`; anything else is a bug.
"""

from worker.ports.engine import EditRequest, EditResult, Engine
from worker.ports.forge import Branch, Comment, Commit, Forge, Issue, PullRequest, Repository
from worker.ports.git import Author, Checkout, Diff, FileChange, Git

__all__ = [
    "Author",
    "Branch",
    "Checkout",
    "Comment",
    "Commit",
    "Diff",
    "EditRequest",
    "EditResult",
    "Engine",
    "FileChange",
    "Forge",
    "Git",
    "Issue",
    "PullRequest",
    "Repository",
]
