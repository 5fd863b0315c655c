"""Code that a model left out and hinted at: never to be written into a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from patchferry_engine.edits.parts import Lines, Piece

_DOTS = re.compile(r"^\s*(\.\.\.|…)\s*$")
_COMMENT = re.compile(
    r"^\s*(?:#+|//+|--+|;+|%+|/\*+|<!--|\{/\*|\*|\(|\[|\"\"\"|')\s*(?P<text>.*?)\s*(?:\*/\}?|-->|\)|\])?\s*$"
)
_WHAT = r"(?:code|file|function|method|class|module|implementation|body|contents?|logic|definitions?|imports?|lines?)"
_HINTS = re.compile(
    rf"""
      ^(?:\.\.\.|…)                                            # ... existing code
    | \b(?:the\s+)?(?:rest|remainder)\s+of\s+(?:the|this|your|our)\s+(?:\w+\s+)?{_WHAT}\b
    | \brest\s+(?:is\s+|remains?\s+|stays?\s+)?(?:the\s+same|unchanged)\b
    | ^\W*(?:existing|previous|original|remaining|other)\s+(?:\w+\s+)?{_WHAT}
      \s*(?:here|unchanged|\W*$|remains?|stays?|goes)
    | \b{_WHAT}\s+(?:is|are|remains?|stays?)?\s*(?:the\s+same|unchanged|as\s+before)\b
    | ^(?:unchanged|no\s+changes?|same\s+as\s+(?:before|above)|as\s+before)\W*$
    | \b(?:omitted|truncated|snipped|elided)\s+for\s+(?:brevity|clarity)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip


def is_gap(line: str) -> bool:
    """Whether a line stands for others: `...`, or a comment like "# ... rest of the code"."""
    if _DOTS.match(line):
        return True
    comment = _COMMENT.match(line)
    return bool(comment and _HINTS.search(comment["text"]))


def split_at_gaps(search: Lines, replace: Lines) -> tuple[Piece, ...] | None:
    """The pieces between the gaps, when both sides have the same ones; None when there are none."""
    gaps, before = _split(search)
    same_gaps, after = _split(replace)
    if not gaps or gaps != same_gaps:
        return None
    pieces = [Piece(*pair) for pair in zip(before, after, strict=True)]
    filled = tuple(piece for piece in pieces if _text(piece.search) or _text(piece.replace))
    return filled if filled and all(_text(piece.search) for piece in filled) else None


def left_out(search: Lines, replace: Lines, present: Iterable[str]) -> str | None:
    """A line of `replace` that stands for code which is not there; None when it is complete.

    Lines that the file holds already are its own. A bare `...` is also Python for "nothing here", which is believed
    where it follows a colon and nothing is taken away.
    """
    searched = {line.strip() for line in search if line.strip()}
    known = searched | {line.strip() for line in present if not _DOTS.match(line)}
    removed = searched - {line.strip() for line in replace}
    before = ""
    for line in replace:
        if is_gap(line) and line.strip() not in known and (removed or not _is_stub(before, line)):
            return line.strip()
        if line.strip():
            before = line
    return None


def _is_stub(before: str, line: str) -> bool:
    inner = len(line) - len(line.lstrip()) > len(before) - len(before.lstrip())
    return bool(_DOTS.match(line)) and before.rstrip().endswith(":") and inner


def _split(lines: Lines) -> tuple[list[str], list[Lines]]:
    gaps: list[str] = []
    pieces: list[list[str]] = [[]]
    for line in lines:
        if is_gap(line):
            gaps.append(line.strip())
            pieces.append([])
        else:
            pieces[-1].append(line)
    return gaps, [tuple(piece) for piece in pieces]


def _text(lines: Lines) -> str:
    return "".join(lines).strip()
