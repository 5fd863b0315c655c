"""Commands that are imported when they are called, so that help and completion stay quick."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click
import typer
from typer.core import TyperCommand


class Deferred(TyperCommand):
    """Stands for `patchferry.commands.<name>` and its function `command`, whose parameters are the command's.

    What the function returns is the exit code; None is 0. Its docstring is the help of the command.
    """

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command itself: from here on click works with that."""
        return self._loaded().make_context(info_name, args, parent, **extra)

    def _loaded(self) -> click.Command:
        assert self.name is not None
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(self.name)(import_module(f"patchferry.commands.{self.name}").command)
        return typer.main.get_command(alone)
