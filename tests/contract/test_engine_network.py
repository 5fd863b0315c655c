"""The way to the model: a proxy and a private CA, for the pre-flight and for the engine's process alike."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.contract.engine_world import FIX, FIXED, GREETING, contents, edit, plant
from tests.fakes.model import NAME, ScriptedModel
from tests.fakes.relay import TlsDoor, TunnelProxy
from tests.fakes.tls import HOST, Authority
from worker.deadline import Deadline
from worker.errors import Reason, Retry
from worker.llm.aider import AiderEngine


def test_a_model_behind_a_proxy_with_a_private_certificate_is_reached(tmp_path: Path) -> None:
    tree = plant(tmp_path / "tree", {"greet.py": GREETING})
    authority = Authority(tmp_path)
    with (
        ScriptedModel([FIX]) as model,
        TlsDoor(urlsplit(model.ollama_url).port or 0, authority.context) as door,
        TunnelProxy(door.port) as proxy,
    ):
        engine = AiderEngine(
            model=f"ollama_chat/{NAME}",
            provider_environment={"OLLAMA_API_BASE": f"https://{HOST}", "OLLAMA_API_KEY": "ollama-key"},
            https_proxy=f"http://127.0.0.1:{proxy.port}",
            ssl_cert_file=authority.ca_file,
        )
        edit(engine, tree)
    assert contents(tree) == {"greet.py": FIXED}
    assert [head.partition(" HTTP")[0] for head in proxy.asked] == [f"CONNECT {HOST}:443"] * 2
    assert [one.headers["authorization"] for one in model.requests] == ["Bearer ollama-key"] * 2


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with ScriptedModel([]) as model, TlsDoor(urlsplit(model.ollama_url).port or 0, authority.context) as door:
        variables = {"OLLAMA_API_BASE": f"https://127.0.0.1:{door.port}"}
        engine = AiderEngine(model=f"ollama_chat/{NAME}", provider_environment=variables)
        with pytest.raises(Retry) as retry:
            engine.check(Deadline(5))
    assert retry.value.reason is Reason.MODEL_UNAVAILABLE
    assert not model.requests
