"""The control of the measurement: plain Aider's repository map, in the engine's interpreter."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PROGRAM = Path(__file__).with_name("aider_map.py")


@dataclass(frozen=True)
class MapAnswer:
    """Files by the rank of their tags, those in a map of as many tokens as our choice has, and the seconds it took."""

    first: tuple[str, ...]
    shown: tuple[str, ...]
    seconds: float


class RepositoryMap:
    """A running map; its cache of tags serves all commits of one work tree, as it would a developer."""

    def __init__(self, to_child: IO[str], from_child: IO[str]) -> None:
        self._to_child, self._from_child = to_child, from_child

    def ask(self, tree: Path, files: Sequence[str], text: str, tokens: int) -> MapAnswer:
        """Which files the map shows for a request. Raises EOFError when the child is gone."""
        question = {"root": str(tree), "files": list(files), "text": text, "tokens": tokens}
        self._to_child.write(json.dumps(question) + "\n")
        self._to_child.flush()
        line = self._from_child.readline()
        if not line:
            raise EOFError("Aider's repository map ended; its last words are above")
        answer = json.loads(line)
        return MapAnswer(tuple(answer["first"]), tuple(answer["shown"]), answer["seconds"])


@contextmanager
def repository_map(python: Path) -> Iterator[RepositoryMap]:
    """Start the map in `python`, which has aider-chat."""
    env = {"PATH": os.environ["PATH"], "HOME": os.devnull, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    child = subprocess.Popen([python, "-I", _PROGRAM], env=env, stdin=-1, stdout=-1, text=True)
    with child:
        assert child.stdin
        assert child.stdout
        try:
            yield RepositoryMap(child.stdin, child.stdout)
        finally:
            child.kill()
