"""The Engine port on the real Aider: every way in which a model or its server fails, told apart and in time."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.contract.engine_world import (
    FIX,
    FIXED,
    GREETING,
    KEY,
    EngineOn,
    contents,
    edit,
    engine_processes,
    is_alive,
    on_ollama,
    on_ollama_cold,
    on_openai,
    plant,
    request,
)
from tests.fakes.model import NAME, ScriptedModel
from tests.fakes.model_script import Cut, Drip, Drop, Hang, Request, Say, Status, Step
from worker.deadline import Deadline
from worker.errors import CutOff, PatchferryError, Reason, Refused, Retry
from worker.llm.aider import AiderEngine
from worker.usage import Usage

WRONG = FIX.replace("helo", "holla")  # matches nothing in the file

WORKER = """
import sys
from pathlib import Path
from worker.deadline import Deadline
from worker.llm.aider import AiderEngine
from worker.ports import EditRequest

engine = AiderEngine(model=sys.argv[1], provider_environment={"OLLAMA_API_BASE": sys.argv[2]})
engine.edit(EditRequest(Path(sys.argv[3]), ("greet.py",), ("greet.py",), "Fix it."), Deadline(60))
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "tree", {"greet.py": GREETING})


@pytest.mark.parametrize(
    ("engine_on", "status", "reason"),
    [
        (on_ollama, 401, Reason.CREDENTIALS),
        (on_ollama, 404, Reason.MODEL_UNKNOWN),
        (on_openai, 404, Reason.MODEL_UNKNOWN),
        (on_openai, 401, Reason.CREDENTIALS),
        (on_openai, 400, Reason.CONFIGURATION),
    ],
)
def test_what_will_not_change_costs_one_request(tree: Path, engine_on: EngineOn, status: int, reason: Reason) -> None:
    with ScriptedModel([Status(status, f"no: {KEY}")]) as model, pytest.raises(Refused) as refused:
        edit(engine_on(model), tree)
    assert refused.value.reason is reason
    assert str(status) in refused.value.sentence
    assert KEY not in refused.value.sentence
    assert refused.value.usage is not None
    assert (refused.value.usage.calls, refused.value.usage.tokens_in) == (1, 0)


@pytest.mark.parametrize("engine_on", [on_ollama, on_openai])
def test_a_rate_limit_is_waited_for_as_long_as_the_server_says(tree: Path, engine_on: EngineOn) -> None:
    with ScriptedModel([Status(429, retry_after="0.4"), Status(503), FIX]) as model:
        result = edit(engine_on(model), tree)
    assert contents(tree) == {"greet.py": FIXED}
    assert (result.usage.calls, result.rounds) == (3, 1)
    assert result.seconds > 0.4


def test_a_rate_limit_that_lasts_longer_is_left_to_the_queue(tree: Path) -> None:
    with ScriptedModel([Status(429, retry_after="90")]) as model, pytest.raises(Retry) as retry:
        edit(on_openai(model), tree)
    assert (retry.value.reason, retry.value.after) == (Reason.MODEL_UNAVAILABLE, 90)


@pytest.mark.parametrize(
    ("engine_on", "step"),
    [
        (on_ollama, Status(500)),
        (on_openai, Status(500)),
        (on_ollama, Cut()),
        (on_openai, Cut()),
        (on_ollama, Cut(clean=True)),
        (on_openai, Cut(clean=True)),
        (on_openai, Drop()),
    ],
)
def test_a_server_that_stays_broken_is_asked_three_times(tree: Path, engine_on: EngineOn, step: Step) -> None:
    with ScriptedModel([step] * 3) as model, pytest.raises(Retry) as retry:
        edit(engine_on(model), tree)
    assert retry.value.reason is Reason.MODEL_UNAVAILABLE
    assert retry.value.usage is not None
    assert retry.value.usage.calls == len(model.calls) == 3
    # What was sent before the connection was lost has been paid for.
    assert (retry.value.usage.tokens_in > 3_000) == isinstance(step, Cut)
    assert contents(tree) == {"greet.py": GREETING}


