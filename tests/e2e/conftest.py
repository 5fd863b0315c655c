from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.folder import make_folder
from tests.e2e.world import CALCULATOR, FIX, World
from tests.fakes.github import GitHub
from tests.fakes.model import ScriptedModel
from tests.fakes.model_script import Behaviour, Step

MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(broker_url: str, queue_prefix: str, tmp_path: Path) -> Iterator[MakeWorld]:
    """Builds a world whose model answers by a script."""
    with ExitStack() as stack:

        def make(
            script: Sequence[Step | str] | Behaviour = (FIX,),
            *,
            files: Mapping[str, str] | None = None,
            default_branch: str = "main",
            models: Mapping[str, int] | None = None,
        ) -> World:
            github = stack.enter_context(GitHub())
            model = stack.enter_context(ScriptedModel(script, models=models))
            held = CALCULATOR if files is None else files
            return World(github, model, broker_url, queue_prefix, tmp_path, held, default_branch)

        yield make


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """A world whose model knows the fix."""
    return make_world()


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A repository of the user's own, in a folder of that name."""
    return make_folder(tmp_path / "mine")
