from __future__ import annotations

import sys
from pathlib import Path

import certifi
import pytest
from pydantic import ValidationError

from worker.config import ConfigurationError, Settings, load


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as refused:
        load(environ)
    return refused.value.problems


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = load({})
    assert settings.rabbitmq_url.get_secret_value() == "amqp://guest:guest@localhost:5672/"
    assert settings.github_api_url == "https://api.github.com"
    assert (settings.github_token, settings.github_app_id, settings.github_webhook_secret) == (None, None, None)
    assert (settings.model, settings.model_prices, settings.cache_dir) == (None, None, None)
    assert settings.queue_prefix == "patchferry"
    assert (settings.task_timeout, settings.max_iterations) == (3600, 3)
    assert (settings.budget_tokens, settings.budget_usd) == (2_000_000, 5)
    assert (settings.trigger_label, settings.branch_prefix) == ("patchferry", "patchferry/")
    assert (settings.pr_draft, settings.sign_off) == (True, False)
    assert settings.engine_python == Path(sys.executable)
    assert settings.retry_delays == (60, 600, 3600)
    assert settings.github_write_pause == 1.0
    assert (settings.health_port, settings.log_format, settings.secrets_dir) == (0, "auto", None)
    assert (settings.https_proxy, settings.no_proxy, settings.ssl_cert_file) == (None, "", None)
    assert settings.provider_environment == {}


def test_every_variable_of_the_contract_is_read() -> None:
    environ = {
        "RABBITMQ_URL": "amqps://u:p@broker/vhost",
        "GITHUB_API_URL": "https://ghe.example/api/v3/",
        "GITHUB_APP_ID": "12",
        "GITHUB_APP_PRIVATE_KEY": "-----BEGIN KEY-----\nabc\n-----END KEY-----",
        "GITHUB_WEBHOOK_SECRET": "one secret",
        "GITHUB_WEBHOOK_SECRET_PREVIOUS": "another",
        "HTTPS_PROXY": "http://proxy:3128",
        "NO_PROXY": "localhost,.internal",
        "SSL_CERT_FILE": certifi.where(),
        "PATCHFERRY_MODEL": "ollama_chat/m:1b",
        "PATCHFERRY_QUEUE_PREFIX": "team",
        "PATCHFERRY_TASK_TIMEOUT": "60",
        "PATCHFERRY_MAX_ITERATIONS": "1",
        "PATCHFERRY_BUDGET_TOKENS": "1000",
        "PATCHFERRY_BUDGET_USD": "0.5",
        "PATCHFERRY_MODEL_PRICES": "/etc/prices.json",
        "PATCHFERRY_WORKSPACE_DIR": "/work",
        "PATCHFERRY_CACHE_DIR": "/cache",
        "PATCHFERRY_TRIGGER_LABEL": "fix me",
        "PATCHFERRY_BRANCH_PREFIX": "bot/",
        "PATCHFERRY_PR_DRAFT": "false",
        "PATCHFERRY_SIGN_OFF": "1",
        "PATCHFERRY_ENGINE_PYTHON": "/opt/aider/bin/python",
        "PATCHFERRY_RETRY_DELAYS": "1, 2,3",
        "PATCHFERRY_GITHUB_WRITE_PAUSE": "0",
        "PATCHFERRY_HEALTH_PORT": "8080",
        "PATCHFERRY_LOG_FORMAT": "json",
    }
    settings = load(environ)
    sources = {row.variable: row.source for row in settings.described()}
    assert {name for name, source in sources.items() if source == "environment"} == set(environ)
    assert settings.github_api_url == "https://ghe.example/api/v3"
    assert settings.retry_delays == (1, 2, 3)
    assert (settings.pr_draft, settings.sign_off) == (False, True)
    assert settings.cache_dir == Path("/cache")


def test_settings_are_frozen_and_refuse_unknown_attributes() -> None:
    settings = load({})
    with pytest.raises(ValidationError):
        settings.model = "another"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Settings(modle="x")  # type: ignore[call-arg]


def test_constructing_settings_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL", "wrong")
    monkeypatch.setenv("PATCHFERRY_MODEL", "wrong")
    assert Settings(task_timeout=5).model is None