def test_a_server_that_is_not_there_is_unavailable(tree: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}"
    variables = {"OPENAI_API_BASE": nobody, "OPENAI_API_KEY": KEY}
    engine = AiderEngine(model="openai/x", provider_environment=variables, retry_pause=0.01)
    with pytest.raises(Retry) as retry:
        edit(engine, tree)
    assert retry.value.reason is Reason.MODEL_UNAVAILABLE


@pytest.mark.parametrize(
    ("engine_on", "step"), [(on_ollama, Hang()), (on_openai, Hang()), (on_ollama, Drip()), (on_openai, Drip())]
)
def test_a_question_and_its_repetitions_share_one_time_limit(tree: Path, engine_on: EngineOn, step: Step) -> None:
    with ScriptedModel([Status(503), step]) as model, pytest.raises(Retry) as retry:
        edit(engine_on(model, model_timeout=1.5), tree)
    assert retry.value.reason is Reason.MODEL_UNAVAILABLE
    assert "within 2 s" in retry.value.sentence
    assert retry.value.usage is not None
    assert (retry.value.usage.tokens_out > 10) == isinstance(step, Drip)


@pytest.mark.parametrize("engine_on", [on_ollama, on_ollama_cold])
def test_at_the_deadline_the_process_is_gone_and_what_it_used_is_known(tree: Path, engine_on: EngineOn) -> None:
    seen: list[int] = []
    late = [0.0]

    def behaviour(asked: Request) -> Step:
        if "failed to match" not in asked.text:
            return Say(WRONG)
        seen.extend(engine_processes())
        late[0] = 61.0
        return Hang()

    deadline = Deadline(60, clock=lambda: time.monotonic() + late[0])
    with ScriptedModel(behaviour) as model, pytest.raises(Refused) as refused:
        engine_on(model).edit(request(tree), deadline)
    assert (refused.value.reason, refused.value.usage) == (Reason.DEADLINE, Usage(1200, 80, 1, 0.0))
    assert len(seen) == 1
    assert not engine_processes()


@pytest.mark.parametrize("engine_on", [on_ollama, on_ollama_cold])
def test_a_task_that_is_cut_off_takes_the_process_along_and_keeps_the_usage(tree: Path, engine_on: EngineOn) -> None:
    deadline = Deadline(60)

    def behaviour(asked: Request) -> Step:
        if "failed to match" not in asked.text:
            return Say(WRONG)
        deadline.cancel("the worker was told to stop")
        return Hang()

    with ScriptedModel(behaviour) as model, pytest.raises(CutOff) as cut:
        engine_on(model).edit(request(tree), deadline)
    assert cut.value.usage == Usage(1200, 80, 1, 0.0)
    assert not engine_processes()


def test_a_prompt_over_the_window_is_never_sent(tree: Path) -> None:
    with ScriptedModel([], models={NAME: 4_096}) as model, pytest.raises(Refused) as refused:
        edit(on_ollama(model), tree, "Fix the greeting. " * 1_000)
    assert refused.value.reason is Reason.CONTEXT
    assert "4,096" in refused.value.sentence
    assert "PATCHFERRY_CONTEXT_TOKENS" in refused.value.sentence
    assert not model.calls


def test_a_limit_from_the_operators_table_holds_for_the_prompt_alone(tree: Path, tmp_path: Path) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({f"openai/{NAME}": {"max_input_tokens": 1_500}}))
    with ScriptedModel([]) as model, pytest.raises(Refused) as refused:
        edit(on_openai(model, model_prices=prices), tree)
    assert refused.value.reason is Reason.CONTEXT
    assert "1,500" in refused.value.sentence


def test_a_window_that_the_server_finds_too_small_is_named(tree: Path) -> None:
    too_long = Status(400, "This model's maximum context length is 100 tokens.", code="context_length_exceeded")
    with ScriptedModel([too_long]) as model, pytest.raises(Refused) as refused:
        edit(on_openai(model), tree)
    assert refused.value.reason is Reason.CONTEXT
    assert "PATCHFERRY_CONTEXT_TOKENS" in refused.value.sentence


