"""The run report: what the worker itself did and measured, never what the model claims."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from worker.markdown import inert, one_line
from worker.usage import Usage

NO_SANDBOX = "none: no tests were run"


@dataclass(frozen=True)
class RunReport:
    """Facts of one run. Durations are seconds; `head` is None when nothing was committed."""

    task_id: str
    engine: str
    model: str
    base: str
    head: str | None
    rounds: int
    usage: Usage
    files: int
    added: int
    deleted: int
    clone_seconds: float
    edit_seconds: float
    total_seconds: float
    deadline_seconds: float
    notes: tuple[str, ...] = ()
    sandbox: str = NO_SANDBOX
    patchferry: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same facts for a program; `cost_usd` is null when the price is unknown."""
        return {**asdict(self), "patchferry": self.patchferry or version("patchferry")}


def price(usage: Usage) -> str:
    """The cost as a person reads it."""
    return "price unknown" if usage.cost_usd is None else f"${usage.cost_usd:.4f}"


def changed(report: RunReport) -> str:
    """How much was changed, in words."""
    return f"{counted(report.files, 'file')}, +{report.added} -{report.deleted} lines"


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def table(report: RunReport) -> str:
    """The report as a Markdown table."""
    usage = report.usage
    rows = [
        ("Patchferry", report.patchferry or version("patchferry")),
        ("Engine", report.engine),
        ("Model", f"`{report.model}`"),
        ("Base", f"`{report.base}`"),
        ("Head", f"`{report.head}`" if report.head else "nothing was committed"),
        ("Changed", changed(report)),
        ("Edit rounds", str(report.rounds)),
        ("Tokens", f"{usage.tokens_in:,} in, {usage.tokens_out:,} out, {counted(usage.calls, 'call')}"),
        ("Cost", price(usage)),
        ("Time", _durations(report)),
        ("Sandbox", report.sandbox),
        *(("Note", note) for note in report.notes),
        ("Task", f"`{report.task_id}`"),
    ]
    lines = [f"| {name} | {_cell(value)} |" for name, value in rows]
    return "\n".join(["| | |", "|---|---|", *lines])


def _durations(report: RunReport) -> str:
    parts = f"clone {report.clone_seconds:.1f} s, edit {report.edit_seconds:.1f} s"
    return f"{report.total_seconds:.1f} s of at most {report.deadline_seconds:.0f} s ({parts})"


def _cell(value: str) -> str:
    return inert(one_line(value)).replace("|", "\\|")
