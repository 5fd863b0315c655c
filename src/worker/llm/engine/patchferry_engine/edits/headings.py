"""Which file an edit is for, from the lines above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from patchferry_engine.edits.fences import fence
from patchferry_engine.edits.parts import Name

_DECORATION = re.compile(r"^(?:<!--|//(?=\s)|/\*+|--(?=\s)|;+|%+|#+|>+|[*+-](?=\s)|\d+[.)](?=\s))\s*")
_LABEL = re.compile(r"^(?:new\s+)?(?:file(?:\s*name)?|path)\s*[:=]\s*", re.IGNORECASE)
_WITH_SPACES = re.compile(r"^[^`]{3,120}\.\w{1,8}$")
_QUOTED = re.compile(r"`([^`]+)`")
_PATH = re.compile(r"^[\w@.+~\-\\/()\[\]{}$,=]*\w[\w@.+~\-\\/()\[\]{}$,=]*$")
_WITHOUT_SUFFIX = frozenset(
    {"Makefile", "Dockerfile", "LICENSE", "README", "NOTICE", "Gemfile", "Rakefile", "Jenkinsfile"}
)
_LONGEST = 250


def names(above: Sequence[str], on_marker: str = "") -> tuple[Name, ...]:
    """The candidates, best first: on the marker itself, in an opening fence, in the nearest line of text."""
    found = [Name(on_marker, exact=True)] if is_path(on_marker) else []
    for line in reversed(above):
        opened = fence(line)
        if opened:
            found += _in_info(opened.info)
        elif line.strip():
            found += in_line(line)
            break
    return tuple(dict.fromkeys(found))


def in_line(line: str) -> list[Name]:
    """A line that is nothing but a name, however decorated; else the names in its sentence."""
    alone = _bare(line)
    if is_path(alone):
        return [Name(alone, exact=True)]
    quoted = [one.strip() for one in _QUOTED.findall(line)]
    paths = [one for one in quoted if is_path(one)]
    if paths:
        return [Name(one, exact=len(paths) == 1) for one in paths]
    spaced = [alone] if _WITH_SPACES.match(alone) else []
    return [Name(one, exact=False) for one in (*_hints(line.split()), *spaced)]


def is_path(text: str) -> bool:
    """Whether a text looks like the path of a file: one word, with a dot or a slash in it or well known."""
    if not 0 < len(text) <= _LONGEST or not _PATH.match(text):
        return False
    return text in _WITHOUT_SUFFIX or "/" in text or "\\" in text or bool(re.search(r"\.\w", text))


def _bare(line: str) -> str:
    text = line.strip()
    before = None
    while text != before:
        before = text
        text = _LABEL.sub("", _DECORATION.sub("", text)).strip()
        text = text.removesuffix("-->").removesuffix("*/").strip().strip("*`\"'").strip().rstrip(":").strip()
    return text.replace("\\_", "_")


def _in_info(info: str) -> list[Name]:
    """From ```python src/a.py, ```python:src/a.py, ```src/a.py and ```python title="src/a.py"."""
    parts = [part.strip("{}\"'") for part in re.split(r"[\s:=]+", info)]
    return [Name(part, exact=True) for part in parts if is_path(part) and not part.startswith(".")]


def _hints(line: Iterable[str]) -> list[str]:
    tokens = [word.strip("\"'*()[]<>,;:!?").rstrip(".") for word in line]
    return [token for token in tokens if is_path(token)]