def test_the_variables_of_the_models_providers_are_collected_and_no_others() -> None:
    environ = {
        "OPENAI_API_KEY": "k1",
        "OLLAMA_API_BASE": "http://localhost:11434",
        "AZURE_API_VERSION": "v",
        "AWS_REGION": "eu",
        "VERTEXAI_PROJECT": "p",
        "ANTHROPIC_API_KEY": "",
        "HOME": "/home/x",
    }
    found = load(environ).provider_environment
    assert sorted(found) == ["AWS_REGION", "AZURE_API_VERSION", "OLLAMA_API_BASE", "OPENAI_API_KEY", "VERTEXAI_PROJECT"]
    assert found["OPENAI_API_KEY"].get_secret_value() == "k1"


def test_an_unknown_variable_is_refused_with_the_nearest_known_name() -> None:
    (problem,) = problems({"PATCHFERRY_MODLE": "x"})
    assert problem.startswith("PATCHFERRY_MODLE ")
    assert problem.endswith(" PATCHFERRY_MODEL.")


def test_a_setting_of_a_later_version_is_refused_like_any_unknown_one() -> None:
    (problem,) = problems({"PATCHFERRY_SANDBOX": "bwrap"})
    assert problem.startswith("PATCHFERRY_SANDBOX (environment) is not a setting of this version")


def test_variables_that_kubernetes_sets_for_a_service_of_our_name_are_no_settings() -> None:
    links = {
        "PATCHFERRY_SERVICE_HOST": "10.0.0.1",
        "PATCHFERRY_GATEWAY_SERVICE_PORT_HTTP": "80",
        "PATCHFERRY_GATEWAY_PORT": "tcp://10.0.0.1:80",
        "PATCHFERRY_GATEWAY_PORT_80_TCP_ADDR": "10.0.0.1",
    }
    assert load(links).described() == load({}).described()
    assert len(problems({"PATCHFERRY_GATEWAY_PORT": "80"})) == 1


