"""Lends the token to one git process: in a file only we can read, through a program that answers only our server."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ASKPASS = Path(__file__).with_name("askpass.sh")


@dataclass(frozen=True)
class Loan:
    """What one git process gets on top of `environment`: both name files, neither holds a secret."""

    variables: dict[str, str] = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=dict)


@contextmanager
def lend(folder: Path, origin: str, token: Callable[[], str] | None, proxy: str | None) -> Iterator[Loan]:
    """Access to `origin` (scheme://host[:port]) for as long as the context lasts.

    `folder` is private to the task and outside the work tree. `token` is asked every time, since it may have been
    renewed; None means access without credentials. A proxy's address may hold a password, so it gets a file too.
    """
    secrets = Path(tempfile.mkdtemp(prefix="secrets-", dir=folder))
    loan = Loan()
    try:
        if token is not None:
            _write(secrets / "token", token() + "\n")
            loan.variables["GIT_ASKPASS"] = str(ASKPASS)
            loan.variables["ASKPASS_ORIGIN"] = origin
            loan.variables["ASKPASS_TOKEN_FILE"] = str(secrets / "token")
        if proxy:
            _write(secrets / "proxy", f"[http]\n\tproxy = {_quoted(proxy)}\n")
            loan.config["include.path"] = str(secrets / "proxy")
        yield loan
    finally:
        shutil.rmtree(secrets)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
