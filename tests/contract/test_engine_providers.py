"""What every provider's server is sent, as far as a scripted one can show it: path, key, body, counts and price."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.contract.engine_world import FIX, FIXED, GREETING, contents, edit, plant, warm
from tests.fakes.model import ScriptedModel
from tests.fakes.model_script import Say, Status
from worker.errors import Reason, Refused, Retry
from worker.llm.aider import AiderEngine

KEY = "sk-test-0123456789abcdef"


@dataclass(frozen=True)
class Case:
    """A model, its provider's variables ("{url}" is the server's), and what arrives there for one edit."""

    model: str
    variables: dict[str, str]
    path: str
    headers: dict[str, str]
    query: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()  # headers
    cost: float | None = None

    @property
    def name(self) -> str:
        """As the server knows it."""
        return self.model.partition("/")[2]

    def engine(self, url: str, **options: Any) -> AiderEngine:
        variables = {name: value.format(url=url) for name, value in self.variables.items()}
        more = {"runner": warm(), "retry_pause": 0.01, **options}
        return AiderEngine(model=self.model, provider_environment=variables, **more)


BEARER = {"authorization": f"Bearer {KEY}"}
CASES = {
    "OpenAI": Case(
        "openai/gpt-4o",
        {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": "{url}/v1"},
        "/v1/chat/completions",
        BEARER,
        body={"model": "gpt-4o", "temperature": 0.0, "max_tokens": 8192, "stream_options": {"include_usage": True}},
        cost=1200 * 2.5e-6 + 80 * 10e-6,
    ),
    "OpenAI, a model that reasons": Case(
        "openai/gpt-5",
        {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": "{url}/v1"},
        "/v1/chat/completions",
        BEARER,
        body={"model": "gpt-5", "max_completion_tokens": 8192, "temperature": None, "max_tokens": None},
        cost=1200 * 1.25e-6 + 80 * 10e-6,
    ),
    "vLLM": Case(
        "openai/Qwen/Qwen2.5-Coder-32B-Instruct",
        {"OPENAI_API_BASE": "{url}/v1"},
        "/v1/chat/completions",
        {"authorization": "Bearer none"},
        body={"model": "Qwen/Qwen2.5-Coder-32B-Instruct", "max_tokens": 8192},
    ),
    "LM Studio": Case(
        "openai/qwen2.5-coder-14b",
        {"OPENAI_API_BASE": "{url}/v1/"},
        "/v1/chat/completions",
        {"authorization": "Bearer none"},
        body={"model": "qwen2.5-coder-14b"},
    ),
    "Ollama with a key": Case(
        "ollama_chat/scripted:1b",
        {"OLLAMA_API_BASE": "{url}", "OLLAMA_API_KEY": KEY},
        "/api/chat",
        BEARER,
        body={"model": "scripted:1b", "keep_alive": "30m", "stream": True},
        cost=0.0,
    ),
    "Anthropic": Case(
        "anthropic/claude-sonnet-4-5",
        {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_API_BASE": "{url}"},
        "/v1/messages",
        {"x-api-key": KEY, "anthropic-version": "2023-06-01"},
        body={"model": "claude-sonnet-4-5", "max_tokens": 8192, "stream": True},
        without=("authorization",),
        cost=1200 * 3e-6 + 80 * 15e-6,
    ),
    "Gemini": Case(
        "gemini/gemini-2.5-pro",
        {"GEMINI_API_KEY": KEY, "GEMINI_API_BASE": "{url}/v1beta"},
        "/v1beta/models/gemini-2.5-pro:streamGenerateContent",
        {"x-goog-api-key": KEY},
        query="alt=sse",
        without=("authorization",),
        cost=1200 * 1.25e-6 + 80 * 10e-6,
    ),
    "DeepSeek": Case(
        "deepseek/deepseek-chat",
        {"DEEPSEEK_API_KEY": KEY, "DEEPSEEK_API_BASE": "{url}/beta"},
        "/beta/chat/completions",
        BEARER,
        body={"model": "deepseek-chat", "stream_options": {"include_usage": True}},
        cost=1200 * 2.8e-7 + 80 * 4.2e-7,
    ),
    "OpenRouter": Case(
        "openrouter/qwen/qwen3-coder",
        {"OPENROUTER_API_KEY": KEY, "OPENROUTER_API_BASE": "{url}/api/v1"},
        "/api/v1/chat/completions",
        BEARER,
        body={"model": "qwen/qwen3-coder", "stream_options": {"include_usage": True}},
        cost=1200 * 2.2e-7 + 80 * 9.5e-7,
    ),
    "Azure": Case(
        "azure/mine",
        {"AZURE_API_KEY": KEY, "AZURE_API_BASE": "{url}", "AZURE_API_VERSION": "2024-10-21"},
        "/openai/deployments/mine/chat/completions",
        {"api-key": KEY},
        query="api-version=2024-10-21",
        body={"max_tokens": 8192},
    ),
    "Azure with Entra's token": Case(
        "azure/mine",
        {"AZURE_AD_TOKEN": KEY, "AZURE_API_BASE": "{url}", "AZURE_API_VERSION": "2024-10-21"},
        "/openai/deployments/mine/chat/completions",
        BEARER,
        query="api-version=2024-10-21",
    ),
    "Azure AI": Case(
        "azure_ai/mine",
        {"AZURE_AI_API_KEY": KEY, "AZURE_AI_API_BASE": "{url}"},
        "/chat/completions",
        BEARER,
        body={"model": "mine"},
    ),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "tree", {"greet.py": GREETING})


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_every_provider_gets_what_it_expects_and_its_counts_are_used(tree: Path, case: Case) -> None:
    with ScriptedModel([FIX], models={case.name: 32_768}) as model:
        usage = edit(case.engine(model.ollama_url), tree).usage
        (call,) = model.calls
    assert contents(tree) == {"greet.py": FIXED}
    assert (call.method, call.path, call.query) == ("POST", case.path, case.query)
    assert {name: call.headers.get(name) for name in case.headers} == case.headers
    assert not set(case.without) & set(call.headers)
    assert {name: call.body.get(name) for name in case.body} == case.body
    assert "Fix the greeting." in str(call.body)
    assert (usage.tokens_in, usage.tokens_out, usage.calls) == (1200, 80, 1)
    assert usage.cost_usd == (None if case.cost is None else pytest.approx(case.cost))
    assert KEY not in call.path + call.query


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_no_client_below_repeats_a_request_by_itself(tree: Path, case: Case) -> None:
    broken = ScriptedModel([Status(500)] * 2, models={case.name: 32_768})
    with broken as model, pytest.raises(Retry) as retry:
        edit(case.engine(model.ollama_url, retries=1), tree)
    assert retry.value.usage is not None
    assert (len(model.calls), retry.value.usage.calls) == (2, 2)


@pytest.mark.parametrize(
    ("provider", "finish", "reason"),
    [
        ("Anthropic", "length", Reason.CONTEXT),
        ("Anthropic", "refusal", Reason.ENGINE),
        ("Gemini", "length", Reason.CONTEXT),
        ("Gemini", "SAFETY", Reason.ENGINE),
        ("Azure", "content_filter", Reason.ENGINE),
        ("DeepSeek", "length", Reason.CONTEXT),
    ],
)
def test_half_an_answer_is_no_answer_whatever_the_provider_calls_it(
    tree: Path, provider: str, finish: str, reason: Reason
) -> None:
    case = CASES[provider]
    half = ScriptedModel([Say(FIX, finish=finish)], models={case.name: 32_768})
    with half as model, pytest.raises(Refused) as refused:
        edit(case.engine(model.ollama_url), tree)
    assert refused.value.reason is reason
    assert refused.value.usage is not None
    assert (refused.value.usage.tokens_in, refused.value.usage.tokens_out) == (1200, 80)
    assert contents(tree) == {"greet.py": GREETING}


@pytest.mark.parametrize(
    ("model", "variables", "package"),
    [
        (
            "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
            {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": KEY, "AWS_REGION_NAME": "eu-central-1"},
            "boto3",
        ),
        (
            "vertex_ai/gemini-2.5-pro",
            {"VERTEXAI_PROJECT": "mine", "VERTEXAI_LOCATION": "europe-west4", "VERTEXAI_CREDENTIALS": "{}"},
            "google-cloud-aiplatform",
        ),
    ],
)
def test_a_provider_whose_package_is_missing_says_so_before_anything_is_spent(
    tree: Path, model: str, variables: dict[str, str], package: str
) -> None:
    with pytest.raises(Refused) as refused:
        edit(AiderEngine(model=model, provider_environment=variables, runner=warm()), tree)
    assert refused.value.reason is Reason.CONFIGURATION
    assert f"the Python package {package};" in refused.value.sentence
    assert refused.value.usage is not None
    assert (refused.value.usage.tokens_in, refused.value.usage.calls) == (0, 1)
