"""The engine without GitHub, git and queue: a job, a model that answers at once, and files that are changed."""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.bench.figures import Samples
from scripts.bench.ours import memory
from tests.contract.engine_world import engine_processes
from tests.e2e.world import CALCULATOR, FIX
from tests.fakes.model import NAME, ScriptedModel
from tests.fakes.model_script import Request, Say, Step
from worker.deadline import Deadline
from worker.llm.aider import AiderEngine
from worker.llm.warm import Warm
from worker.ports import EditRequest

_ALONE, _TOGETHER = 20, 60


def measure(samples: Samples) -> None:
    """One job after the other, then two at a time; and what a child has to itself while the model answers."""

    def answer(_request: Request) -> Step:
        if looked:
            looked.clear()
            (child,) = engine_processes()
            held = memory(child)
            samples.add("MB task", held["Private_Dirty"] + held["Private_Clean"])
        return Say(FIX)

    looked = []
    with ScriptedModel(answer) as model, Warm(sys.executable) as warm:
        started = time.perf_counter()
        warm.wait(Deadline(60))
        samples.add("engine, from its start to ready", time.perf_counter() - started)
        engine = AiderEngine(
            model=f"ollama_chat/{NAME}", provider_environment={"OLLAMA_API_BASE": model.ollama_url}, runner=warm
        )
        for _ in range(_ALONE):
            samples.add("engine alone", _edit(engine))
        started = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _number: _edit(engine), range(_TOGETHER)))
        samples.add("tasks/s", _TOGETHER / (time.perf_counter() - started))
        looked.append(True)
        _edit(engine)
        samples.add("MB engine", memory(warm.pid)["Rss"])


def _edit(engine: AiderEngine) -> float:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name, text in CALCULATOR.items():
            (tree / name).write_text(text)
        request = EditRequest(tree, ("calc.py",), tuple(CALCULATOR), "`add` in calc.py subtracts.")
        started = time.perf_counter()
        engine.edit(request, Deadline(60))
        seconds = time.perf_counter() - started
        assert "return a + b" in (tree / "calc.py").read_text()
        return seconds
