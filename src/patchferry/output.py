"""What commands print: results on stdout, words for people on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer


class Format(StrEnum):
    """How results are printed."""

    TEXT = "text"
    JSON = "json"


Output = Annotated[Format, typer.Option("--output", "-o", help="How to print the result.")]


def say(sentence: str) -> None:
    """Tell the person in front of the terminal."""
    sys.stderr.write(f"{sentence}\n")


def print_text(text: str) -> None:
    """Print a result for people."""
    sys.stdout.write(f"{text}\n")


def print_json(result: Any) -> None:
    """Print a result for programs."""
    sys.stdout.write(f"{json.dumps(result, indent=2)}\n")


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of equal length in aligned columns, the last one as wide as it is."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))] if rows else []
    for row in rows:
        print_text("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
