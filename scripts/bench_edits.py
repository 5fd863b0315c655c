"""What becomes of a corpus of replies, in our engine and in plain Aider: `python -m scripts.bench_edits [--write]`.

Every reply is played through the real chat of either, without a network; see docs/benchmarks/edits.md for the reading.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from tests.replies import corpus
from tests.replies.corpus import Case
from worker.llm.child import FOLDER

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks" / "edits.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
DRIVER = Path(corpus.__file__).with_name("driver.py")
SECONDS = 1800

Who = Literal["ours", "plain"]
End = Literal["at once", "asked again", "unchanged", "other"]


def main() -> None:
    """Measure, print the table, and write it into the page if asked to."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", action="store_true", help="put the table into docs/benchmarks/edits.md")
    cases = corpus.read()
    ours, plain = (ends(cases, who) for who in ("ours", "plain"))
    text = table(cases, ours, plain)
    print(text)
    if arguments.parse_args().write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}")


def ends(cases: Sequence[Case], who: Who) -> list[End]:
    """How each case ended."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        finished = subprocess.run(
            [sys.executable, "-I", str(DRIVER), who, str(FOLDER)],
            input=json.dumps([asdict(case) for case in cases]).encode(),
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    print(f"{who}: {len(cases)} cases in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return [end(case, played) for case, played in zip(cases, json.loads(finished.stdout), strict=True)]


def end(case: Case, played: Mapping[str, Any]) -> End:
    """Line ends are not compared: Aider changes all of a file's to those of its own system."""
    files = _without_line_ends(played["files"])
    if case.fate in {"lands", "asks"} and files == _without_line_ends(case.after):
        return "at once" if played["rounds"] == 1 else "asked again"
    return "unchanged" if files == _without_line_ends(case.files) else "other"


def table(cases: Sequence[Case], ours: Sequence[End], plain: Sequence[End]) -> str:
    """Markdown: a row for each format and class, then the sum."""
    groups = list(dict.fromkeys((case.format, case.kind) for case in cases))
    rows = [
        _row(f"{form}: {kind}", _pick(cases, ours, form, kind), _pick(cases, plain, form, kind))
        for form, kind in groups
    ]
    rows.append(_row("**all**", list(zip(cases, ours, strict=True)), list(zip(cases, plain, strict=True))))
    head = [
        "| class | replies | solvable | landed: Patchferry (at once) | Aider (at once) | other content: P. | A. |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    machine = f"Python {platform.python_version()}, Aider 0.86.2, {platform.system()} on {platform.machine()}."
    return "\n".join([*head, *rows, "", machine, ""])


Played = Sequence[tuple[Case, End]]


def _pick(cases: Sequence[Case], found: Sequence[End], form: str, kind: str) -> Played:
    return [(case, end) for case, end in zip(cases, found, strict=True) if (case.format, case.kind) == (form, kind)]


def _row(name: str, ours: Played, plain: Played) -> str:
    solvable = sum(case.fate in {"lands", "asks"} for case, _ in ours)
    one, other = (Counter(end for _, end in played) for played in (ours, plain))
    landed = [f"{found['at once'] + found['asked again']} ({found['at once']})" for found in (one, other)]
    return f"| {name} | {len(ours)} | {solvable} | {' | '.join(landed)} | {one['other']} | {other['other']} |"


def _without_line_ends(files: Mapping[str, str]) -> dict[str, str]:
    return {path: text.replace("\r\n", "\n") for path, text in files.items()}


if __name__ == "__main__":
    main()
