"""Replies in SEARCH/REPLACE blocks: one right form, from which every mutation is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.replies.scenarios import Edit, Scenario

INTRO = "The change is small.\n"
OUTRO = "\nThat is all.\n"
LANGUAGES = {"py": "python", "js": "javascript", "go": "go", "md": "markdown", "cs": "csharp", "ts": "typescript"}


@dataclass(frozen=True)
class Block:
    """One block, piece by piece; every piece ends with a line feed or is empty."""

    path: str
    name: str
    fence: str
    head: str
    search: str
    divider: str
    replace: str
    end: str
    close: str

    def __str__(self) -> str:
        before = self.name + self.fence + self.head + self.search
        return before + self.divider + self.replace + self.end + self.close


Change = Callable[[Block], Block]


def block(edit: Edit) -> Block:
    """As Aider's instructions ask for it."""
    ticks = "````" if edit.path.endswith(".md") else "```"
    language = LANGUAGES[edit.path.rpartition(".")[2]]
    return Block(
        edit.path,
        edit.path + "\n",
        f"{ticks}{language}\n",
        "<<<<<<< SEARCH\n",
        edit.search,
        "=======\n",
        edit.replace,
        ">>>>>>> REPLACE\n",
        f"{ticks}\n",
    )


def reply(scenario: Scenario, change: Change | None = None, *, only: Sequence[int] | None = None) -> str:
    """The right answer, with `change` made to the last block."""
    blocks = [block(edit) for edit in scenario.edits]
    if change:
        blocks[-1] = change(blocks[-1])
    chosen = blocks if only is None else [blocks[number] for number in only]
    return INTRO + "".join(f"\n{one}" for one in chosen) + OUTRO


def having(**pieces: str) -> Change:
    """Other text for some pieces; `{path}` and `{base}` are filled in."""

    def change(one: Block) -> Block:
        base = one.path.rpartition("/")[2]
        return replace(
            one, **{key: text.replace("{path}", one.path).replace("{base}", base) for key, text in pieces.items()}
        )

    return change


def parts(**changes: Callable[[str], str]) -> Change:
    """Some pieces passed through functions."""
    return lambda one: replace(one, **{key: change(getattr(one, key)) for key, change in changes.items()})


def both(change: Callable[[str], str]) -> Change:
    """SEARCH and REPLACE passed through one function."""
    return parts(search=change, replace=change)


def lines(change: Callable[[str], str]) -> Callable[[str], str]:
    """A function on the text of each line that is not blank."""
    return lambda text: "".join(change(line) + "\n" if line.strip() else line + "\n" for line in text.splitlines())
