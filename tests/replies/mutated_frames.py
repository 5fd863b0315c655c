"""What models do to the file name above a block and to the fence around it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace

from tests.replies.blocks import INTRO, OUTRO, Block, block, both, having, parts, reply
from tests.replies.mutation import Mutation, for_existing, on_block
from tests.replies.scenarios import Scenario


def named(kind: str = "names") -> Iterator[Mutation]:
    forms = {
        "in backticks": "`{path}`\n",
        "in bold": "**{path}**\n",
        "as a heading": "### {path}\n",
        "as a comment": "# file: {path}\n",
        "as a comment of C": "// {path}\n",
        "as a comment of HTML": "<!-- {path} -->\n",
        "with a label": "File: {path}\n",
        "with a label in bold and backticks": "**File: `{path}`**\n",
        "with a colon": "{path}:\n",
        "in quotes": '"{path}"\n',
        "in a list": "1. {path}\n",
        "in a sentence": "In `{path}` change this:\n",
        "with a blank line": "{path}\n\n",
        "with ./": "./{path}\n",
        "with a leading slash": "/{path}\n",
    }
    for name, form in forms.items():
        yield on_block(kind, name, "lands", having(name=form))
    yield on_block(
        kind, "in the fence line", "lands", lambda one: replace(one, name="", fence=f"{one.fence.strip()} {one.path}\n")
    )
    yield on_block(
        kind,
        "in the fence line with a colon",
        "lands",
        lambda one: replace(one, name="", fence=f"{one.fence.strip()}:{one.path}\n"),
    )
    yield on_block(
        kind,
        "instead of the language",
        "lands",
        lambda one: replace(one, name="", fence=f"{one.fence[:3]}{one.path}\n"),
    )
    yield on_block(
        kind,
        "as the title of the fence",
        "lands",
        lambda one: replace(one, name="", fence=f'{one.fence.strip()} title="{one.path}"\n'),
    )
    yield on_block(
        kind, "on the marker", "lands", lambda one: replace(one, name="", head=f"<<<<<<< SEARCH {one.path}\n")
    )
    for name, form in {
        "with a/": "a/{path}\n",
        "with b/": "b/{path}\n",
        "with a path of the home": "/home/me/project/{path}\n",
        "with a path of the example": "path/to/{path}\n",
        "of the last part alone": "{base}\n",
    }.items():
        yield Mutation(kind, name, "lands", for_existing(having(name=form)))
    yield Mutation(kind, "in capitals", "lands", for_existing(lambda one: replace(one, name=one.path.upper() + "\n")))
    yield Mutation(
        kind,
        "with backslashes",
        "lands",
        for_existing(lambda one: replace(one, name=one.path.replace("/", "\\") + "\n")),
    )
    yield Mutation(
        kind, "with a slip", "lands", for_existing(lambda one: replace(one, name=one.path[:-5] + one.path[-4:] + "\n"))
    )
    yield Mutation(kind, "missing", "lands", for_existing(having(name="")))
    yield Mutation(kind, "a sentence instead", "lands", for_existing(having(name="Now the change:\n")))
    yield Mutation(kind, "of a file that is not there", "asks", for_existing(having(name="lib/other_thing.rb\n")))
    yield Mutation(kind, "of another file", "asks", _of_another)


def _of_another(scenario: Scenario) -> str | None:
    others = [path for path in scenario.files if path != scenario.edits[-1].path]
    return reply(scenario, having(name=others[0] + "\n")) if others else None


def fenced(kind: str = "fences") -> Iterator[Mutation]:
    yield on_block(kind, "none", "lands", having(fence="", close=""))
    yield on_block(kind, "tildes", "lands", having(fence="~~~\n", close="~~~\n"))
    yield on_block(kind, "five backticks", "lands", having(fence="`````\n", close="`````\n"))
    yield on_block(kind, "no language", "lands", parts(fence=lambda text: re.sub(r"\w+", "", text)))
    yield on_block(kind, "another language", "lands", parts(fence=lambda text: re.sub(r"\w+", "diff", text)))
    yield on_block(kind, "a tag", "lands", having(fence="<source>\n", close="</source>\n"))
    yield on_block(kind, "not closed", "lands", having(close=""))
    yield on_block(kind, "closed twice", "lands", parts(close=lambda text: text + text))
    yield on_block(kind, "opened twice", "lands", parts(fence=lambda text: text + text))
    yield on_block(kind, "closed before REPLACE", "lands", lambda one: replace(one, end=one.close + one.end, close=""))
    yield on_block(kind, "around each part", "lands", both(lambda text: f"```\n{text}```\n" if text else text))
    yield on_block(
        kind,
        "in a list",
        "lands",
        lambda one: replace(
            one,
            **{
                key: textwrap.indent(getattr(one, key), "   ")
                for key in ("fence", "head", "search", "divider", "replace", "end", "close")
            },
        ),
    )
    yield Mutation(
        kind,
        "all blocks in one",
        "lands",
        lambda one: INTRO + "```\n" + "\n".join(_bare(block(edit)) for edit in one.edits) + "```\n" + OUTRO,
    )


def _bare(one: Block) -> str:
    return str(replace(one, fence="", close=""))
