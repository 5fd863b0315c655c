"""Fences: the lines that models put around code, and what the opening ones say."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*([^`]*)$")
_TAG = re.compile(r"^\s*<(/?)(source|code|pre|codeblock|sourcecode)>\s*$")
_SHELL = {"bash", "sh", "shell", "cmd", "batch", "powershell", "ps1", "zsh", "fish", "console", "shellsession"}


@dataclass(frozen=True)
class Fence:
    """One such line: the character and how many, and the text after them; tags have their name for the character."""

    kind: str
    length: int
    info: str
    closes: bool  # can only be the end of a block

    @property
    def language(self) -> str:
        return (self.info.split() or [""])[0].lower()

    @property
    def is_shell(self) -> bool:
        return self.language in _SHELL

    def ends(self, opened: Fence) -> bool:
        """Whether it closes a block that `opened` has begun."""
        if self.kind != opened.kind:
            return False
        return self.closes or (self.kind in "`~" and not self.info and self.length >= opened.length)


def fence(line: str) -> Fence | None:
    """The fence that a line is; None when it is something else."""
    if found := _FENCE.match(line):
        return Fence(found[1][0], len(found[1]), found[2].strip(), closes=False)
    if tag := _TAG.match(line):
        return Fence(tag[2], 1, "", closes=bool(tag[1]))
    return None


def unwrap(lines: tuple[str, ...]) -> tuple[str, ...] | None:
    """The lines inside, when a pair of fences stands around all of them; else None."""
    if len(lines) < 2:  # noqa: PLR2004 - an opening and a closing one
        return None
    first, last = fence(lines[0]), fence(lines[-1])
    return lines[1:-1] if first and last and last.ends(first) else None