@pytest.mark.parametrize(("budget", "calls"), [(500, 0), (2_000, 1)])
def test_a_token_budget_stops_before_the_call_that_would_break_it(tree: Path, budget: int, calls: int) -> None:
    with ScriptedModel([WRONG]) as model, pytest.raises(Refused) as refused:
        edit(on_ollama(model), tree, budget_tokens=budget)
    assert (refused.value.reason, len(model.calls)) == (Reason.BUDGET, calls)
    assert f"{budget:,}" in refused.value.sentence


def test_a_money_budget_is_kept_with_the_operators_prices(tree: Path, tmp_path: Path) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({NAME: {"input_cost_per_token": 1e-5, "output_cost_per_token": 1e-3}}))
    with ScriptedModel([FIX]) as model, pytest.raises(Refused) as refused:
        edit(on_openai(model, model_prices=prices), tree, budget_usd=0.05)
    assert refused.value.reason is Reason.BUDGET
    assert refused.value.usage is not None
    assert refused.value.usage.cost_usd == pytest.approx(0.092)


def test_a_money_budget_without_a_price_is_refused_before_anything_is_spent(tree: Path) -> None:
    with ScriptedModel([]) as model, pytest.raises(Refused) as refused:
        edit(on_openai(model), tree, budget_usd=5)
    assert refused.value.reason is Reason.CONFIGURATION
    assert f'"openai/{NAME}"' in refused.value.sentence
    assert "PATCHFERRY_MODEL_PRICES" in refused.value.sentence
    assert not model.calls


def test_an_interpreter_without_aider_is_a_matter_of_configuration(tree: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec {Path(sys.executable).resolve()} -S "$@"\n')
    bare.chmod(0o755)
    with ScriptedModel([]) as model, pytest.raises(Refused) as refused:
        edit(on_openai(model, engine_python=bare), tree)
    assert refused.value.reason is Reason.CONFIGURATION
    assert "PATCHFERRY_ENGINE_PYTHON" in refused.value.sentence


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 3", Reason.ENGINE),
        ('echo \'{"type": "done"}\' >&"$5"', Reason.ENGINE),
        ('yes | head -c 3000000 >&"$5"', Reason.ENGINE),
    ],
)
def test_an_engine_that_dies_or_reports_rubbish_is_told_as_such(
    tree: Path, tmp_path: Path, script: str, reason: Reason
) -> None:
    broken = tmp_path / "broken"
    broken.write_text(f"#!/bin/bash\ncat >/dev/null\n{script}\n")
    broken.chmod(0o755)
    with ScriptedModel([]) as model, pytest.raises(PatchferryError) as failed:
        edit(on_openai(model, engine_python=broken), tree)
    assert failed.value.reason is reason


def test_an_interpreter_that_is_not_there_is_a_matter_of_configuration(tree: Path) -> None:
    with ScriptedModel([]) as model, pytest.raises(Refused) as refused:
        edit(on_openai(model, engine_python="/nowhere/python"), tree)
    assert refused.value.reason is Reason.CONFIGURATION


def test_a_worker_that_is_killed_takes_the_engine_along(tree: Path, tmp_path: Path) -> None:
    engines: list[int] = []

    def behaviour(_asked: Request) -> Step:
        engines.extend(engine_processes(worker.pid))
        worker.kill()
        return Hang()

    with ScriptedModel(behaviour) as model:
        argv = [sys.executable, "-c", WORKER, f"ollama_chat/{NAME}", model.ollama_url, str(tree)]
        worker = subprocess.Popen(argv, env={**os.environ, "TMPDIR": str(tmp_path)})
        worker.wait(60)
    (engine,) = engines
    end = time.monotonic() + 10
    while is_alive(engine):
        assert time.monotonic() < end
        time.sleep(0.05)
