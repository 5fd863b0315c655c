"""Indentation that a model lost, added or wrote with other characters, when it did so in the same way throughout."""

from __future__ import annotations

from collections.abc import Sequence

Texts = Sequence[str]
_TAB_WIDTHS = (4, 2, 8)


def shifted(window: Texts, search: Texts, replace: Texts) -> list[str] | None:
    """`replace` with the indentation by which every line of `search` differs from the file; None if it does not fit."""
    lost, added = _uniform(window, search), _uniform(search, window)
    if not _same_words(window, search) or not (lost or added):
        return None
    if _same_foot(window, replace) and not _same_foot(search, replace):
        return list(replace)  # only the quotation was wrong
    if not _same_foot(search, replace) or (lost and _first_line_only(lost, search, replace)):
        return None
    if not all(line.startswith(added) for line in replace if line.strip()):
        return None
    return [lost + line.removeprefix(added) if line.strip() else line for line in replace]


def first_line_shifted(window: Texts, search: Texts, replace: Texts) -> list[str] | None:
    """The same for an indentation that only the first line lost."""
    if not replace or not any(line.strip() for line in search[1:]) or not _same_words(window, search):
        return None
    if [line.rstrip() for line in window[1:]] != [line.rstrip() for line in search[1:]]:
        return None
    lost = _uniform(window[:1], search[:1])
    if not lost:
        return None
    if _indent(replace[0]) == _indent(window[0]):
        return list(replace)
    rest = [line for line in replace[1:] if line.strip()]
    known = {line.rstrip() for line in search[1:]}
    if _indent(replace[0]) != _indent(search[0]) or (rest and not any(line.rstrip() in known for line in rest)):
        return None
    return [lost + replace[0], *replace[1:]]


def retabbed(window: Texts, search: Texts, replace: Texts) -> list[str] | None:
    """`replace` with tabs for a model's blanks, or the other way round, as the file has it."""
    if not _same_words(window, search):
        return None
    for width in _TAB_WIDTHS:
        if [_expanded(line, width) for line in window] == [line.rstrip() for line in search]:
            return _with_tabs(replace, width)
        if [line.rstrip() for line in window] == [_expanded(line, width) for line in search]:
            return [_expanded(line, width) for line in replace]
    return None


def _with_tabs(lines: Texts, width: int) -> list[str] | None:
    found = []
    for line in lines:
        blanks = len(line) - len(line.lstrip(" "))
        if blanks % width:
            return None
        found.append("\t" * (blanks // width) + line.lstrip(" "))
    return found


def _expanded(line: str, width: int) -> str:
    indent = _indent(line)
    return (indent.replace("\t", " " * width) + line[len(indent) :]).rstrip()


def _same_words(window: Texts, search: Texts) -> bool:
    return [line.strip() for line in window] == [line.strip() for line in search]


def _uniform(longer: Texts, shorter: Texts) -> str:
    """The one blank prefix by which all lines of the first are longer; "" when there is no such prefix."""
    prefixes = {
        left[: len(left) - len(right)] if left.rstrip().endswith(right.rstrip()) else ""
        for left, right in ((one.rstrip(), two.rstrip()) for one, two in zip(longer, shorter, strict=True))
        if left
    }
    if len(prefixes) != 1:
        return ""
    (prefix,) = prefixes
    return "" if prefix.strip() else prefix


def _same_foot(lines: Texts, replace: Texts) -> bool:
    """Whether `replace` is indented on the base of `lines`: by a line in both, else by the first or outermost lines."""
    left, right = ([line.rstrip() for line in side if line.strip()] for side in (lines, replace))
    if not right or set(left) & set(right):
        return True
    if {line.strip() for line in left} & {line.strip() for line in right}:
        return False
    return _indent(left[0]) == _indent(right[0]) or min(map(_indent, left)) == min(map(_indent, right))


def _first_line_only(lost: str, search: Texts, replace: Texts) -> bool:
    """Whether just the first line of `replace` may have lost its indentation, since one searched line can't tell."""
    rest = [line for line in replace[1:] if line.strip()]
    if sum(bool(line.strip()) for line in search) > 1 or not rest:
        return False
    return all(len(_indent(line)) >= len(lost) + len(_indent(search[0])) for line in rest)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
