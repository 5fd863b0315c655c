"""What a model said around its edits."""

from __future__ import annotations

import re

_HEAD = re.compile(r"^<{5,9} SEARCH>?\s*$")
_END = re.compile(r"^>{5,9} REPLACE\s*$")
_FENCE = re.compile(r"^\s*(`{3,}|</?(source|code|pre|codeblock|sourcecode)>)")


def prose(reply: str) -> str:
    """The reply without its SEARCH/REPLACE blocks, their fences and their file names."""
    kept: list[str] = []
    lines = iter(reply.splitlines())
    fenced = False
    for line in lines:
        if _HEAD.match(line):
            fenced = _drop_heading(kept) or fenced
            for inner in lines:
                if _END.match(inner):
                    break
        elif fenced and _FENCE.match(line):
            fenced = False
        else:
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _drop_heading(kept: list[str]) -> bool:
    """Remove the opening fence and the file name above a block; whether there was a fence."""
    fenced = bool(kept) and bool(_FENCE.match(kept[-1]))
    if fenced:
        kept.pop()
    if kept and kept[-1].strip() and " " not in kept[-1].strip():
        kept.pop()
    return fenced
