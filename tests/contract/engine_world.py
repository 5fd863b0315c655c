"""What the engine's tests share: a small tree, replies in the edit format, and the real Aider on a scripted model."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.fakes.model import NAME, ScriptedModel
from worker.deadline import Deadline
from worker.llm.aider import AiderEngine
from worker.llm.child import FOLDER, Runner
from worker.llm.cold import Cold
from worker.llm.warm import Warm
from worker.ports import EditRequest, EditResult

GREETING = "def greet(name):\n    return 'helo ' + name\n"
KEY = "sk-test-0123456789abcdef"
# A process that has left session, group and parent behind.
DAEMON = """
if not os.fork():
    os.setsid()
    if not os.fork():
        os.setsid()
        Path({path!r}).write_text(str(os.getpid()))
        for number in (signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
        time.sleep(60)
    os._exit(0)
os.wait()
while not Path({path!r}).exists() or not Path({path!r}).read_text(): time.sleep(0.01)
"""
EngineOn = Callable[..., AiderEngine]
_shared: list[Warm] = []
_parents = ExitStack()


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


def on_ollama_cold(model: ScriptedModel, name: str = NAME, **options: Any) -> AiderEngine:
    """As `on_ollama`, in a process that is started for it."""
    return on_ollama(model, name, runner=Cold(sys.executable), **options)


def on_openai_cold(model: ScriptedModel, name: str = NAME, **options: Any) -> AiderEngine:
    """As `on_openai`, in a process that is started for it."""
    return on_openai(model, name, runner=Cold(sys.executable), **options)


def warm() -> Warm:
    """The warm parent that the engines above share, unless they say otherwise; the first one to ask starts it."""
    if not _shared:
        _shared.append(_parents.enter_context(Warm(sys.executable, jobs=1_000)))
    return _shared[0]


@contextmanager
def no_parent_left() -> Iterator[None]:
    """Ends it."""
    with _parents:
        yield
    _shared.clear()


def _quick(options: dict[str, Any]) -> dict[str, Any]:
    if "engine_python" not in options:
        options.setdefault("runner", warm())
    return {"retry_pause": 0.01, "longest_pause": 1.0, **options}


def interpreter(folder: Path, script: str) -> Path:
    """An ENGINE_PYTHON that is a shell script."""
    path = folder / "interpreter"
    path.write_text(f"#!/bin/bash\n{script}\n")
    path.chmod(0o755)
    return path


def without_aider(folder: Path) -> Path:
    """An ENGINE_PYTHON whose jobs are Python, see `engine_program`."""
    program = Path(__file__).with_name("engine_program.py")
    return interpreter(folder, f'exec {sys.executable} -I {program} "$@"')


def does(runner: Runner, code: str, seconds: float = 30) -> str:
    """Have such a job done, with our key in it; returns what it says."""
    engine = AiderEngine(model=f"openai/{NAME}", provider_environment={"OPENAI_API_KEY": KEY}, runner=runner)
    return engine.edit(EditRequest(Path("/nowhere"), (), (), code), Deadline(seconds)).summary


def edit(engine: AiderEngine, tree: Path, prompt: str = "Fix the greeting.", **more: Any) -> EditResult:
    """One request about everything in the tree; `seconds` is its deadline, the rest are fields of the request."""
    deadline = Deadline(more.pop("seconds", 60))
    return engine.edit(request(tree, prompt, **more), deadline)


def request(tree: Path, prompt: str = "Fix the greeting.", **fields: Any) -> EditRequest:
    """A request with greet.py in the chat, and every file of the tree known."""
    everything = tuple(sorted(str(one.relative_to(tree)) for one in tree.rglob("*") if one.is_file()))
    return EditRequest(tree, **{"files": ("greet.py",), "all_files": everything, "prompt": prompt, **fields})


def engine_processes(worker: int | None = None) -> dict[int, bytes]:
    """The live processes that do a job for `worker`, or for this process: pid -> environment."""
    ours = worker or os.getpid()
    return {
        pid: environment for pid, (above, serves, environment) in _engines(ours).items() if above != ours or not serves
    }


def _engines(worker: int) -> dict[int, tuple[int, bool, bytes]]:
    """The engine's processes one or two steps below: pid -> (parent, whether it was told to serve, environment)."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            above = int(_stat(entry)[1])
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
            if str(FOLDER).encode() in arguments and worker in (above, int(_stat(Path(f"/proc/{above}"))[1])):
                found[int(entry.name)] = (above, b"serve" in arguments, (entry / "environ").read_bytes())
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
