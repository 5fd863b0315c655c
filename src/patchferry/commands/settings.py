"""`patchferry settings`: what is in force, and why."""

# ruff: noqa: PLC0415 -- heavy imports wait until the command runs

from __future__ import annotations

from dataclasses import asdict

from patchferry.output import Format, Output, print_columns, print_json


def command(*, output: Output = Format.TEXT) -> None:
    """Show every setting with its value and where it came from; secrets are masked."""
    from patchferry.start import read_settings

    rows = read_settings().described()
    if output is Format.JSON:
        print_json([asdict(row) for row in rows])
    else:
        print_columns([(row.variable, "-" if row.value is None else row.value, row.source) for row in rows])
