"""A process that plays cases: JSON on stdin, JSON on stdout. Aider is imported once, for all of them.

`python driver.py ours <engine's folder>` takes our engine, `python driver.py plain` Aider as it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Case = Mapping[str, Any]
Player = Callable[[Case, Path], Mapping[str, Any]]
_ROUNDS = 12  # more than either ever asks


def main() -> None:
    """Play every case in a folder of its own."""
    answer = os.dup(1)
    os.dup2(2, 1)  # Aider prints
    player = _ours(sys.argv[2]) if sys.argv[1] == "ours" else _plain()
    results = []
    for case in json.load(sys.stdin):
        with tempfile.TemporaryDirectory(prefix="reply-") as name:
            tree = Path(name).resolve()
            _write(tree, case["files"])
            played = player(case, tree)
            results.append({**played, "files": _read(tree)})
    with os.fdopen(answer, "w") as stream:
        json.dump(results, stream)


def _ours(folder: str) -> Player:
    sys.path.insert(0, folder)
    from patchferry_engine.chat import Chat  # noqa: PLC0415
    from patchferry_engine.failures import Abort  # noqa: PLC0415
    from patchferry_engine.policy import PathPolicy  # noqa: PLC0415

    def play(case: Case, tree: Path) -> Mapping[str, Any]:
        asked: list[str] = []
        replies = _replies(case["replies"])

        def ask(messages: Sequence[Mapping[str, Any]], _settings: Mapping[str, Any]) -> list[Any]:
            asked.append(str(messages[-1]["content"]))
            return _chunks(next(replies))

        job = SimpleNamespace(
            model="openai/scripted",
            edit_format=case["format"],
            files=tuple(case["chat"]),
            all_files=tuple(case["files"]),
            prompt="Do it.",
        )
        try:
            chat = Chat(job, PathPolicy(str(tree)), SimpleNamespace(ask=ask), {})  # type: ignore[arg-type]
            chat.run()
        except Abort as abort:
            return {"rounds": len(asked), "refused": abort.reason, "asked": asked[1:]}
        return {"rounds": len(asked), "refused": "malformed" if chat.unapplied else None, "asked": asked[1:]}

    return play


def _plain() -> Player:
    """`aider --yes-always --message` without its start: the same coder, its own settings, a git repository."""
    from aider import models  # noqa: PLC0415
    from aider.coders import Coder  # noqa: PLC0415
    from aider.io import InputOutput  # noqa: PLC0415

    def play(case: Case, tree: Path) -> Mapping[str, Any]:
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
            subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *command], cwd=tree, check=True)
        os.chdir(tree)
        asked = []
        replies = _replies(case["replies"])

        def send(_model: Any, messages: Sequence[Mapping[str, Any]], *_: Any, **_more: Any) -> tuple[Any, list[Any]]:
            asked.append(str(messages[-1]["content"]))
            return SimpleNamespace(hexdigest=lambda: ""), _chunks(next(replies))

        models.Model.send_completion = send
        coder = Coder.create(
            main_model=models.Model("openai/scripted"),
            edit_format=case["format"],
            io=InputOutput(pretty=False, yes=True, fancy_input=False),
            fnames=[str(tree / name) for name in case["chat"]],
            auto_commits=False,  # a call for the message, and nothing that the files would show
            suggest_shell_commands=False,  # yes to all would run them
            detect_urls=False,
        )
        coder.run(with_message="Do it.")
        return {"rounds": len(asked), "refused": None, "asked": asked[1:]}

    return play


def _replies(texts: Sequence[str]) -> Iterator[str]:
    for number in range(_ROUNDS):
        yield texts[min(number, len(texts) - 1)]


def _chunks(text: str) -> list[Any]:
    delta = SimpleNamespace(content=text)
    return [SimpleNamespace(choices=[SimpleNamespace(delta=delta, finish_reason="stop")])]


def _write(tree: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def _read(tree: Path) -> dict[str, str]:
    found = (
        path
        for path in tree.rglob("*")
        if path.is_file() and not path.relative_to(tree).parts[0].startswith((".git", ".aider"))
    )
    return {str(path.relative_to(tree)): path.read_bytes().decode() for path in found}


if __name__ == "__main__":
    main()
