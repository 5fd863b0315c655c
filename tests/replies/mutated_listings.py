"""What models do to whole files, by class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.replies import blocks
from tests.replies.blocks import INTRO, OUTRO
from tests.replies.mutated_blocks import reply_as_listings
from tests.replies.mutation import Fate, Mutation
from tests.replies.scenarios import Scenario

right = reply_as_listings


def mutations() -> Iterator[Mutation]:
    """All of them."""
    yield from _forms()
    yield from _names()
    yield from _spoilt()


def _last(kind: str, name: str, fate: Fate, form: str, change: Callable[[str], str] = str) -> Mutation:
    """The last file in another form, of `{path}`, `{base}`, `{ticks}` and `{text}`."""

    def make(scenario: Scenario) -> str:
        path = scenario.edits[-1].path
        ticks = "````" if path.endswith(".md") else "```"
        before, _, _ = reply_as_listings(scenario).partition(f"\n{path}\n{ticks}\n")
        text = change(scenario.after[path].replace("\r\n", "\n"))
        return f"{before}\n{form.format(path=path, base=path.rpartition('/')[2], ticks=ticks, text=text)}{OUTRO}"

    return Mutation(kind, name, fate, make)


def _forms(kind: str = "right") -> Iterator[Mutation]:
    yield Mutation(kind, "as asked for", "lands", right)
    yield Mutation(kind, "windows line ends in the reply", "lands", lambda one: right(one).replace("\n", "\r\n"))
    yield _last("fences", "a language", "lands", "{path}\n{ticks}python\n{text}{ticks}\n")
    yield _last("fences", "tildes", "lands", "{path}\n~~~\n{text}~~~\n")
    yield _last("fences", "six backticks", "lands", "{path}\n``````\n{text}``````\n")
    yield _last("fences", "a tag", "lands", "{path}\n<source>\n{text}</source>\n")
    yield _last("prose", "a command after it", "lands", "{path}\n{ticks}\n{text}{ticks}\n\n```bash\nmake\n```\n")
    yield _last(
        "prose",
        "an example after it",
        "lands",
        "{path}\n{ticks}\n{text}{ticks}\n\nUse it so:\n\n```python\nrun()\n```\n",
    )
    yield Mutation(
        "prose", "names another file", "lands", lambda one: "Unlike `README.md` and shop/tax.py:\n" + right(one)
    )
    yield Mutation("blocks", "instead of a file", "lands", blocks.reply)
    yield Mutation("blocks", "with a spoilt marker", "asks", lambda one: blocks.reply(one, blocks.having(end="")))
    yield _last(
        "prose", "the same file twice", "lands", "{path}\n{ticks}\n{text}{ticks}\n\n{path}\n{ticks}\n{text}{ticks}\n"
    )


def _names(kind: str = "names") -> Iterator[Mutation]:
    forms = {
        "in backticks": "`{path}`",
        "in bold": "**{path}**",
        "as a heading": "### {path}",
        "as a comment": "# file: {path}",
        "with a label": "File: {path}",
        "with a colon": "{path}:",
        "with ./": "./{path}",
        "with a leading slash": "/{path}",
        "with a blank line": "{path}\n",
        "in a sentence": "This is the new `{path}`:\n",
    }
    for name, form in forms.items():
        yield _last(kind, name, "lands", form + "\n{ticks}\n{text}{ticks}\n")
    yield _last(kind, "in the fence line", "lands", "{ticks}python {path}\n{text}{ticks}\n")
    yield _last(kind, "instead of the language", "lands", "{ticks}{path}\n{text}{ticks}\n")
    for name, form in {
        "of the last part alone": "{base}",
        "with a path of the example": "path/to/{path}",
        "missing": "The file:\n",
    }.items():
        yield Mutation(kind, name, "lands", _for_existing(form))


def _for_existing(form: str) -> Callable[[Scenario], str | None]:
    made = _last("", "", "lands", form + "\n{ticks}\n{text}{ticks}\n").make
    return lambda scenario: made(scenario) if len(scenario.edits) == 1 else None


def _spoilt() -> Iterator[Mutation]:
    listing = "{path}\n{ticks}\n{text}{ticks}\n"
    yield _last("truncated", "the second half missing, fence closed", "asks", listing, lambda text: _share(text, 0.5))
    yield _last("truncated", "the last lines missing, fence closed", "asks", listing, lambda text: _share(text, 0.8))
    yield _last("truncated", "no closing fence", "asks", "{path}\n{ticks}\n{text}")
    yield _last("truncated", "in the middle", "asks", "{path}\n{ticks}\n{text}", lambda text: text[: len(text) // 2])
    yield Mutation("truncated", "only the part that changes", "asks", _part)
    for name, line in {
        "dots": "...",
        "the rest": "# ... rest of the code unchanged",
        "C": "    // existing code",
    }.items():
        yield _last("elided", name, "asks", listing, lambda text, line=line: _share(text, 0.8) + line + "\n")  # type: ignore[misc]
        yield _last("elided", f"{name}, at the top", "asks", listing, lambda text, line=line: line + "\n" + text)  # type: ignore[misc]
    yield _last("markers", "a conflict within", "asks", listing, lambda text: f"<<<<<<< HEAD\n{text}>>>>>>> main\n")
    yield _last(
        "fences",
        "a fence too few in a text",
        "asks",
        "{path}\n```\n{text}```\n",
        lambda text: re.sub("```sh", "```", text) if "```" in text else text + "<<<<<<< HEAD\n",
    )


def _share(text: str, share: float) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[: int(len(lines) * share)])


def _part(scenario: Scenario) -> str | None:
    edit = scenario.edits[-1]
    ticks = "````" if edit.path.endswith(".md") else "```"
    if not edit.search or len(scenario.edits) > 1:
        return None
    return f"{INTRO}\n{edit.path}\n{ticks}\n{edit.replace}{ticks}\n"
