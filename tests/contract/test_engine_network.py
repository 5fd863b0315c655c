"""The way to the model: a proxy and a private CA, for the pre-flight and for the engine's process alike."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.contract.engine_world import FIX, FIXED, GREETING, contents, edit, plant, warm
from tests.contract.test_engine_providers import CASES
from tests.fakes.model import NAME, ScriptedModel
from tests.fakes.model_script import Status
from tests.fakes.relay import TlsDoor, TunnelProxy
from tests.fakes.tls import HOST, Authority
from worker.deadline import Deadline
from worker.errors import Reason, Refused, Retry
from worker.llm.aider import AiderEngine


@pytest.mark.parametrize("kept", [True, False])
def test_a_model_behind_a_proxy_with_a_private_certificate_is_reached(tmp_path: Path, *, kept: bool) -> None:
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
            runner=warm() if kept else None,
        )
        edit(engine, tree)
    assert contents(tree) == {"greet.py": FIXED}
    assert [head.partition(" HTTP")[0] for head in proxy.asked] == [f"CONNECT {HOST}:443"] * 2
    assert [one.headers["authorization"] for one in model.requests] == ["Bearer ollama-key"] * 2


@pytest.mark.parametrize("provider", ["Ollama with a key", "vLLM", "Anthropic", "Gemini", "OpenRouter", "Azure"])
def test_every_client_takes_the_proxy_and_the_private_certificate(tmp_path: Path, provider: str) -> None:
    case = CASES[provider]
    tree, authority = plant(tmp_path / "tree", {"greet.py": GREETING}), Authority(tmp_path)
    with (
        ScriptedModel([FIX], models={case.name: 32_768}) as model,
        TlsDoor(urlsplit(model.ollama_url).port or 0, authority.context) as door,
        TunnelProxy(door.port) as proxy,
    ):
        way = {"https_proxy": f"http://127.0.0.1:{proxy.port}", "ssl_cert_file": authority.ca_file}
        edit(case.engine(f"https://{HOST}", **way), tree)
    assert contents(tree) == {"greet.py": FIXED}
    assert {head.partition(" HTTP")[0] for head in proxy.asked} == {f"CONNECT {HOST}:443"}
    assert {name: model.calls[0].headers.get(name) for name in case.headers} == case.headers


@pytest.mark.parametrize("provider", ["Ollama with a key", "vLLM", "Anthropic"])
def test_a_host_that_needs_no_proxy_is_reached_with_a_private_certificate_alone(tmp_path: Path, provider: str) -> None:
    case = CASES[provider]
    tree, authority = plant(tmp_path / "tree", {"greet.py": GREETING}), Authority(tmp_path)
    with (
        ScriptedModel([FIX], models={case.name: 32_768}) as model,
        TlsDoor(urlsplit(model.ollama_url).port or 0, authority.context) as door,
    ):
        way = {"https_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1", "ssl_cert_file": authority.ca_file}
        edit(case.engine(f"https://127.0.0.1:{door.port}", **way), tree)
    assert contents(tree) == {"greet.py": FIXED}


def test_a_redirect_through_the_proxy_does_not_take_the_key_along_either(tmp_path: Path) -> None:
    case = CASES["Anthropic"]
    tree, authority = plant(tmp_path / "tree", {"greet.py": GREETING}), Authority(tmp_path)
    moved = Status(307, location="https://elsewhere.example.test/v1/messages")
    with (
        ScriptedModel([moved], models={case.name: 32_768}) as model,
        TlsDoor(urlsplit(model.ollama_url).port or 0, authority.context) as door,
        TunnelProxy(door.port) as proxy,
    ):
        way = {"https_proxy": f"http://127.0.0.1:{proxy.port}", "ssl_cert_file": authority.ca_file}
        with pytest.raises(Refused) as refused:
            edit(case.engine(f"https://{HOST}", **way), tree)
    assert refused.value.reason is Reason.CONFIGURATION
    assert [head.partition(" HTTP")[0] for head in proxy.asked] == [f"CONNECT {HOST}:443"]


def test_a_proxy_that_does_not_connect_us_is_named(tmp_path: Path) -> None:
    tree = plant(tmp_path / "tree", {"greet.py": GREETING})
    with TunnelProxy(9, status="502 Bad Gateway") as proxy:
        engine = CASES["Anthropic"].engine(f"https://{HOST}", https_proxy=f"http://127.0.0.1:{proxy.port}", retries=0)
        with pytest.raises(Retry) as retry:
            edit(engine, tree)
    assert retry.value.reason is Reason.MODEL_UNAVAILABLE
    assert "HTTPS_PROXY" in retry.value.sentence


@pytest.mark.parametrize("provider", ["vLLM", "Anthropic"])
def test_a_certificate_that_nobody_vouches_for_costs_no_repetition(tmp_path: Path, provider: str) -> None:
    tree, authority = plant(tmp_path / "tree", {"greet.py": GREETING}), Authority(tmp_path)
    with ScriptedModel([]) as model, TlsDoor(urlsplit(model.ollama_url).port or 0, authority.context) as door:
        with pytest.raises(Refused) as refused:
            edit(CASES[provider].engine(f"https://127.0.0.1:{door.port}"), tree)
        assert not model.requests
    assert refused.value.reason is Reason.CONFIGURATION
    assert "SSL_CERT_FILE" in refused.value.sentence


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with ScriptedModel([]) as model, TlsDoor(urlsplit(model.ollama_url).port or 0, authority.context) as door:
        variables = {"OLLAMA_API_BASE": f"https://127.0.0.1:{door.port}"}
        engine = AiderEngine(model=f"ollama_chat/{NAME}", provider_environment=variables)
        with pytest.raises(Refused) as refused:
            engine.check(Deadline(5))
    assert refused.value.reason is Reason.CONFIGURATION
    assert "SSL_CERT_FILE" in refused.value.sentence
    assert not model.requests
