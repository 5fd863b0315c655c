"""The engine on a corpus of replies: what was plainly meant lands, the rest is refused, and nothing lands by half."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.replies import corpus
from worker.llm.child import FOLDER

DRIVER = Path(corpus.__file__).with_name("driver.py")
CASES = {case.id: case for case in corpus.read()}
LEAST = 600


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """What came of every case; one process plays them all, in the time that a few would take alone."""
    home = str(tmp_path_factory.mktemp("home"))
    finished = subprocess.run(
        [sys.executable, "-I", str(DRIVER), "ours", str(FOLDER)],
        input=json.dumps([asdict(case) for case in CASES.values()]).encode(),
        env={"PATH": "/usr/bin:/bin", "HOME": home, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        capture_output=True,
        timeout=100,
        check=True,
    )
    return dict(zip(CASES, json.loads(finished.stdout), strict=True))


def test_the_corpus_is_what_its_tables_make() -> None:
    made = list(corpus.make())
    assert {case.id: case for case in made} == CASES, "run python -m tests.replies"
    assert len(made) == len(CASES) >= LEAST
    assert Counter(case.format for case in made).keys() == {"diff", "udiff", "whole"}


@pytest.mark.parametrize("name", CASES)
def test_a_reply_ends_as_it_should(name: str, played: Mapping[str, Mapping[str, Any]]) -> None:
    case, result = CASES[name], played[name]
    assert result["files"] == dict(case.after), result["asked"]
    match case.fate:
        case "lands":
            assert (result["rounds"], result["refused"]) == (1, None), result["asked"]
        case "asks":
            assert (result["rounds"], result["refused"]) == (2, None), result["asked"]
        case "refused":
            assert result["refused"] == "malformed"
            assert 1 < result["rounds"] <= 4
        case "nothing":
            assert (result["rounds"], result["refused"]) == (1, None), result["asked"]
