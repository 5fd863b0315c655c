"""Cases that no mutation makes: several rounds, doubtful places, and what a model sends that is no edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.replies.blocks import INTRO, block
from tests.replies.scenarios import PARSER, TAX, Edit

TWICE = "def first():\n    value = 1\n    return value\n\n\ndef second():\n    value = 1\n    return value\n"
HEADINGS = "Shop\n=======\n\nOld text.\n\nUse\n=======\n\nRun it.\n"
GREETINGS = {"a/greet.py": "GREETING = 'helo'\n", "b/greet.py": "GREETING = 'helo'\n", "c.py": "GREETING = 'hullo'\n"}


@dataclass(frozen=True)
class Written:
    """Like a case of the corpus; `after` holds what differs from `files`."""

    kind: str
    name: str
    files: dict[str, str]
    replies: tuple[str, ...]
    fate: Literal["lands", "asks", "refused", "nothing"]
    after: dict[str, str]
    chat: tuple[str, ...] = ()
    format: str = "diff"


def edit(path: str, search: str, replace: str) -> str:
    """One block."""
    return str(block(Edit(path, search, replace))) + "\n"


def written() -> Iterator[Written]:
    """All of them."""
    yield from _places()
    yield from _rounds()
    yield from _files()
    yield from _texts()
    yield from _not_edits()


def _places(kind: str = "two matches") -> Iterator[Written]:
    files = {"twice.py": TWICE}
    vague = edit("twice.py", "    value = 1\n", "    value = 2\n")
    clear = edit("twice.py", "def second():\n    value = 1\n", "def second():\n    value = 2\n")
    after = {"twice.py": TWICE[: len(TWICE) // 2] + TWICE[len(TWICE) // 2 :].replace("1", "2")}
    yield Written(kind, "made clear", files, (vague, clear), "asks", after)
    yield Written(kind, "never made clear", files, (vague,), "refused", {})
    yield Written(kind, "one block for each", files, (vague + vague,), "lands", {"twice.py": TWICE.replace("1", "2")})
    yield Written(kind, "three blocks for two", files, (vague * 3,), "refused", {})
    yield Written(kind, "with context", files, (clear,), "lands", after)
    loose = edit("twice.py", "value = 1\n", "value = 2\n")
    yield Written(kind, "without indentation", files, (loose, clear), "asks", after)
    moved = edit("twice.py", "def first():\n", "def second():\n    value = 0\n\n\ndef first():\n") + clear
    expected = {"twice.py": "def second():\n    value = 0\n\n\n" + after["twice.py"]}
    yield Written(kind, "one that an edit before it has made", files, (moved,), "lands", expected)
    inner = {"inner.py": "max_x = 1\nx = 1\n"}
    gaps = edit("inner.py", "x = 1\n...\n", "x = 2\n...\n")
    yield Written(kind, "a line that ends another one", inner, (gaps,), "lands", {"inner.py": "max_x = 1\nx = 2\n"})


def _rounds(kind: str = "several rounds") -> Iterator[Written]:
    files = {"parser.py": PARSER}
    first = edit("parser.py", '        key, value = line.split("=")\n', '        key, value = line.split("=", 1)\n')
    second = edit(
        "parser.py", "    for key, value in values.items():\n", "    for key, value in sorted(values.items()):\n"
    )
    wrong = edit("parser.py", "    for k, v in values.items():\n", "    for key, value in sorted(values.items()):\n")
    wronger = edit("parser.py", "        k, v = line.partition()\n", '        key, value = line.split("=", 1)\n')
    after = {
        "parser.py": PARSER.replace('split("=")', 'split("=", 1)').replace("values.items()", "sorted(values.items())")
    }
    yield Written(kind, "only the failed block is repeated", files, (first + wrong, second), "asks", after)
    yield Written(kind, "all blocks are repeated", files, (first + wrong, first + second), "asks", after)
    yield Written(kind, "the failed block comes first", files, (wrong + first, second), "asks", after)
    yield Written(
        kind, "one of two failures is never repaired", files, (wrong + wronger, second, "Done."), "refused", {}
    )
    yield Written(kind, "only the good block is repeated", files, (first + wrong, first), "refused", {})
    yield Written(kind, "the model gives up", files, (first + wrong, "I cannot do that."), "refused", {})
    yield Written(kind, "two failures, two repairs", files, (wrong + wronger, first + second), "asks", after)
    both = PARSER[PARSER.index("    for line") : PARSER.index("        result[key]")]
    larger = edit("parser.py", both, both.replace('split("=")', 'split("=", 1)')) + second
    yield Written(kind, "a larger block takes in a kept one", files, (first + wrong, larger), "asks", after)
    yield Written(
        kind,
        "a second file fails",
        {**files, "tax.py": TAX},
        (first + edit("tax.py", "x\n", "y\n"), "No."),
        "refused",
        {},
    )
    cut = edit("parser.py", "def dump(values):\n", "def dump(values: dict) -> str:\n")[:-30]
    yield Written(kind, "the cut block is never sent", files, (first + cut, first), "refused", {})


def _files(kind: str = "files") -> Iterator[Written]:
    fix = "GREETING = 'hello'\n"
    one = edit("a/greet.py", "GREETING = 'helo'\n", fix)
    yield Written(kind, "not in the chat", GREETINGS, (one,), "lands", {"a/greet.py": fix}, chat=("c.py",))
    base = edit("greet.py", "GREETING = 'helo'\n", fix)
    yield Written(
        kind, "two of the same last part", GREETINGS, (base, one), "asks", {"a/greet.py": fix}, chat=("c.py",)
    )
    only = edit("x/y/c.py", "GREETING = 'hullo'\n", fix)
    yield Written(
        kind, "a last part that is there once", GREETINGS, (only,), "lands", {"c.py": fix}, chat=("a/greet.py",)
    )
    yield Written(
        kind,
        "an existing file, lines of another",
        GREETINGS,
        (edit("c.py", "GREETING = 'helo'\n", fix),),
        "refused",
        {},
    )
    yield Written(
        kind,
        "a new file in a sentence",
        {"a.py": "a\n"},
        ("Now `docs/new.md`:\n" + edit("x.md", "", "# New\n").split("\n", 1)[1],),
        "lands",
        {"docs/new.md": "# New\n"},
    )
    yield Written(
        kind,
        "a new file without a name",
        {"a.py": "a\n"},
        ("Here it is.\n" + edit("x.py", "", "b\n").split("\n", 1)[1],),
        "refused",
        {},
    )
    yield Written(
        kind,
        "a new file named like a language",
        {"a.py": "a\n"},
        ("python\n" + edit("x.py", "", "b\n").split("\n", 1)[1],),
        "refused",
        {},
    )
    yield Written(
        kind,
        "an empty file is filled",
        {"pkg/__init__.py": ""},
        (edit("pkg/__init__.py", "", "x = 1\n"),),
        "lands",
        {"pkg/__init__.py": "x = 1\n"},
    )
    yield Written(
        kind,
        "a file is emptied",
        {"a.py": "x = 1\n", "b.py": "y\n"},
        (edit("a.py", "x = 1\n", ""),),
        "lands",
        {"a.py": ""},
    )
    yield Written(kind, "a folder's name", {"pkg/a.py": "a\n"}, (edit("pkg/a.py/b.py", "", "b\n"),), "refused", {})
    yield Written(
        kind,
        "one file by two names",
        {"a.py": "x = 1\ny = 1\n"},
        (edit("a.py", "x = 1\n", "x = 2\n") + edit("./a.py", "y = 1\n", "y = 2\n"),),
        "lands",
        {"a.py": "x = 2\ny = 2\n"},
    )


def _texts(kind: str = "texts") -> Iterator[Written]:
    files = {"notes.md": HEADINGS}
    heading = edit("notes.md", "Use\n=======\n", "Usage\n=======\n")
    yield Written(
        kind,
        "headings underlined like the divider",
        files,
        (heading,),
        "lands",
        {"notes.md": HEADINGS.replace("Use", "Usage")},
    )
    added = edit("notes.md", "Run it.\n", "Run it.\n\nMore\n=====\n\nAsk.\n")
    yield Written(
        kind,
        "a new heading",
        files,
        (added,),
        "lands",
        {"notes.md": HEADINGS.replace("Run it.\n", "Run it.\n\nMore\n=====\n\nAsk.\n")},
    )
    stub = "class Port:\n    def ask(self) -> str:\n        ...\n"
    new = "class Port:\n    def ask(self) -> str:\n        ...\n\n    def tell(self) -> None:\n        ...\n"
    yield Written(kind, "dots that are Python", {"p.py": stub}, (edit("p.py", stub, new),), "lands", {"p.py": new})
    body = "def f():\n    a = 1\n    return a\n"
    yield Written(kind, "dots for a body", {"p.py": body}, (edit("p.py", body, "def f(x):\n    ...\n"),), "refused", {})
    pieces = edit("p.py", "def f():\n...\n    return a\n", "def f(x):\n...\n    return a + x\n")
    yield Written(
        kind,
        "dots on both sides",
        {"p.py": body},
        (pieces,),
        "lands",
        {"p.py": "def f(x):\n    a = 1\n    return a + x\n"},
    )
    mixed = {"m.txt": "a\r\nb\nc\r\nd\n"}
    yield Written(
        kind,
        "mixed line ends",
        mixed,
        (edit("m.txt.md", "b\n", "B\n").replace("m.txt.md", "m.txt"),),
        "lands",
        {"m.txt": "a\r\nB\nc\r\nd\n"},
    )
    yield Written(
        kind,
        "no line feed at the end",
        {"a.py": "x = 1\ny = 2"},
        (edit("a.py", "x = 1\n", "x = 3\n"),),
        "lands",
        {"a.py": "x = 3\ny = 2"},
    )
    yield Written(
        kind,
        "a byte order mark",
        {"a.py": "\ufeffx = 1\n"},
        (edit("a.py", "x = 1\n", "x = 3\n"),),
        "lands",
        {"a.py": "\ufeffx = 3\n"},
    )
    yield Written(
        kind,
        "a form feed",
        {"a.py": "x = 1\n\x0c\ny = 1\n"},
        (edit("a.py", "y = 1\n", "y = 3\n"),),
        "lands",
        {"a.py": "x = 1\n\x0c\ny = 3\n"},
    )
    yield Written(
        kind,
        "blanks at the end are what changes",
        {"a.py": "x = 1  \n"},
        (edit("a.py", "x = 1  \n", "x = 1\n"),),
        "lands",
        {"a.py": "x = 1\n"},
    )
    yield Written(kind, "plus signs", {"a.py": "x = 1\n"}, (edit("a.py", "x = 1\n", "+x = 2\n"),), "refused", {})
    nested = "class A:\n    def f(self):\n        return 1\n"
    guarded = edit("a.py", "return 1\n", "if self:\n    return 2\nreturn 1\n")
    yield Written(
        kind,
        "a lost indentation around new depth",
        {"a.py": nested},
        (guarded,),
        "lands",
        {"a.py": nested.replace("        return 1\n", "        if self:\n            return 2\n        return 1\n")},
    )
    doubtful = edit("a.py", "return 1\n", "x = 1\n        return x\n")
    yield Written(kind, "an indentation lost in one line of two", {"a.py": nested}, (doubtful,), "refused", {})


def _not_edits(kind: str = "no edit") -> Iterator[Written]:
    files = {"tax.py": TAX}
    yield Written(kind, "an explanation", files, ("This is not a bug.",), "nothing", {})
    yield Written(
        kind, "an explanation with an example", files, ("Call it so:\n\n```python\ntax(1, 'DE')\n```\n",), "nothing", {}
    )
    yield Written(
        kind,
        "an explanation with a quotation",
        files,
        (f"In `tax.py`:\n\n```python\n{TAX.splitlines()[5]}\n```\nis right.",),
        "nothing",
        {},
    )
    yield Written(kind, "a command", files, ("```bash\nrm -rf tax.py\n```\n",), "nothing", {})
    yield Written(kind, "cut before the first name", files, (INTRO,), "nothing", {})
    yield Written(
        kind,
        "the same lines again",
        files,
        (edit("tax.py", "    rate = RATES[country]\n", "    rate = RATES[country]\n"),),
        "nothing",
        {},
    )
    yield Written(kind, "an empty answer", files, ("",), "nothing", {})
