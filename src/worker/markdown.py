"""Other people's words in our Markdown: shown as they are, and never acting.

What acts on GitHub: a mention notifies, a keyword before a reference closes an issue on the merge, an image is
fetched by everybody who reads, an HTML comment hides text and can look like one of our marks.
"""

from __future__ import annotations

import re
import unicodedata

_ZERO_WIDTH_SPACE = "\u200b"
_LONGEST_CODE = 200
# One backtick on each side, and none of them escaped: what GitHub too takes for code, whatever stands around it.
_CODE = re.compile(r"((?<![`\\])`[^`]+`(?!`))")
_MENTION = re.compile(r"@(?=[A-Za-z0-9])")
# https://docs.github.com/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
_CLOSING = re.compile(
    r"\b(?P<keyword>close[sd]?|fix(?:e[sd])?|resolve[sd]?)(?P<between>\s*:?\s+)"
    r"(?P<where>https?://|[\w.-]+/[\w.-]+#|gh-|#)(?P<number>\d*)",
    re.IGNORECASE,
)


def code(text: str, longest: int = _LONGEST_CODE) -> str:
    """A name or path as code, on one line; at most `longest` characters of it."""
    plain = one_line(text).replace("`", "'")
    return f"`{cut(plain, longest) or ' '}`"


def inert(text: str) -> str:
    """A sentence in which only code, bold and links by their bare address are left of Markdown."""
    pieces = _CODE.split(text)
    pieces[::2] = [_disarmed(piece) for piece in pieces[::2]]
    return "".join(pieces)


def unlinked(text: str, own: int | None = None) -> str:
    """Text for where nothing counts as code, as in a commit: closes no issue but `own`, and notifies nobody."""
    return without_closing(_MENTION.sub(f"@{_ZERO_WIDTH_SPACE}", text), own)


def without_closing(text: str, own: int | None = None) -> str:
    """The text with references after closing keywords taken apart, except one to the issue `own`: `fixes 7`."""

    def apart(found: re.Match[str]) -> str:
        keyword, between, where, number = found.group("keyword", "between", "where", "number")
        if where == "#" and (not number or number == str(own)):
            return found[0]
        name = "" if where.startswith("http") else f"{where[:-1]} ".lstrip()
        return f"{keyword}{between}{name}{number}"

    return _CLOSING.sub(apart, text)


def one_line(text: str) -> str:
    """The words of a text; what nobody sees, such as a change of direction, is left out."""
    return " ".join("".join(map(_seen, text)).split())


def cut(text: str, length: int) -> str:
    """At most `length` characters; what was longer ends in an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _seen(char: str) -> str:
    if char.isprintable():
        return char
    return "" if unicodedata.category(char) == "Cf" else " "


def _disarmed(text: str) -> str:
    return unlinked(text).replace("<", "&lt;").replace("[", "\\[").replace("`", "\\`")
