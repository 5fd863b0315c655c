"""What every engine promises to the modes: on the fake and on Aider."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.engine_world import warm
from tests.fakes.engine import FakeEngine, writes
from tests.fakes.model import NAME, ScriptedModel
from worker.deadline import Deadline
from worker.errors import CutOff
from worker.llm.aider import AiderEngine
from worker.ports import EditRequest, Engine

BEFORE, AFTER = "RATE = 0.19\n", "RATE = 0.2\n"
REPLY = f"The new rate.\n\ntax.py\n```\n<<<<<<< SEARCH\n{BEFORE}=======\n{AFTER}>>>>>>> REPLACE\n```\n"


@contextmanager
def engine(kind: str, *, edits: bool) -> Iterator[Engine]:
    """An engine whose model makes one edit, or none."""
    if kind == "fake":
        yield FakeEngine(writes("tax.py", AFTER) if edits else None, summary="The new rate.")
        return
    with ScriptedModel([REPLY if edits else "The rate is fine."]) as model:
        access = {"OLLAMA_API_BASE": model.ollama_url}
        yield AiderEngine(model=f"ollama_chat/{NAME}", provider_environment=access, runner=warm())


@pytest.fixture
def request_(tmp_path: Path) -> EditRequest:
    (tmp_path / "tax.py").write_text(BEFORE)
    return EditRequest(tmp_path, ("tax.py",), ("tax.py",), "Raise the rate to 20 %.")


@pytest.mark.parametrize("kind", ["fake", "aider"])
def test_an_edit_lands_in_the_tree_and_is_accounted_for(kind: str, request_: EditRequest) -> None:
    with engine(kind, edits=True) as one:
        one.check(Deadline(60))
        assert one.room(Deadline(60)) > 4_000
        result = one.edit(request_, Deadline(60))
    assert (request_.tree / "tax.py").read_text() == AFTER
    assert [path.name for path in request_.tree.iterdir()] == ["tax.py"]
    assert result.summary == "The new rate."
    assert result.rounds == result.usage.calls == 1
    assert result.usage.tokens_in > result.usage.tokens_out > 0
    assert result.usage.cost_usd is not None
    assert result.engine
    assert result.model


@pytest.mark.parametrize("kind", ["fake", "aider"])
def test_a_model_without_an_edit_is_no_failure_of_the_engine(kind: str, request_: EditRequest) -> None:
    with engine(kind, edits=False) as one:
        one.edit(request_, Deadline(60))
    assert (request_.tree / "tax.py").read_text() == BEFORE


@pytest.mark.parametrize("kind", ["fake", "aider"])
def test_work_that_is_cut_off_does_not_begin(kind: str, request_: EditRequest) -> None:
    deadline = Deadline(60)
    deadline.cancel("the worker was told to stop")
    with engine(kind, edits=False) as one:
        for call in (one.check, one.room, lambda limit: one.edit(request_, limit)):
            with pytest.raises(CutOff):
                call(deadline)
