"""Whole files, as the format `whole` asks for them: a name, a fence, the text, a fence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchferry_engine.edits.fences import Fence, fence
from patchferry_engine.edits.headings import in_line, names
from patchferry_engine.edits.parts import Broken, Listing, Name, Part

_CUT = "the listing ends without its closing fence, so it may have been cut off"


def parts(lines: Sequence[str]) -> Iterator[Part]:
    """Every fenced text that is not a shell's, with the names above it or on its first line."""
    above: list[str] = []
    at = 0
    while at < len(lines):
        opened = fence(lines[at])
        if opened is None or opened.closes:
            above.append(lines[at])
            at += 1
            continue
        stop = _stop(lines, at + 1, opened)
        body = tuple(lines[at + 1 : stop])
        found = names([*above, lines[at]])
        if not found or not found[0].exact:
            found = (*_first_line(body), *found)
        if stop == len(lines):
            yield Broken(found, body, _CUT, doubtful=not any(one.exact for one in found))
        elif not opened.is_shell:
            yield Listing(found, body, opened.language)
        above, at = [], stop + 1


def _stop(lines: Sequence[str], start: int, opened: Fence) -> int:
    """Where the block ends: a fence with a language inside it begins another one within."""
    depth = 1
    for at in range(start, len(lines)):
        here = fence(lines[at])
        if here is None or here.kind != opened.kind or here.length < opened.length:
            continue
        if here.info:
            depth += 1
        elif here.ends(opened):
            depth -= 1
            if not depth:
                return at
        else:
            depth += 1
    return len(lines)


def _first_line(body: Sequence[str]) -> tuple[Name, ...]:
    """The name in a comment on top, such as "# src/a.py"."""
    found = in_line(body[0]) if body and body[0].strip()[:1] in {"#", "/", "<", ";", "-"} else []
    return tuple(one for one in found if one.exact)
