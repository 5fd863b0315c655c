from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest

from patchferry.checks import machine, network
from patchferry.checks.broker import broker, deadline
from patchferry.checks.github import github, token
from patchferry.checks.model import model, window
from patchferry.checks.result import Check, Status, failed
from worker.config import Settings, load
from worker.errors import Reason, Refused
from worker.llm.ollama import OllamaModel
from worker.queues import Topology


def program(folder: Path, text: str) -> str:
    """A program that prints a text."""
    path = folder / "program"
    path.write_text(f"#!/bin/sh\necho '{text}'\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("version", "status"), [((3, 10, 9), "fail"), ((3, 11, 0), "ok"), ((3, 12, 9), "ok"), ((3, 13, 0), "fail")]
)
def test_python_is_one_that_aider_runs_with(version: tuple[int, ...], status: str) -> None:
    assert machine.python(version).status == status


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("git version 2.39.5", "ok"),
        ("git version 2.38.0.windows.1", "ok"),
        ("git version 2.34.1", "fail"),
        ("?", "fail"),
    ],
)
def test_git_is_recent_enough_to_clone_safely(tmp_path: Path, said: str, status: str) -> None:
    assert machine.git(program(tmp_path, said)).status == status


def test_a_git_that_is_not_there_is_missing() -> None:
    assert machine.git("/nowhere/git") == Check("git", Status.FAIL, "git is not installed", "install git 2.38 or newer")


def test_the_engine_is_the_exact_aider_of_the_named_interpreter(tmp_path: Path) -> None:
    assert machine.engine(Path(sys.executable)).status == "ok"
    another = machine.engine(Path(program(tmp_path, "0.85.0")))
    assert (another.status, another.detail) == ("fail", f"{tmp_path}/program has aider 0.85.0")
    missing = machine.engine(Path("/nowhere/python"))
    assert missing.status == "fail"
    assert "PATCHFERRY_ENGINE_PYTHON" in missing.fix


def test_the_workspace_may_be_a_folder_that_is_still_to_be_made(tmp_path: Path) -> None:
    found = machine.workspace(tmp_path / "a" / "b")
    assert found.status in ("ok", "warn")
    assert "GB free" in found.detail
    assert not (tmp_path / "a").exists()


def test_a_workspace_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert machine.workspace(tmp_path / "file" / "a").status == "fail"


def test_certificates_are_counted() -> None:
    assert network.certificates(None).status == "skip"
    found = network.certificates(Path(certifi.where()))
    assert found.status == "ok"
    assert found.detail.endswith(" authorities")


@pytest.fixture
def port() -> Iterator[int]:
    """A port that something listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_proxy_is_there_when_it_takes_a_connection(port: int) -> None:
    assert network.proxy(None).status == "skip"
    assert network.proxy(f"http://127.0.0.1:{port}").status == "ok"


def test_a_proxy_that_is_not_there_is_named_without_its_password(port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = closed.getsockname()[1]
    found = network.proxy(f"http://user:planted@127.0.0.1:{gone}")
    assert (found.status, found.fix) == ("fail", "start it or correct HTTPS_PROXY")
    assert "planted" not in found.detail
    assert port != gone


@pytest.mark.parametrize(
    ("version", "stated", "status", "seconds"),
    [
        ((3, 10, 8), None, "warn", "1500 s"),
        ((3, 11, 0), 7200.0, "ok", "3600 s"),
        ((3, 12, 0), None, "ok", "3600 s"),
        ((4, 0, 5), None, "ok", "3600 s"),
    ],
)
def test_the_deadline_is_what_this_version_of_the_broker_allows(
    version: tuple[int, ...], stated: float | None, status: str, seconds: str
) -> None:
    found = deadline(version, 3600, stated)
    assert found.status == status
    assert seconds in found.detail


@pytest.mark.parametrize(
    ("scopes", "status"),
    [("repo, read:org", "ok"), ("public_repo", "ok"), ("", "fail"), ("gist", "fail"), ("repo, workflow", "warn")],
)
def test_a_classic_token_is_judged_by_its_scopes(scopes: str, status: str) -> None:
    assert token("bot", {"x-oauth-scopes": scopes}).status == status


def test_a_fine_grained_token_shows_its_end() -> None:
    found = token("bot", {"github-authentication-token-expiration": "2027-01-02 03:04:05 UTC"})
    assert found.status == "ok"
    assert "acts as bot, until 2027-01-02" in found.detail


@pytest.mark.parametrize(
    ("trained", "asked", "longest_answer", "status"),
    [(32_768, 0, 8192, "ok"), (4096, 0, 8192, "fail"), (4096, 16_384, 8192, "warn"), (None, 16_384, 8192, "ok")],
)
def test_a_window_serves_when_the_model_has_it_and_an_answer_leaves_room(
    trained: int | None, asked: int, longest_answer: int, status: str
) -> None:
    assert window(OllamaModel("m:1b", trained, None), asked, longest_answer).status == status


def test_a_model_that_is_not_named_is_explained() -> None:
    found = model(Settings())
    assert (found.status, found.detail) == ("fail", "PATCHFERRY_MODEL is not set")
    assert "ollama_chat/" in found.fix


def test_a_model_with_a_key_is_not_called() -> None:
    found = model(load({"PATCHFERRY_MODEL": "anthropic/m", "ANTHROPIC_API_KEY": "planted-key"}))
    assert (found.status, found.detail) == (
        "ok",
        "anthropic/m, ANTHROPIC_API_KEY set; not tried, as that would cost money",
    )


def test_a_server_of_ones_own_without_a_key_is_not_said_to_have_one() -> None:
    found = model(load({"PATCHFERRY_MODEL": "openai/m", "OPENAI_API_BASE": "http://gpu-host:8000/v1"}))
    assert (found.status, found.detail) == ("ok", "openai/m, no key set; not tried, as that would cost money")


def test_what_needs_no_token_is_said_and_the_repository_is_not_passed_over() -> None:
    missing, unseen = github(Settings(), "acme/shop")
    assert (missing.status, missing.detail) == ("fail", "GITHUB_TOKEN is not set")
    assert "run --repo" in missing.fix
    assert (unseen.name, unseen.status) == ("repository", "skip")
    assert "acme/shop" in unseen.detail


def test_what_needs_no_broker_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = closed.getsockname()[1]
    (found,) = broker(f"amqp://127.0.0.1:{gone}/", Topology("p", (60,)), task_timeout=60, stated_consumer_timeout=None)
    assert found.status == "fail"
    assert found.fix.endswith("`run` does not")


def test_a_model_without_its_key_fails_and_names_it() -> None:
    found = model(load({"PATCHFERRY_MODEL": "anthropic/m"}))
    assert found.status == "fail"
    assert "ANTHROPIC_API_KEY" in found.detail + found.fix


def test_a_sentence_of_an_error_is_split_into_what_is_wrong_and_what_to_do() -> None:
    error = Refused(Reason.CONFIGURATION, "RabbitMQ at host:5672 is away: start it; or wait")
    assert failed("broker", error) == Check("broker", Status.FAIL, "RabbitMQ at host:5672 is away", "start it; or wait")
    assert failed("x", Refused(Reason.ISSUE, "it is gone")) == Check("x", Status.FAIL, "it is gone")


def test_a_workspace_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert machine.workspace(tmp_path / "file" / "a").status == "fail"
