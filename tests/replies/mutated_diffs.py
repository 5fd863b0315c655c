"""What models do to unified diffs, by class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import unified_diff

from tests.replies.blocks import INTRO, OUTRO
from tests.replies.mutated_blocks import reply_as_listings
from tests.replies.mutation import Fate, Mutation
from tests.replies.scenarios import Scenario


def right(scenario: Scenario) -> str:
    """A fence for each file, as Aider's instructions ask for it."""
    return INTRO + "".join(f"\n```diff\n{text}```\n" for text in _diffs(scenario).values()) + OUTRO


def mutations() -> Iterator[Mutation]:
    """All of them."""
    yield from _forms()
    yield from _names()
    yield from _spoilt()


def _diffs(scenario: Scenario, context: int = 3) -> dict[str, str]:
    after = scenario.after
    found = {}
    for path in dict.fromkeys(edit.path for edit in scenario.edits):
        old, new = (
            files.get(path, "").replace("\r\n", "\n").splitlines(keepends=True) for files in (scenario.files, after)
        )
        lines = list(unified_diff(old, new, path if old else "/dev/null", path, n=context))
        found[path] = re.sub(r"(?m)^@@ .* @@$", "@@ ... @@", "".join(lines))
    return found


def _over(kind: str, name: str, fate: Fate, change: Callable[[str], str]) -> Mutation:
    """On the text of the last diff."""

    def make(scenario: Scenario) -> str:
        *before, last = _diffs(scenario).values()
        return INTRO + "".join(f"\n```diff\n{text}```\n" for text in (*before, change(last))) + OUTRO

    return Mutation(kind, name, fate, make)


def _forms(kind: str = "right") -> Iterator[Mutation]:
    yield Mutation(kind, "as asked for", "lands", right)
    yield Mutation(
        kind, "all files in one fence", "lands", lambda one: "```diff\n" + "".join(_diffs(one).values()) + "```\n"
    )
    yield Mutation(kind, "no fence", "lands", lambda one: "".join(_diffs(one).values()))
    yield Mutation(kind, "another fence", "lands", lambda one: right(one).replace("```diff", "```patch"))
    yield Mutation(kind, "windows line ends in the reply", "lands", lambda one: right(one).replace("\n", "\r\n"))
    yield _over(kind, "numbers", "lands", lambda text: text.replace("@@ ... @@", "@@ -7,9 +7,9 @@ def wrong():"))
    yield _over(kind, "bare signs", "lands", lambda text: text.replace("@@ ... @@", "@@ @@"))
    yield _over(kind, "as git writes it", "lands", _by_git)
    yield Mutation(
        "prose", "names another file", "lands", lambda one: "Unlike `README.md` and shop/tax.py:\n" + right(one)
    )
    yield Mutation("prose", "a command after it", "lands", lambda one: right(one) + "\n```bash\nmake\n```\n")
    yield Mutation("prose", "the same diff twice", "lands", lambda one: right(one) + right(one))


def _by_git(text: str) -> str:
    old, new, rest = text.split("\n", 2)
    name = new.removeprefix("+++ ")
    first = "--- /dev/null" if old.endswith("/dev/null") else f"--- a/{name}"
    return f"diff --git a/{name} b/{name}\nindex 1234567..89abcde 100644\n{first}\n+++ b/{name}\n{rest}"


def _names(kind: str = "names") -> Iterator[Mutation]:
    yield _over(
        kind,
        "with a time",
        "lands",
        lambda text: re.sub(r"(?m)^((?:---|\+\+\+) .*)$", r"\1\t2024-01-01 10:00:00", text),
    )
    yield _over(kind, "in backticks", "lands", lambda text: re.sub(r"(?m)^((?:---|\+\+\+)) (.*)$", r"\1 `\2`", text))
    yield Mutation(kind, "above the fence", "lands", _above)
    yield _over(
        kind, "of the last part alone", "lands", lambda text: re.sub(r"(?m)^((?:---|\+\+\+)) .*/", r"\1 ", text)
    )
    yield _over(
        kind,
        "with a leading slash",
        "lands",
        lambda text: re.sub(r"(?m)^((?:---|\+\+\+)) (?!/)", r"\1 /", text),
    )
    yield Mutation(
        kind,
        "missing",
        "asks",
        lambda one: re.sub(r"(?m)^(---|\+\+\+) .*\n", "", right(one)) if len(_diffs(one)) > 1 else None,
    )
    yield _over(
        kind,
        "of a file that is not there",
        "asks",
        lambda text: re.sub(r"(?m)^((?:---|\+\+\+)) .*$", r"\1 lib/other_thing.rb", text),
    )
    yield _over(kind, "to delete the file", "asks", lambda text: re.sub(r"(?m)^\+\+\+ .*$", "+++ /dev/null", text))


def _above(scenario: Scenario) -> str:
    bare = {path: re.sub(r"(?m)^(---|\+\+\+) .*\n", "", text) for path, text in _diffs(scenario).items()}
    return "".join(f"{path}\n```diff\n{text}```\n\n" for path, text in bare.items())


def _spoilt() -> Iterator[Mutation]:
    yield _over("whitespace", "no blank before empty lines", "lands", lambda text: re.sub(r"(?m)^ $", "", text))
    yield _over("whitespace", "trailing blanks", "lands", _blanks)
    yield _over("whitespace", "tabs as blanks", "lands", lambda text: text.replace("\t", "    "))
    yield _over(
        "whitespace",
        "another word",
        "asks",
        lambda text: re.sub(r"(?m)^-(?!--)(.*)e", r"-\g<1>3", text, count=1),
    )
    yield _over("markers", "no @@", "lands", lambda text: text.replace("@@ ... @@\n", "", 1))
    yield _over("markers", "a conflict within", "asks", lambda text: text + "+<<<<<<< HEAD\n")
    yield _over("elided", "dots", "asks", lambda text: text + "+...\n")
    yield _over("elided", "a comment", "asks", lambda text: text + "+# ... rest of the code\n")
    yield Mutation(
        "truncated", "within the last hunk", "asks", lambda one: right(one).removesuffix(OUTRO).rstrip("`\n")[:-4]
    )
    yield Mutation(
        "truncated", "before the closing fence", "asks", lambda one: right(one).removesuffix(OUTRO).rstrip("`\n") + "\n"
    )
    yield Mutation("whole file", "instead of a diff", "asks", reply_as_listings)
    yield Mutation("two matches", "no context", "asks", _without_context)


def _blanks(text: str) -> str:
    head, tail = text.split("@@ ... @@\n", 1)
    return head + "@@ ... @@\n" + re.sub(r"(?m)^([ -].*\S)$", r"\1  ", tail)


def _without_context(scenario: Scenario) -> str | None:
    """A line that stands in the file twice."""
    if scenario.name != "a deep folder":
        return None
    return "```diff\n--- packages/web/src/dates.ts\n+++ packages/web/src/dates.ts\n@@ ... @@\n-}\n+};\n```\n"
