"""What the demo prints: numbered steps for a person, on a terminal of any width or into a file."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import TextIOWrapper

from rich.box import ROUNDED
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from scripts.demo.checkout import SuiteRun
from scripts.demo.worker_log import LogLine

_HIDDEN = re.compile(r"<!--.*?-->|</?(details|sub)>", re.DOTALL)
_SUMMARY = re.compile(r"<summary>(.*?)</summary>")
_WIDEST = 120
_REAL_MODEL = "make demo PATCHFERRY_MODEL=ollama_chat/qwen2.5-coder:14b"
_NEXT = ".venv/bin/patchferry run owner/repo#12 --dry-run"
_LEVELS = {"warning": "yellow", "error": "red", "critical": "red"}


class Screen:
    """Prints on stdout. What a terminal's character set lacks becomes a question mark."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        self.console = Console(highlight=False, theme=Theme({"markdown.code": "cyan", "markdown.table.border": "dim"}))
        self.console.width = min(self.console.width, _WIDEST)
        self._steps = 0

    def opening(self, model: str, *, replayed: bool) -> None:
        """What this is, and what of it is real."""
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        played = "[bold yellow]The model's reply is REPLAYED, the same one to every request.[/]"
        table.add_row(
            "model",
            played if replayed else f"[bold green]{escape(model)}[/], a real one: it may need minutes, and it may fail",
        )
        table.add_row("GitHub", "a stand-in on this machine: its API, and real git over HTTP")
        table.add_row("real", "everything else: RabbitMQ, the worker, Aider, git, the unit tests")
        hint = ("", f"A real one: [cyan]{_REAL_MODEL}[/]") if replayed else ()
        title = "[bold]Patchferry: an issue becomes a pull request[/]"
        self.console.print("", Panel(Group(table, *hint), title=title, box=ROUNDED, padding=(1, 2)), sep="\n")

    def step(self, heading: str, remark: str = "") -> None:
        """The next numbered heading."""
        self._steps += 1
        number = Text(f" {self._steps} ", style="bold reverse")
        self.console.print("", Text.assemble(number, " ", (heading, "bold"), "  ", (remark, "dim")), "", sep="\n")

    def say(self, markup: str) -> None:
        self._indent(Text.from_markup(markup))

    def facts(self, facts: Mapping[str, str]) -> None:
        """A value for each name."""
        table = Table.grid(padding=(0, 2))
        for name, value in facts.items():
            table.add_row(Text(name, style="dim"), Text(value))
        self._indent(table)

    def page(self, title: str, text: str, footer: str = "") -> None:
        """What GitHub would show of a text in Markdown."""
        shown = Markdown(_SUMMARY.sub(r"**▾ \1**", _HIDDEN.sub("", text)).strip(), code_theme="ansi_dark")
        frame = Panel(shown, title=Text(title, "bold"), subtitle=Text(footer, "dim") if footer else None, box=ROUNDED)
        frame.title_align = frame.subtitle_align = "left"
        self._indent(frame)

    def message(self, body: bytes) -> None:
        """A message in the queue, without the fields that are null."""
        fields = {name: value for name, value in json.loads(body).items() if value is not None}
        self._indent(_code(json.dumps(fields, indent=2), "json"))

    def log(self, line: LogLine, seconds: float) -> None:
        """A line of the worker's log, `seconds` after the beginning."""
        row = Table.grid(padding=(0, 2))
        row.add_column(width=7, justify="right", style="dim")
        row.add_column(width=19, style=_LEVELS.get(line.level, "cyan"))
        row.add_column()
        row.add_row(f"{seconds:.2f} s", Text(line.event), Text(line.detail))
        self._indent(row)

    def tests(self, run: SuiteRun) -> None:
        """Each test with its result."""
        self.say("[dim]$ python -m unittest   # run by this demo; the worker runs no tests yet[/dim]")
        for name, result in run.results.items():
            passed = result == "ok"
            mark = Text("✓ ", "green") if passed else Text("✗ ", "bold red")
            self._indent(Text.assemble(mark, name, "" if passed else (f"   {result}: {run.reason}", "red")))
        if not run.results:
            self.plain(run.output)

    def diff(self, diff: str) -> None:
        self._indent(_code(diff, "diff"))

    def plain(self, text: str) -> None:
        """Somebody else's text as it is."""
        self._indent(Text(text.rstrip(), style="dim"))

    def output(self, heading: str, lines: Sequence[str]) -> None:
        """Everything that a process said, if it said anything."""
        if lines:
            self.console.print("", Text(heading, "bold"), "", sep="\n")
            self.console.out("".join(lines).rstrip(), highlight=False)

    def good_end(self) -> None:
        done = "[bold green]✓ The issue became a pull request, and the test that failed passes.[/]"
        self.console.print("", done, f"  Next, on your own repository: [cyan]{_NEXT}[/]", "", sep="\n")

    def bad_end(self, sentence: str) -> None:
        self.console.print("", Text(f"✗ {sentence}", "bold red"), "", sep="\n")

    @contextmanager
    def waiting(self) -> Iterator[Callable[[str], None]]:
        """While the context lasts, a terminal shows what is waited for; call with the words."""
        with self.console.status("the worker starts") as status:
            yield status.update

    def _indent(self, what: RenderableType) -> None:
        self.console.print(Padding(what, (0, 0, 0, 4), expand=False))


def _code(text: str, language: str) -> Syntax:
    return Syntax(text.rstrip(), language, theme="ansi_dark", background_color="default", word_wrap=True)
