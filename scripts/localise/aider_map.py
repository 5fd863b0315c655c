"""Asks Aider's repository map which files a request leads to: a program that reads and writes JSON lines.

It runs in the engine's interpreter and imports nothing of ours. A line in: `root`, `files`, `text`, `tokens`. A line
out: `first` (the files that the text names, then those whose tags rank first), `shown` (those in a map of so many
tokens) and `seconds`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from aider.coders.base_coder import Coder
from aider.repomap import RepoMap


class _Silent:
    """What the map needs of Aider's terminal."""

    def tool_output(self, *_: object, **__: object) -> None: ...

    tool_error = tool_warning = tool_output

    def read_text(self, path: str, **_: object) -> str | None:
        try:
            return Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None


class _Counter:
    """What the map needs of a model: tokens as our selection estimates them."""

    def token_count(self, text: str) -> int:
        return len(text) // 4 + 1


class _Chat:
    """What Aider's search for mentions needs of a chat without files."""

    abs_read_only_fnames: tuple[str, ...] = ()

    def __init__(self, files: list[str]) -> None:
        self._files = files

    def get_all_relative_files(self) -> list[str]:
        return self._files

    get_addable_relative_files = get_all_relative_files

    def get_inchat_relative_files(self) -> list[str]:
        return []


def main() -> None:
    maps: dict[str, Any] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        root = asked["root"]
        if root not in maps:
            maps[root] = RepoMap(root=root, main_model=_Counter(), io=_Silent(), refresh="always")
        started = time.perf_counter()
        answer = _localise(maps[root], asked)
        print(json.dumps(answer | {"seconds": time.perf_counter() - started}), flush=True)


def _localise(repo_map: Any, asked: dict[str, Any]) -> dict[str, list[str]]:
    """The steps of `Coder.get_repo_map`, with nothing in the chat yet."""
    files, text = asked["files"], asked["text"]
    chat = _Chat(files)
    named = Coder.get_file_mentions(chat, text)
    words = Coder.get_ident_mentions(chat, text)
    mentioned = named | Coder.get_ident_filename_matches(chat, words)
    paths = [str(Path(asked["root"], file)) for file in files]
    tags = repo_map.get_ranked_tags([], paths, mentioned, words)
    first = dict.fromkeys([*sorted(named), *(tag[0] for tag in tags)])
    text_of_map = repo_map.get_ranked_tags_map([], paths, asked["tokens"], mentioned, words, force_refresh=True) or ""
    known = set(files)
    shown = dict.fromkeys(line.removesuffix(":") for line in text_of_map.splitlines())
    return {"first": list(first)[:50], "shown": [name for name in shown if name in known]}


if __name__ == "__main__":
    main()
