from __future__ import annotations

from pathlib import Path

import pytest

from worker.config import ConfigurationError, Settings, load


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a folder `secrets` in it."""
    (tmp_path / "secrets").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def source(settings: Settings, variable: str) -> str:
    return next(row.source for row in settings.described() if row.variable == variable)


def test_a_secret_is_read_from_a_file_named_like_its_variable_in_lower_case(folder: Path) -> None:
    (folder / "secrets" / "github_token").write_text("from-file\n")
    (folder / "secrets" / "openai_api_key").write_text("key-from-file\r\n")
    settings = load({"PATCHFERRY_SECRETS_DIR": "secrets"})
    assert settings.github_token is not None
    assert settings.github_token.get_secret_value() == "from-file"
    assert settings.provider_environment["OPENAI_API_KEY"].get_secret_value() == "key-from-file"
    assert source(settings, "GITHUB_TOKEN") == "secrets/github_token"


def test_the_line_breaks_of_a_private_key_are_kept(folder: Path) -> None:
    (folder / "secrets" / "github_app_private_key").write_text("-----BEGIN-----\nabc\n-----END-----\n")
    settings = load({"PATCHFERRY_SECRETS_DIR": "secrets", "GITHUB_APP_ID": "1"})
    assert settings.github_app_private_key is not None
    assert settings.github_app_private_key.get_secret_value() == "-----BEGIN-----\nabc\n-----END-----"


def test_what_a_mounted_secret_brings_along_is_passed_over(folder: Path) -> None:
    (folder / "secrets" / "..data").mkdir()
    (folder / "secrets" / "README").write_text("GITHUB_TOKEN")
    (folder / "secrets" / "unrelated").write_text("x")
    assert load({"PATCHFERRY_SECRETS_DIR": "secrets"}).github_token is None


def test_an_unknown_file_with_our_prefix_is_refused_like_a_variable(folder: Path) -> None:
    (folder / "secrets" / "patchferry_modle").write_text("x")
    with pytest.raises(ConfigurationError, match=r"PATCHFERRY_MODLE \(secrets/patchferry_modle\).*PATCHFERRY_MODEL"):
        load({"PATCHFERRY_SECRETS_DIR": "secrets"})


def test_a_secrets_folder_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^PATCHFERRY_SECRETS_DIR names /nowhere, .*No such file"):
        load({"PATCHFERRY_SECRETS_DIR": "/nowhere"})


def test_a_secret_that_is_no_text_is_refused_by_name(folder: Path) -> None:
    (folder / "secrets" / "github_token").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"^GITHUB_TOKEN can't be read from secrets/github_token"):
        load({"PATCHFERRY_SECRETS_DIR": "secrets"})


def test_a_line_of_dotenv_that_means_nothing_is_refused_without_being_quoted(folder: Path) -> None:
    (folder / ".env").write_text("# mine\nPATCHFERRY_MODEL=m\nplanted secret\n")
    with pytest.raises(ConfigurationError, match=r"^\.env has a line 3 that can't be read: ") as refused:
        load({}, read_dotenv=True)
    assert "planted" not in str(refused.value)


def test_a_file_of_authorities_that_tls_cannot_load_is_refused(folder: Path) -> None:
    (folder / "ca.pem").write_text("rubbish")
    with pytest.raises(ConfigurationError, match=r"^SSL_CERT_FILE names ca\.pem, .* no PEM certificate"):
        load({"SSL_CERT_FILE": "ca.pem"})
    with pytest.raises(ConfigurationError, match=r"^SSL_CERT_FILE names none\.pem, .*No such file"):
        load({"SSL_CERT_FILE": "none.pem"})


def test_the_sources_win_in_order(folder: Path) -> None:
    (folder / ".env").write_text("PATCHFERRY_SECRETS_DIR=secrets\nGITHUB_TOKEN=d\nGITHUB_APP_ID=\nRABBITMQ_URL=amqp://d\n"
                                 "PATCHFERRY_QUEUE_PREFIX=d\nPATCHFERRY_MODEL=d\n")  # fmt: skip
    for name in ("github_token", "rabbitmq_url", "patchferry_model"):
        (folder / "secrets" / name).write_text("amqp://f")
    environ = {"RABBITMQ_URL": "amqp://e", "PATCHFERRY_MODEL": "e"}
    settings = load(environ, read_dotenv=True, overrides={"PATCHFERRY_MODEL": "o"})
    assert settings.model == "o"
    assert settings.rabbitmq_url.get_secret_value() == "amqp://e"
    assert settings.github_token is not None
    assert settings.github_token.get_secret_value() == "amqp://f"
    assert settings.queue_prefix == "d"
    assert source(settings, "PATCHFERRY_MODEL") == "command line"
    assert source(settings, "RABBITMQ_URL") == "environment"
    assert source(settings, "GITHUB_TOKEN") == "secrets/github_token"
    assert source(settings, "PATCHFERRY_QUEUE_PREFIX") == ".env"
    assert source(settings, "PATCHFERRY_TASK_TIMEOUT") == "default"


def test_dotenv_is_read_only_when_asked_for(folder: Path) -> None:
    (folder / ".env").write_text("PATCHFERRY_MODEL=from-dotenv\nANTHROPIC_API_KEY=a$HOME\n")
    assert load({}).model is None
    settings = load({}, read_dotenv=True)
    assert settings.model == "from-dotenv"
    assert settings.provider_environment["ANTHROPIC_API_KEY"].get_secret_value() == "a$HOME"


def test_a_dotenv_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / ".env").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"^\.env can't be read \(it is not UTF-8 text\)"):
        load({}, read_dotenv=True)


def test_an_unreadable_file_that_is_no_setting_of_ours_does_not_matter(folder: Path) -> None:
    (folder / "secrets" / "picture").write_bytes(b"\xff\xfe")
    assert load({"PATCHFERRY_SECRETS_DIR": "secrets"}).github_token is None


def test_an_unknown_setting_in_dotenv_is_refused(folder: Path) -> None:
    (folder / ".env").write_text("PATCHFERRY_BUDGET=1\n")
    with pytest.raises(ConfigurationError, match=r"^PATCHFERRY_BUDGET \(\.env\)"):
        load({}, read_dotenv=True)


def test_the_proxy_is_also_read_in_lower_case_as_other_programs_do() -> None:
    settings = load({"https_proxy": "http://lower:1", "no_proxy": "a", "NO_PROXY": "b"})
    assert settings.https_proxy is not None
    assert settings.https_proxy.get_secret_value() == "http://lower:1"
    assert settings.no_proxy == "b"


def test_described_settings_show_no_secret() -> None:
    environ = {
        "RABBITMQ_URL": "amqp://user:planted-1@host/",
        "GITHUB_TOKEN": "planted-2",
        "HTTPS_PROXY": "http://user:planted-3@proxy:3128",
        "OPENAI_API_KEY": "planted-4",
        "OPENAI_API_BASE": "https://user:planted-5@models/v1",
        "AWS_SESSION_TOKEN": "planted-6",
        "OLLAMA_API_BASE": "http://localhost:11434",
    }
    settings = load(environ)
    rows = {row.variable: row.value for row in settings.described()}
    assert rows["RABBITMQ_URL"] == "amqp://user:********@host/"
    assert rows["GITHUB_TOKEN"] == "********"
    assert rows["OLLAMA_API_BASE"] == "http://localhost:11434"
    assert rows["GITHUB_APP_ID"] is None
    assert "planted" not in str(rows) + repr(settings) + str(settings)
    assert {f"planted-{number}" for number in range(1, 7)} <= set(settings.secrets())
    assert "http://localhost:11434" not in settings.secrets()


def test_the_password_of_an_address_is_a_secret_in_both_spellings() -> None:
    assert {"p%40ssword", "p@ssword"} <= set(load({"RABBITMQ_URL": "amqp://u:p%40ssword@host/"}).secrets())


def test_described_settings_name_every_setting_once() -> None:
    names = [row.variable for row in load({}).described()]
    assert len(names) == len(set(names)) == len(Settings.model_fields) - 1
