"""`patchferry`: the command line's entry point and the list of its commands."""

from __future__ import annotations

import sys
from typing import Annotated

import click
import typer

from patchferry.exits import Exit, explained
from patchferry.lazy import Deferred

# Every command is the function `command` in the module of its name in patchferry.commands.
COMMANDS = {
    "run": "Fix one issue here and now, without a broker.",
    "worker": "Take tasks from the queue until told to stop.",
    "submit": "Put an issue into the queue for a worker.",
    "doctor": "Check what Patchferry needs on this machine and beyond.",
    "settings": "Show the settings in force and where each came from.",
}

_app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command of the process's arguments and exit with its code."""
    sys.exit(_run(sys.argv[1:]))


def group() -> click.Group:
    """All commands, none of them imported yet."""
    commands = typer.main.get_command(_app)
    assert isinstance(commands, click.Group)
    for name, summary in COMMANDS.items():
        commands.add_command(Deferred(name, help=summary))
    return commands


def _run(arguments: list[str]) -> int:
    try:
        return int(group().main(arguments, "patchferry", standalone_mode=False) or Exit.DONE)
    except click.exceptions.NoArgsIsHelpError:  # the help is on the screen by now
        return Exit.USAGE
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "patchferry"
        said = error.format_message()
        _complain(f"{said}{'' if said.endswith(('.', '?')) else '.'} See `{path} --help`.")
        return Exit.USAGE
    except click.Abort:
        return Exit.INTERRUPTED
    except Exception as error:
        expected = explained(error)
        if expected is None:
            raise
        code, sentences = expected
        for sentence in sentences:
            _complain(sentence)
        return code


def _complain(sentence: str) -> None:
    sys.stderr.write(f"patchferry: {sentence}\n")


def _print_version(asked: bool) -> None:  # noqa: FBT001
    if asked:
        from importlib.metadata import version  # noqa: PLC0415

        sys.stdout.write(f"patchferry {version('patchferry')}\n")
        raise typer.Exit


@_app.callback()
def _options(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Turn GitHub issues into pull requests with a model of your choice."""
