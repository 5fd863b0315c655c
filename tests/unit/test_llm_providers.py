from __future__ import annotations

import pytest

from worker.config.sources import is_provider_variable
from worker.errors import Reason, Refused
from worker.llm.providers import Access

EVERYTHING = {
    "OPENAI_API_KEY": "openai-key",
    "ANTHROPIC_API_KEY": "anthropic-key",
    "GEMINI_API_KEY": "gemini-key",
    "DEEPSEEK_API_KEY": "deepseek-key",
    "OPENROUTER_API_KEY": "openrouter-key",
    "AZURE_API_KEY": "azure-key",
    "AZURE_API_BASE": "https://mine.openai.azure.com",
    "AWS_ACCESS_KEY_ID": "aws-id",
    "AWS_SECRET_ACCESS_KEY": "aws-key",
    "VERTEXAI_CREDENTIALS": "vertex-key",
    "GITHUB_TOKEN": "github-token",
    "RABBITMQ_URL": "amqp://user:password@host",
    "PATCHFERRY_SECRET": "ours",
}


@pytest.mark.parametrize(
    ("model", "variables", "addresses"),
    [
        ("openai/gpt-5", {"OPENAI_API_KEY"}, [("api.openai.com", 443)]),
        ("anthropic/claude-sonnet-4-5", {"ANTHROPIC_API_KEY"}, [("api.anthropic.com", 443)]),
        (
            "gemini/gemini-2.5-pro",
            {"GEMINI_API_KEY", "GEMINI_API_BASE"},
            [("generativelanguage.googleapis.com", 443)],
        ),
        ("deepseek/deepseek-chat", {"DEEPSEEK_API_KEY"}, [("api.deepseek.com", 443)]),
        ("openrouter/qwen/qwen3-coder", {"OPENROUTER_API_KEY"}, [("openrouter.ai", 443)]),
        ("azure/mine", {"AZURE_API_KEY", "AZURE_API_BASE"}, [("mine.openai.azure.com", 443)]),
        (
            "bedrock/anthropic.claude",
            {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
            [("*.amazonaws.com", 443)],
        ),
        ("vertex_ai/gemini-2.5-pro", {"VERTEXAI_CREDENTIALS"}, [("*.googleapis.com", 443)]),
        ("ollama_chat/qwen2.5-coder:14b", set(), [("localhost", 11434)]),
    ],
)
def test_a_model_gets_its_own_providers_variables_and_addresses(
    model: str, variables: set[str], addresses: list[tuple[str, int]]
) -> None:
    access = Access.find(model, EVERYTHING)
    assert set(access.environment) == variables
    assert list(access.addresses) == addresses


def test_the_proxy_and_the_certificates_go_along_with_every_model() -> None:
    network = {"HTTPS_PROXY": "http://user:pw@proxy:3128", "NO_PROXY": "internal", "SSL_CERT_FILE": "/etc/ca.pem"}
    access = Access.find("anthropic/claude-sonnet-4-5", {**EVERYTHING, **network})
    assert dict(access.environment) == {"ANTHROPIC_API_KEY": "anthropic-key", **network}
    assert list(access.addresses) == [("api.anthropic.com", 443), ("proxy", 3128)]


@pytest.mark.parametrize(
    ("given", "used", "address"),
    [
        ("http://models:8000/v1/", "http://models:8000/v1", ("models", 8000)),
        ("https://models/v1", "https://models/v1", ("models", 443)),
        ("models:8000", "http://models:8000", ("models", 8000)),
        ("http://[::1]:8000", "http://[::1]:8000", ("::1", 8000)),
    ],
)
def test_an_address_of_ones_own_replaces_the_providers(given: str, used: str, address: tuple[str, int]) -> None:
    access = Access.find("openai/mine", {"OPENAI_API_BASE": given})
    assert (access.base, access.environment["OPENAI_API_BASE"]) == (used, used)
    assert list(access.addresses) == [address]


@pytest.mark.parametrize(
    ("model", "base", "more"),
    [
        ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_BASE", []),
        ("gemini/gemini-2.5-pro", "GEMINI_API_BASE", []),
        ("deepseek/deepseek-chat", "DEEPSEEK_API_BASE", []),
        ("openrouter/qwen/qwen3-coder", "OPENROUTER_API_BASE", []),
        ("azure/mine", "AZURE_API_BASE", []),
        ("azure_ai/mine", "AZURE_AI_API_BASE", []),
        ("bedrock/anthropic.claude", "AWS_BEDROCK_RUNTIME_ENDPOINT", [("*.amazonaws.com", 443)]),
        ("vertex_ai/gemini-2.5-pro", "VERTEXAI_API_BASE", [("*.googleapis.com", 443)]),
    ],
)
def test_every_provider_can_stand_behind_a_gateway(model: str, base: str, more: list[tuple[str, int]]) -> None:
    everything = {**EVERYTHING, "AZURE_AI_API_KEY": "azure-ai-key", base: "https://gateway:8443/models/"}
    access = Access.find(model, everything)
    assert (access.base, access.environment[base]) == ("https://gateway:8443/models",) * 2
    assert list(access.addresses) == [("gateway", 8443), *more]
    assert is_provider_variable(base)


def test_a_server_of_ones_own_needs_no_key_although_the_client_insists_on_one() -> None:
    assert Access.find("openai/mine", {"OPENAI_API_BASE": "http://models/v1"}).environment["OPENAI_API_KEY"] == "none"


@pytest.mark.parametrize(
    ("model", "variables", "words"),
    [
        ("anthropic/claude-sonnet-4-5", {}, ["ANTHROPIC_API_KEY", "not set"]),
        ("gemini/gemini-2.5-pro", {"OPENAI_API_KEY": "x"}, ["GEMINI_API_KEY or GOOGLE_API_KEY"]),
        ("azure/mine", {"AZURE_API_KEY": "x"}, ["AZURE_API_BASE"]),
        ("bedrock/anthropic.claude", {"AWS_REGION_NAME": "eu-central-1"}, ["AWS_ACCESS_KEY_ID", "not set"]),
        ("vertex_ai/gemini-2.5-pro", {"VERTEXAI_PROJECT": "x"}, ["VERTEXAI_CREDENTIALS", "not set"]),
        ("gpt-5", {"OPENAI_API_KEY": "x"}, ["openai/gpt-5"]),
        ("nobody/gpt-5", {}, ["'nobody'", "OPENAI_API_BASE"]),
        ("openai/mine", {"OPENAI_API_BASE": "ftp://models"}, ["OPENAI_API_BASE", "https://"]),
        ("openai/mine", {"OPENAI_API_BASE": "http://models:port"}, ["OPENAI_API_BASE"]),
    ],
)
def test_what_is_missing_or_wrong_is_named(model: str, variables: dict[str, str], words: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        Access.find(model, variables)
    assert refused.value.reason is Reason.CONFIGURATION
    assert all(word in refused.value.sentence for word in words)


def test_entras_token_gets_the_name_that_the_client_reads() -> None:
    access = Access.find("azure/mine", {"AZURE_API_BASE": "https://mine", "AZURE_AD_TOKEN": "token"})
    assert access.environment["AZURE_OPENAI_AD_TOKEN"] == "token"
