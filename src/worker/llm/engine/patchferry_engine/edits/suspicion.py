"""Signs that the lines to be written are not what the file is meant to hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from patchferry_engine.edits.elision import left_out
from patchferry_engine.edits.fences import fence
from patchferry_engine.edits.parts import Lines

_CONFLICT = re.compile(r"^\s*([<>|]{5,9})(\s|$)")
_DIVIDER = re.compile(r"^\s*={5,9}\s*$")
_PROSE = {".md", ".markdown", ".rst", ".txt", ".adoc", ""}
_UNDERLINE_SLACK = 3


def suspicion(name: str, search: Lines, replace: Lines, present: Sequence[str]) -> str | None:
    """What is wrong with `replace`, said to the model; None when nothing is. `present` are the lines of the file."""
    if gap := left_out(search, replace, present):
        return f"`{gap}` stands for code that is left out; write every line, or leave it out of the edit"
    if line := next((one for one in replace if _CONFLICT.match(one) and one not in search), None):
        return f"`{line.strip()}` is a conflict or edit marker, which must not be in the file"
    if _stray_divider(name, search, replace):
        return "there is more than one `=======` line; use nine of each character for the three markers of this block"
    if _fences(replace) % 2 != _fences(search) % 2:
        return "a fence line (three backticks) stands inside the block without its partner"
    if _signs(replace) and not _signs(search):
        return "its lines begin with `+`; write them as they shall stand in the file"
    return None


def _stray_divider(name: str, search: Lines, replace: Lines) -> bool:
    """Dividers belong into a text only as underlines of headings."""
    text = PurePosixPath(name).suffix.lower() in _PROSE
    for at, line in enumerate(replace):
        if not _DIVIDER.match(line) or line in search:
            continue
        above = replace[at - 1].strip() if at else ""
        if not text or not above or abs(len(above) - len(line.strip())) > _UNDERLINE_SLACK:
            return True
    return False


def _fences(lines: Lines) -> int:
    return sum(1 for line in lines if fence(line))


def _signs(lines: Lines) -> bool:
    texts = [line for line in lines if line.strip()]
    return bool(texts) and all(line.startswith("+") for line in texts)