def test_an_empty_value_counts_as_not_set_except_for_the_co_author() -> None:
    settings = load({"GITHUB_TOKEN": "", "PATCHFERRY_TASK_TIMEOUT": "", "PATCHFERRY_COMMIT_CO_AUTHOR": ""})
    assert (settings.github_token, settings.task_timeout) == (None, 3600)
    assert settings.commit_co_author == ""


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PATCHFERRY_TASK_TIMEOUT", "abc", "must be a whole number, not 'abc'; the default is 3600."),
        ("PATCHFERRY_TASK_TIMEOUT", "0", "must be greater than 0"),
        ("PATCHFERRY_TASK_TIMEOUT", "82801", "must be at most 82800"),
        ("PATCHFERRY_BUDGET_USD", "inf", "must be a finite number"),
        ("PATCHFERRY_BUDGET_TOKENS", "-1", "must be greater than 0"),
        ("PATCHFERRY_PR_DRAFT", "maybe", "must be true or false"),
        ("PATCHFERRY_LOG_FORMAT", "xml", "must be one of 'auto', 'json' or 'text'"),
        ("PATCHFERRY_HEALTH_PORT", "70000", "must be at most 65535"),
        ("PATCHFERRY_RETRY_DELAYS", "60,x", "must be a whole number, not 'x'; the default is 60,600,3600."),
        ("PATCHFERRY_RETRY_DELAYS", "60,60", "each longer than the one before, not '60,60'"),
        ("PATCHFERRY_RETRY_DELAYS", "0,60", "must be seconds from 1 to 604800"),
        ("PATCHFERRY_RETRY_DELAYS", ",", "must be seconds from 1 to 604800"),
        ("PATCHFERRY_QUEUE_PREFIX", "a b", "must be letters, digits"),
        ("PATCHFERRY_QUEUE_PREFIX", "amq.x", "not begin with amq."),
        ("PATCHFERRY_BRANCH_PREFIX", "-..x/", "must be the beginning of a git branch name"),
        ("PATCHFERRY_BRANCH_PREFIX", "a.lock/", "must be the beginning of a git branch name"),
        ("PATCHFERRY_TRIGGER_LABEL", "x" * 51, "at most 50 characters"),
        ("PATCHFERRY_MODEL", "two words", "must be one name as litellm knows it"),
        ("PATCHFERRY_OLLAMA_KEEP_ALIVE", "soon", "must be a duration of Ollama's"),
        ("PATCHFERRY_COMMIT_AUTHOR", "Somebody", "must have the form Name <email>"),
        ("PATCHFERRY_COMMIT_CO_AUTHOR", "{modle} <a@b.c>", "must use no placeholders but {model}"),
        ("PATCHFERRY_TITLE_TEMPLATE", "{number}", "must use no placeholders but {title}, {issue}, {type}"),
        ("PATCHFERRY_TITLE_TEMPLATE", "{title.__class__}", "must use no placeholders but"),
        ("PATCHFERRY_TITLE_TEMPLATE", "{title!r:>99}", "must use no placeholders but"),
        ("PATCHFERRY_TITLE_TEMPLATE", "{title", "must have balanced braces"),
        ("PATCHFERRY_TITLE_TEMPLATE", "a\nb", "must be one line"),
        ("GITHUB_API_URL", "api.github.com", "must be an address of the form https://HOST"),
        ("GITHUB_API_URL", "https://host:port", "must be an address of the form https://HOST"),
        ("GITHUB_API_URL", "http://api.github.com", "must begin with https://"),
        ("HTTPS_PROXY", "proxy:3128", "must be an address of the form http://host:3128"),
        ("RABBITMQ_URL", "http://broker", "must be an address of the form amqp://"),
        ("GITHUB_TOKEN", "two words", "must be one word"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_in_a_sentence(variable: str, value: str, says: str) -> None:
    (problem,) = problems({variable: value})
    assert variable in problem
    assert says in problem
    assert problem.endswith(".")


def test_all_problems_are_told_at_once() -> None:
    found = problems(
        {"PATCHFERRY_MODLE": "x", "PATCHFERRY_TASK_TIMEOUT": "x", "PATCHFERRY_BUDGET_USD": "x", "GITHUB_APP_ID": "1"}
    )
    assert [problem.split()[0] for problem in found] == [
        "PATCHFERRY_MODLE",
        "PATCHFERRY_TASK_TIMEOUT",
        "PATCHFERRY_BUDGET_USD",
        "GITHUB_APP_ID",
    ]


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({"GITHUB_TOKEN": "t", "GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY": "k"}, ["GITHUB_TOKEN", "GITHUB_APP_ID"]),
        ({"GITHUB_APP_ID": "1"}, ["GITHUB_APP_PRIVATE_KEY"]),
        ({"GITHUB_APP_PRIVATE_KEY": "k"}, ["GITHUB_APP_ID"]),
        ({"GITHUB_WEBHOOK_SECRET_PREVIOUS": "x"}, ["GITHUB_WEBHOOK_SECRET"]),
        ({"PATCHFERRY_CONTEXT_TOKENS": "8192"}, ["PATCHFERRY_CONTEXT_TOKENS", "PATCHFERRY_MAX_OUTPUT_TOKENS"]),
    ],
)
def test_settings_that_contradict_each_other_are_refused(environ: dict[str, str], names: list[str]) -> None:
    (problem,) = problems(environ)
    assert all(name in problem for name in names)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GITHUB_TOKEN", "planted secret"),
        ("GITHUB_API_URL", "http://user:planted@api.github.com"),
        ("RABBITMQ_URL", "http://user:planted@broker"),
        ("HTTPS_PROXY", "socks://user:planted@proxy"),
    ],
)
def test_the_sentence_about_a_broken_secret_does_not_show_it(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load({variable: value})
    assert "planted" not in str(refused.value)


def test_a_missing_model_is_explained_with_a_local_and_a_keyed_example() -> None:
    with pytest.raises(ConfigurationError, match=r"^PATCHFERRY_MODEL is not set.*ollama_chat/.*_API_KEY") as refused:
        load({}).require_model()
    assert len(refused.value.problems) == 1
    assert load({"PATCHFERRY_MODEL": "m"}).require_model() == "m"


def test_running_work_may_finish_within_its_deadline_unless_told_otherwise() -> None:
    assert load({"PATCHFERRY_TASK_TIMEOUT": "100"}).shutdown_seconds() == 160
    assert load({"PATCHFERRY_SHUTDOWN_GRACE": "5"}).shutdown_seconds() == 5
