"""What commands print: results on stdout, words for people on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, TextIO

import typer

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


class Format(StrEnum):
    """How results are printed."""

    TEXT = "text"
    JSON = "json"


Output = Annotated[Format, typer.Option("--output", "-o", help="How to print the result.")]


def say(sentence: str) -> None:
    """Tell the person in front of the terminal; nothing in the sentence can steer it."""
    from worker.logs import printable  # noqa: PLC0415 -- slow

    _write(sys.stderr, printable(sentence))


def print_text(text: str) -> None:
    """Print a result for people."""
    _write(sys.stdout, text)


def print_json(result: Any) -> None:
    """Print a result for programs."""
    _write(sys.stdout, json.dumps(result, indent=2))


def print_patch(patch: str) -> None:
    """Print a diff: as it is for a program, coloured and without what could steer it on a terminal."""
    patch = patch.removesuffix("\n")
    if sys.stdout.isatty():
        from worker.logs import printable  # noqa: PLC0415 -- slow

        patch = printable(patch)
        if "NO_COLOR" not in os.environ:  # https://no-color.org
            patch = "\n".join(_coloured(line) for line in patch.split("\n"))
    _write(sys.stdout, patch)


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of equal length in aligned columns, the last one as wide as it is."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
    for row in rows:
        print_text("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _coloured(line: str) -> str:
    colour = _COLOURS.get(line[:1])
    return typer.style(line, fg=colour) if colour else line


def _write(stream: TextIO, text: str) -> None:
    """A line; what the stream's encoding does not know becomes an escape."""
    encoding = stream.encoding or "utf-8"
    stream.write(f"{text.encode(encoding, 'backslashreplace').decode(encoding)}\n")
    stream.flush()  # results and words in their order, also where both go to one file
