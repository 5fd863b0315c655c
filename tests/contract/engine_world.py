"""What the engine's tests share: a small tree, replies in the edit format, and the real Aider on a scripted model."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.fakes.model import NAME, ScriptedModel
from worker.deadline import Deadline
from worker.llm.aider import AiderEngine
from worker.llm.child import FOLDER
from worker.ports import EditRequest, EditResult

GREETING = "def greet(name):\n    return 'helo ' + name\n"
KEY = "sk-test-0123456789abcdef"
EngineOn = Callable[..., AiderEngine]


def plant(tree: Path, files: Mapping[str, str]) -> Path:
    """Write files below `tree`; returns it."""
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tree


def contents(tree: Path) -> dict[str, str]:
    """Every file below `tree`, by relative path."""
    found = (path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(tree)): path.read_text(encoding="utf-8") for path in found}


def block(path: str, search: str, replace: str) -> str:
    """One SEARCH/REPLACE block; an empty `search` makes a new file."""
    return f"{path}\n```python\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n```\n"


FIX = block("greet.py", "    return 'helo ' + name\n", "    return 'hello ' + name\n")
FIXED = GREETING.replace("helo", "hello")


def on_ollama(model: ScriptedModel, name: str = NAME, **options: Any) -> AiderEngine:
    """The real engine, with the model behind Ollama's protocol."""
    variables = {"OLLAMA_API_BASE": model.ollama_url, **options.pop("variables", {})}
    return AiderEngine(model=f"ollama_chat/{name}", provider_environment=variables, **_quick(options))


def on_openai(model: ScriptedModel, name: str = NAME, **options: Any) -> AiderEngine:
    """The real engine, with the model behind OpenAI's protocol."""
    variables = {"OPENAI_API_BASE": model.openai_url, "OPENAI_API_KEY": KEY, **options.pop("variables", {})}
    return AiderEngine(model=f"openai/{name}", provider_environment=variables, **_quick(options))


def _quick(options: dict[str, Any]) -> dict[str, Any]:
    return {"retry_pause": 0.01, "longest_pause": 1.0, **options}


def edit(engine: AiderEngine, tree: Path, prompt: str = "Fix the greeting.", **more: Any) -> EditResult:
    """One request about everything in the tree; `seconds` is its deadline, the rest are fields of the request."""
    deadline = Deadline(more.pop("seconds", 60))
    return engine.edit(request(tree, prompt, **more), deadline)


def request(tree: Path, prompt: str = "Fix the greeting.", **fields: Any) -> EditRequest:
    """A request with greet.py in the chat, and every file of the tree known."""
    everything = tuple(sorted(str(one.relative_to(tree)) for one in tree.rglob("*") if one.is_file()))
    return EditRequest(tree, **{"files": ("greet.py",), "all_files": everything, "prompt": prompt, **fields})


def engine_processes(parent: int | None = None) -> dict[int, bytes]:
    """The engine's processes that `parent`, or this process, has started and that live: pid -> environment."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            _state, above = _stat(entry)
            if int(above) == (parent or os.getpid()) and str(FOLDER).encode() in (entry / "cmdline").read_bytes():
                found[int(entry.name)] = (entry / "environ").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not waited for does not."""
    try:
        return _stat(Path(f"/proc/{pid}"))[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _stat(entry: Path) -> list[str]:
    """State and parent: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html."""
    return (entry / "stat").read_text().rpartition(")")[2].split()[:2]
