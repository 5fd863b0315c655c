"""What models do to SEARCH/REPLACE blocks, by class, with what must come of it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from tests.replies.blocks import INTRO, OUTRO, Block, block, both, having, lines, parts, reply
from tests.replies.mutated_frames import fenced, named
from tests.replies.mutation import Mutation, for_existing, on_block
from tests.replies.scenarios import Scenario


def _depth(text: str) -> str:
    found = [re.match(r"\s*", line)[0] for line in text.splitlines() if line.strip()]  # type: ignore[index]
    return min(found, key=len, default="")


def _dedented(one: Block) -> Block:
    depth = _depth(one.search + one.replace)
    strip = lines(lambda line: line.removeprefix(depth))
    return replace(one, search=strip(one.search), replace=strip(one.replace))


def _quotation_dedented(one: Block) -> Block:
    return replace(one, search=textwrap.dedent(one.search))


def _first_line_dedented(one: Block) -> Block:
    if one.search.count("\n") < 2 or one.search.splitlines()[0].strip() != one.replace.splitlines()[0].strip():
        return one
    return replace(one, search=one.search.lstrip(), replace=one.replace.lstrip())


def _untabbed(text: str) -> str:
    return text.replace("\t", "    ")


def _tabbed(text: str) -> str:
    return re.sub(r"(?m)^ +", lambda found: "\t" * (len(found[0]) // 4) if len(found[0]) % 4 == 0 else found[0], text)


def _right(kind: str = "right") -> Iterator[Mutation]:
    yield on_block(kind, "as asked for", "lands", lambda one: one)
    yield Mutation(
        kind, "without a word around it", "lands", lambda one: "\n".join(str(block(edit)) for edit in one.edits)
    )
    yield on_block(
        kind, "name inside the fence", "lands", lambda one: replace(one, name="", fence=one.fence + one.path + "\n")
    )
    yield on_block(
        kind,
        "nine characters",
        "lands",
        having(head="<<<<<<<<< SEARCH\n", divider="=========\n", end=">>>>>>>>> REPLACE\n"),
    )
    yield on_block(
        kind, "five characters", "lands", having(head="<<<<< SEARCH\n", divider="=====\n", end=">>>>> REPLACE\n")
    )
    yield Mutation(kind, "windows line ends in the reply", "lands", lambda one: reply(one).replace("\n", "\r\n"))
    yield Mutation(kind, "no final line feed", "lands", lambda one: reply(one).removesuffix(OUTRO).rstrip("\n"))


def _whitespace(kind: str = "whitespace") -> Iterator[Mutation]:
    yield on_block(kind, "indentation lost", "lands", _dedented)
    yield on_block(kind, "indentation added", "lands", both(lines(lambda line: "    " + line)))
    yield on_block(kind, "indentation lost in the quotation", "lands", _quotation_dedented)
    yield on_block(kind, "indentation lost in the first line", "lands", _first_line_dedented)
    yield on_block(kind, "blanks for tabs", "lands", both(_untabbed))
    yield on_block(kind, "tabs for blanks", "lands", both(_tabbed))
    yield on_block(kind, "trailing blanks in both", "lands", both(lines(lambda line: line + "  ")))
    yield on_block(kind, "trailing blanks in the quotation", "lands", parts(search=lines(lambda line: line + " ")))
    yield on_block(
        kind, "blank lines above the quotation", "lands", parts(search=lambda text: text and "\n\n\n" + text)
    )
    yield on_block(kind, "blank line below both", "lands", both(lambda text: text and text + "\n"))
    yield on_block(kind, "blank lines above both", "lands", both(lambda text: text and "\n\n" + text))
    yield on_block(kind, "another word in the quotation", "asks", parts(search=lambda text: text.replace("e", "3", 1)))
    yield on_block(
        kind,
        "quotation on one line",
        "asks",
        parts(search=lambda text: " ".join(text.split()) + "\n" if text.count("\n") > 1 else text),
    )


def _markers(kind: str = "markers") -> Iterator[Mutation]:
    yield on_block(kind, "no SEARCH", "asks", having(head=""))
    yield on_block(kind, "no divider", "asks", having(divider=""))
    yield on_block(kind, "no REPLACE", "asks", having(end=""))
    yield on_block(kind, "no markers but the divider", "asks", having(head="<<<<<<<\n", end=">>>>>>>\n"))
    yield on_block(kind, "a divider for the REPLACE", "asks", having(end="=======\n"))
    yield on_block(kind, "SEARCH twice", "lands", having(head="<<<<<<< SEARCH\n<<<<<<< SEARCH\n"))
    yield on_block(kind, "divider twice", "asks", having(divider="=======\n=======\n"))
    yield on_block(kind, "divider before REPLACE too", "asks", having(end="=======\n>>>>>>> REPLACE\n"))
    yield on_block(kind, "REPLACE twice", "lands", having(end=">>>>>>> REPLACE\n>>>>>>> REPLACE\n"))
    yield on_block(kind, "small letters", "lands", having(head="<<<<<<< search\n", end=">>>>>>> replace\n"))
    yield on_block(kind, "no blank", "lands", having(head="<<<<<<<SEARCH\n", end=">>>>>>>REPLACE\n"))
    yield on_block(
        kind, "indented", "lands", having(head="  <<<<<<< SEARCH\n", divider="  =======\n", end="  >>>>>>> REPLACE\n")
    )
    yield on_block(
        kind, "four characters", "asks", having(head="<<<< SEARCH\n", divider="====\n", end=">>>> REPLACE\n")
    )
    yield on_block(
        kind, "uneven", "lands", having(head="<<<<<<<< SEARCH\n", divider="======\n", end=">>>>>>> REPLACE\n")
    )
    yield on_block(kind, "swapped", "asks", having(head=">>>>>>> REPLACE\n", end="<<<<<<< SEARCH\n"))
    yield on_block(kind, "git's words", "asks", having(head="<<<<<<< HEAD\n", end=">>>>>>> fix\n"))
    yield on_block(kind, "a conflict within", "asks", parts(replace=lambda text: f"<<<<<<< HEAD\n{text}>>>>>>> main\n"))
    yield on_block(kind, "a conflict's base within", "asks", parts(replace=lambda text: f"{text}||||||| base\n"))


def _prose(kind: str = "prose") -> Iterator[Mutation]:
    yield Mutation(
        kind, "names another file", "lands", lambda one: "It is unlike `README.md` and shop/tax.py.\n" + reply(one)
    )
    yield Mutation(kind, "a rule of equal signs", "lands", lambda one: "Plan\n=======\n\n" + reply(one))
    yield Mutation(kind, "thoughts with a draft", "lands", _with_thoughts)
    yield Mutation(kind, "a command after it", "lands", lambda one: reply(one) + "\n```bash\npytest -q\n```\n")
    yield Mutation(
        kind, "a listing of the command's output", "lands", lambda one: reply(one) + "\nIt prints:\n\n```\nok\n```\n"
    )
    yield Mutation(kind, "the code as it is first", "lands", _with_quotation)
    yield Mutation(kind, "the same block twice", "lands", lambda one: reply(one) + "\n" + str(block(one.edits[-1])))


def _with_thoughts(scenario: Scenario) -> str:
    edit = scenario.edits[-1]
    draft = replace(block(edit), replace="DRAFT\n")
    return f"<think>\nPerhaps:\n{draft}\nNo.\n</think>\n\n{reply(scenario)}"


def _with_quotation(scenario: Scenario) -> str | None:
    edit = scenario.edits[-1]
    ticks = block(edit).close
    return f"{edit.path}\n{ticks}{edit.search}{ticks}\n{reply(scenario)}" if edit.search else None


def _truncated(kind: str = "truncated") -> Iterator[Mutation]:
    pieces = ("name", "fence", "head", "search", "divider", "replace", "end")
    for number, piece in enumerate(pieces):
        yield Mutation(kind, f"within the {piece}", "asks", partial(_cut, complete=pieces[:number], piece=piece))
    yield Mutation(kind, "before the closing fence", "lands", partial(_cut, complete=pieces, piece=""))


def _cut(scenario: Scenario, complete: tuple[str, ...], piece: str) -> str | None:
    """Cut in the middle of a piece of the last block, where that can be seen: a name alone is no edit yet."""
    last = block(scenario.edits[-1])
    text = getattr(last, piece) if piece else ""
    if len(scenario.edits) == 1 and piece in {"name", "fence", "head"}:
        return None
    if piece == "name" or (piece and not text):
        return None
    if piece == "replace" and text.count("\n") == 1:
        text += text
    before = "".join(f"\n{block(edit)}" for edit in scenario.edits[:-1])
    half = text[: len(text) // 2] if piece != "fence" else text.rstrip()
    return INTRO + before + "\n" + "".join(getattr(last, one) for one in complete) + half


def _other_forms(kind: str = "whole file") -> Iterator[Mutation]:
    yield Mutation(
        kind, "instead of a block", "asks", lambda one: reply_as_listings(one) if one.edits[-1].search else None
    )
    yield Mutation(kind, "with an empty SEARCH", "asks", for_existing(having(search="")))


def reply_as_listings(scenario: Scenario) -> str:
    """Every changed file as a whole."""
    files = {edit.path: scenario.after[edit.path].replace("\r\n", "\n") for edit in scenario.edits}
    ticks = {path: "````" if path.endswith(".md") else "```" for path in files}
    return INTRO + "".join(f"\n{path}\n{ticks[path]}\n{text}{ticks[path]}\n" for path, text in files.items()) + OUTRO


def _elided(kind: str = "elided") -> Iterator[Mutation]:
    for name, line in {
        "dots": "...",
        "a comment with dots": "# ... existing code ...",
        "the rest unchanged": "# rest of the code unchanged",
        "a comment of C": "// ... rest of the function",
        "brackets": "[... unchanged ...]",
        "existing code": "    // existing code here",
    }.items():
        yield on_block(kind, name, "asks", parts(replace=lambda text, line=line: f"{text}{line}\n"))  # type: ignore[misc]
    yield on_block(kind, "the quotation too", "asks", parts(search=lambda text: text and text + "...\n"))


right = reply


def mutations() -> Iterator[Mutation]:
    """All of them."""
    for group in (_right, _whitespace, _markers, named, fenced, _prose, _truncated, _other_forms, _elided):
        yield from group()
