"""Which file of the repository a model means by a name, however it has written it."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

_CLOSE = 0.8


class Targets:
    """Knows the names of the tree below `root`. `known` are all its files, `chat` returns those shown to the model."""

    def __init__(self, root: str, known: Iterable[str], chat: Callable[[], Sequence[str]]) -> None:
        self._root = root
        self._known = tuple(known)
        self.chat = chat

    def existing(self, name: str) -> str | None:
        """The file that the name says, but for case, a leading `./`, `/`, `a/` or `b/`, and our own root."""
        variants = list(_variants(name, self._root))
        for variant in variants:
            if variant in self._known or variant in self.chat() or self._on_disk(variant):
                return variant
        for variant in variants:
            same = [one for one in self._known if one.casefold() == variant.casefold()]
            if len(same) == 1:
                return same[0]
        return None

    def alike(self, name: str) -> list[str]:
        """Files with the same last part of the path; else those of the chat with nearly the same name."""
        base = _base(name)
        same = [one for one in dict.fromkeys((*self.chat(), *self._known)) if _base(one) == base]
        return same or difflib.get_close_matches(name, self.chat(), n=3, cutoff=_CLOSE)

    def plain(self, name: str) -> str:
        """A name for a new file, as a path below the root where it can be one."""
        return _variants(name, self._root)[0]

    def _on_disk(self, name: str) -> bool:
        full = Path(self._root, name)
        return not name.startswith("/") and full.is_file()


def _variants(name: str, root: str) -> list[str]:
    text = name.replace("\\", "/").removeprefix(root.rstrip("/") + "/")
    text = posixpath.normpath(text)
    short = [text.lstrip("/"), *(text[2:] for prefix in ("a/", "b/") if text.startswith(prefix))]
    return list(dict.fromkeys([text, *short]))


def _base(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name.casefold()
