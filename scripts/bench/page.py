"""The tables of docs/benchmarks.md, and where they stand in it."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from scripts.bench.figures import TIMES, Samples, goals
from scripts.bench.plain import DEFAULT, LEAN
from scripts.bench.repository import FILES

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- make bench: begin -->", "<!-- make bench: end -->"


def tables(samples: Samples, rounds: int, load: float) -> str:
    """Goals, then every figure, then what was run and where."""
    return "\n".join([
        "| what | goal | measured | |",
        "|---|---|---|---|",
        *(goal.row() for goal in goals(samples)),
        f"| whole task, large repository, warm `CACHE_DIR` | ≤ 0.1 {TIMES} | | not built: every task clones anew |",
        "",
        "Ratios are to the faster of plain Aider's two ways. All figures of the run, in seconds where no unit stands:",
        "",
        "| what | median | least | most | samples |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {middle:.3f} | {least:.3f} | {most:.3f} | {count} |"
            for name, middle, least, most, count in samples.rows()
        ),
        "",
        *_method(rounds, load),
        "",
    ])  # fmt: skip


def write(text: str) -> None:
    """Replace the tables; the rest of the page is written by people."""
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PAGE.write_text(f"{before}{_BEGIN}\n{text}{_END}{after}")


def _method(rounds: int, load: float) -> list[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=PAGE.parent, check=False, capture_output=True, text=True
    ).stdout.strip()
    cores = os.cpu_count()
    loads = f"load average {load:.1f} at the beginning, {os.getloadavg()[0]:.1f} at the end"
    return [
        f"- `make bench` on {datetime.now(UTC):%Y-%m-%d} at {commit}, {rounds} rounds; {loads}.",
        f"- {cores} cores, {platform.system()}, Python {platform.python_version()}.",
        f"- Plain: {version('aider-chat')} of the same environment, byte-compiled: `git clone --depth 1`, `aider`.",
        f"- Default: `{_flags(DEFAULT)}`.",
        f"- Lean: `{_flags(LEAN)}`, with litellm's own table and one `git commit`.",
        f"- The large repository has {FILES:,} modules.",
    ]


def _flags(arguments: tuple[str, ...]) -> str:
    return " ".join("…" if " " in one else one for one in arguments)
