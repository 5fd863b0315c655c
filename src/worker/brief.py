"""What the model is told: the request last and delimited, and only words of people who may give it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from worker import markers
from worker.ports import Checkout, Comment
from worker.prompts import render

_CONVENTION_FILES = ("AGENTS.md", "CONVENTIONS.md")
_CONVENTION_BYTES = 12_000
_COMMENT_LENGTH = 8_000
_BODY_LENGTH = 40_000
_COMMAND = re.compile(r"^/[a-z][a-z-]*(\s|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Brief:
    """A request and what belongs to it. `comments` are (author, text) pairs, oldest first."""

    title: str
    body: str
    issue: int | None = None
    comments: tuple[tuple[str, str], ...] = ()
    instructions: str | None = None

    @property
    def text(self) -> str:
        """Everything that people wrote, for choosing files."""
        spoken = (text for _, text in self.comments)
        return "\n\n".join([self.title, self.body, *spoken, self.instructions or ""])


def trusted_comments(
    comments: Iterable[Comment], ours: str, may_write: Callable[[str], bool]
) -> tuple[tuple[str, str], ...]:
    """The comments of people with write access, without commands and without our own.

    The account of our token may be a person's too: what it wrote without our mark, that person wrote.
    """
    told = []
    for comment in comments:
        text = comment.body.strip()
        if not text or _COMMAND.match(text) or (comment.author == ours and markers.has_any(text)):
            continue
        if may_write(comment.author):
            told.append((comment.author, text[:_COMMENT_LENGTH]))
    return tuple(told)


def prompt(brief: Brief, checkout: Checkout) -> str:
    """The whole prompt, with the conventions of the commit that is checked out."""
    found = ((name, checkout.read(name, _CONVENTION_BYTES)) for name in _CONVENTION_FILES)
    conventions = [(name, text.strip()) for name, text in found if text and text.strip()]
    body = brief.body.strip()[:_BODY_LENGTH]
    texts = [brief.title, body, brief.instructions or "", *(text for _, text in conventions)]
    return render(
        "quickfix",
        fence=_fence([*texts, *(text for _, text in brief.comments)]),
        conventions=conventions,
        comments=brief.comments,
        issue=brief.issue,
        title=brief.title.strip(),
        body=body,
        instructions=(brief.instructions or "").strip(),
    )


def _fence(texts: Sequence[str]) -> str:
    """A delimiter longer than any run of its character in the texts, so that none of them can close it."""
    longest = max((len(run) for text in texts for run in re.findall(r"~+", text)), default=0)
    return "~" * max(8, longest + 1)
