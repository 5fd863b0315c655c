"""Watches what every process on this machine shows in its arguments and environment while a test runs."""

from __future__ import annotations

import base64
import threading
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self


class ProcessWatch:
    """Samples /proc in a thread, about every 2 ms, for processes that `concerns` picks by their arguments.

    `seen` are the programs that were sampled, `leaks` those whose arguments or environment held the secret, in clear,
    in base64 (as in an Authorization header) or URL-encoded.
    """

    def __init__(self, secret: str, concerns: Callable[[bytes], bool]) -> None:
        self.seen: set[str] = set()
        self.leaks: set[str] = set()
        self._forms = forms_of(secret)
        self._concerns = concerns
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="process-watch")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.002):
            for folder in Path("/proc").glob("[0-9]*"):
                self._sample(folder)

    def _sample(self, folder: Path) -> None:
        try:
            arguments = (folder / "cmdline").read_bytes()
            if not self._concerns(arguments):
                return
            shown = arguments + (folder / "environ").read_bytes()
        except OSError:  # it ended meanwhile
            return
        name = " ".join(part.rpartition("/")[2] for part in arguments.decode(errors="replace").split("\0")[:2])
        self.seen.add(name)
        if any(form in shown for form in self._forms):
            self.leaks.add(name)


def forms_of(secret: str, user: str = "x-access-token") -> tuple[bytes, ...]:
    """The forms in which a secret may be written down."""
    pair = f"{user}:{secret}".encode()
    return (
        secret.encode(),
        base64.b64encode(secret.encode()),
        base64.b64encode(pair),
        urllib.parse.quote(secret, safe="").encode(),
    )
