"""A text file as lines that keep their own ends, so that what is not edited stays byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Self

_BOM = "\ufeff"


@dataclass(frozen=True)
class Line:
    r"""`end` is "\n", "\r\n", or "" after the last line of some files; `fresh`: an edit has put it there."""

    text: str
    end: str
    fresh: bool = False


@dataclass(frozen=True)
class Document:
    """The lines of a file."""

    lines: tuple[Line, ...] = ()
    bom: bool = False

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises UnicodeDecodeError when the file is not UTF-8."""
        text = data.decode("utf-8")
        whole = text.removeprefix(_BOM).split("\n")
        ends = ["\n"] * (len(whole) - 1) + [""]
        lines = [_line(text, end) for text, end in zip(whole, ends, strict=True)]
        if not whole[-1]:
            lines.pop()
        return cls(tuple(lines), bom=text.startswith(_BOM))

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    @property
    def is_blank(self) -> bool:
        return not any(line.text.strip() for line in self.lines)

    def render(self) -> bytes:
        """Raises UnicodeEncodeError when a line holds half a surrogate pair."""
        text = "".join(line.text + line.end for line in self.lines)
        return ((_BOM if self.bom else "") + text).encode("utf-8")

    def spliced(self, start: int, stop: int, lines: Sequence[Line]) -> Document:
        """With other lines in the place of those from `start` to `stop`; every line but the last has an end."""
        together = [*self.lines[:start], *lines, *self.lines[stop:]]
        had_none = bool(self.lines) and not self.lines[-1].end
        end = self.line_end
        ended = [one if one.end else replace(one, end=end) for one in together]
        if ended and had_none:
            ended[-1] = replace(ended[-1], end="")
        return Document(tuple(ended), bom=self.bom)

    @property
    def line_end(self) -> str:
        """What most lines end with."""
        windows = sum(line.end == "\r\n" for line in self.lines)
        return "\r\n" if windows * 2 > sum(bool(line.end) for line in self.lines) else "\n"

    def merge(self, start: int, stop: int, wanted: Sequence[str], *, loosely: bool = False) -> Document:
        """With `wanted` in the place of the lines from `start` to `stop`; lines that are the same stay untouched.

        `loosely`: blanks at the end of a line make no difference to which ones are the same.
        """
        here = self.lines[start:stop]
        old = [line.text.rstrip() if loosely else line.text for line in here]
        new = [line.rstrip() if loosely else line for line in wanted]
        end = next((line.end for line in here if line.end), self.line_end)
        merged: list[Line] = []
        for tag, low, high, new_low, new_high in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag == "equal":
                merged += here[low:high]
            else:
                merged += [Line(text, end, fresh=True) for text in wanted[new_low:new_high]]
        return self.spliced(start, stop, merged)


def _line(text: str, end: str) -> Line:
    return Line(text[:-1], "\r\n") if end and text.endswith("\r") else Line(text, end)
