from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.engine_world import no_parent_left


@pytest.fixture(scope="session", autouse=True)
def _no_engine_outlives_the_tests() -> Iterator[None]:
    with no_parent_left():
        yield
