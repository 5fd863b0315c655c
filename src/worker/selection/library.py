"""What selection needs to know of a repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Library(Protocol):
    """The files of a repository; `worker.ports.Checkout` is one."""

    def files(self) -> Sequence[str]: ...

    def read(self, path: str, limit: int = 200_000) -> str | None: ...

    def count_words(self, words: Sequence[str]) -> Mapping[str, Mapping[str, int]]: ...
