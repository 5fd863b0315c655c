from __future__ import annotations

import asyncio
import json
import subprocess
from typing import Any

import aio_pika
import pytest

from tests.e2e.world import BOT, Ended, World
from worker.broker import connected
from worker.models import parse


def checks(ended: Ended) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in json.loads(ended.stdout)["checks"]}


async def _declare(url: str, name: str, arguments: dict[str, Any]) -> None:
    async with connected(url) as connection, aio_pika.Channel(connection) as channel:
        await channel.declare_queue(name, durable=True, arguments=arguments)


async def _take(url: str, name: str) -> aio_pika.abc.AbstractIncomingMessage:
    async with connected(url) as connection, aio_pika.Channel(connection) as channel:
        queue = await channel.declare_queue(name, passive=True)
        message = await queue.get(no_ack=True)
        assert message is not None
        return message


@pytest.mark.parametrize("form", ["acme/shop#7", "{github}/acme/shop/issues/7"])
def test_submit_puts_a_task_of_the_tokens_user_into_the_queue_and_prints_its_id(world: World, form: str) -> None:
    ended = world.run("submit", form.format(github=world.github.url))
    assert ended.returncode == 0, ended.stderr
    message = asyncio.run(_take(world.broker_url, world.topology.tasks))
    task = parse(message.body)
    assert (task.repository, task.requested_by, task.kind) == ("acme/shop", BOT, "quickfix")
    assert message.message_id == ended.stdout.strip()
    assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT


def test_submit_as_json_says_what_it_queued_and_for_whom(world: World) -> None:
    ended = world.run("submit", "acme/shop#7", "--requested-by", "alice", "-o", "json", GITHUB_TOKEN="")
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert len(said.pop("task_id")) == 16
    assert said == {"repository": "acme/shop", "issue": 7, "requested_by": "alice", "queue": world.topology.tasks}


def test_submit_without_a_broker_is_code_3_and_one_line(world: World) -> None:
    ended = world.run("submit", "acme/shop#7", RABBITMQ_URL="amqp://127.0.0.1:1/")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == "patchferry: RabbitMQ at 127.0.0.1:1 did not answer: start it or set RABBITMQ_URL\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense"], "nonsense names no issue; write owner/repo#12"),
        (["acme/shop#7", "--requested-by", "two words"], "'two words' is no login on GitHub."),
    ],
)
def test_submit_of_what_is_no_issue_or_no_login_is_wrong_usage(world: World, arguments: list[str], says: str) -> None:
    ended = world.run("submit", *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert says in ended.stderr


def test_submit_of_the_same_issue_twice_is_the_same_task(world: World) -> None:
    first, second = (world.run("submit", "acme/shop#7").stdout for _ in range(2))
    assert first == second != ""


def test_submit_again_is_another_attempt(world: World) -> None:
    first, second = (world.run("submit", "acme/shop#7", *options).stdout for options in ([], ["--again"]))
    assert first != second


def test_doctor_finds_nothing_missing_in_a_world_that_is_complete(world: World) -> None:
    ended = world.run("doctor", "--repository", "acme/shop", "-o", "json")
    found = checks(ended)
    assert {name: check["detail"] for name, check in found.items() if check["status"] == "fail"} == {}
    assert (ended.returncode, json.loads(ended.stdout)["ok"]) == (0, True)
    assert found["broker"]["detail"].startswith("RabbitMQ ")
    assert BOT in found["token"]["detail"]
    assert "may push to acme/shop" in found["repository"]["detail"]
    assert "its window is 32768 tokens" in found["model"]["detail"]


def test_doctor_declares_no_queue(world: World) -> None:
    for _ in range(2):
        found = checks(world.run("doctor", "-o", "json"))["queues"]
        assert found["status"] == "skip"
        assert world.topology.tasks in found["detail"]
    world.run("submit", "acme/shop#7")
    assert checks(world.run("doctor", "-o", "json"))["queues"]["status"] == "ok"


def test_doctor_names_the_queue_whose_arguments_have_drifted(world: World) -> None:
    asyncio.run(_declare(world.broker_url, world.topology.wait, {"x-queue-type": "quorum", "x-message-ttl": 1}))
    ended = world.run("doctor", "-o", "json")
    found = checks(ended)["queues"]
    assert ended.returncode == 3
    assert found["status"] == "fail"
    assert world.topology.wait in found["detail"]


def test_doctor_is_code_3_and_says_what_is_missing(world: World) -> None:
    world.repository.grant("mallory", "read")
    ended = world.run(
        "doctor",
        "--repository",
        "acme/shop",
        "-o",
        "json",
        RABBITMQ_URL="amqp://127.0.0.1:1/",
        GITHUB_TOKEN=world.github.token_for("mallory"),
        PATCHFERRY_MODEL="ollama_chat/absent:1b",
        PATCHFERRY_ENGINE_PYTHON="/nowhere/python",
    )
    found = checks(ended)
    assert ended.returncode == 3
    assert {name for name, check in found.items() if check["status"] == "fail"} == {
        "broker",
        "repository",
        "model",
        "engine",
    }
    assert all(check["fix"] for check in found.values() if check["status"] == "fail")
    assert found["model"]["fix"] == "ollama pull absent:1b"


def test_doctor_says_that_a_token_is_refused(world: World) -> None:
    ended = world.run("doctor", "-o", "json", GITHUB_TOKEN="ghp_" + "x" * 36)
    assert ended.returncode == 3
    assert "does not accept the token" in checks(ended)["token"]["detail"]


def test_doctor_reports_broken_settings_instead_of_giving_up(world: World) -> None:
    ended = world.run("doctor", "-o", "json", PATCHFERRY_MODLE="x")
    assert ended.returncode == 3
    assert "PATCHFERRY_MODLE" in checks(ended)["settings"]["detail"]
    assert checks(ended)["git"]["status"] == "ok"


def test_doctor_for_people_is_a_line_for_each_check_and_shows_no_secret(world: World) -> None:
    ended = world.run("doctor", PATCHFERRY_MODEL="")
    assert ended.returncode == 3
    assert any(line.split()[:2] == ["ok", "git"] for line in ended.stdout.splitlines())
    assert any(line.split()[:2] == ["fail", "model"] for line in ended.stdout.splitlines())
    assert world.token not in ended.stdout + ended.stderr


def test_a_dotenv_that_came_with_a_repository_is_not_read(world: World) -> None:
    """It could name another interpreter for the engine, or another server for the keys."""
    (world.folder / ".env").write_text("PATCHFERRY_ENGINE_PYTHON=./evil\nPATCHFERRY_TRIGGER_LABEL=mine\n")
    assert "mine" in world.run("settings").stdout
    for arguments in (["init", "-q"], ["add", ".env"]):
        subprocess.run(["git", *arguments], cwd=world.folder, check=True)
    ended = world.run("settings")
    assert "evil" not in ended.stdout
    assert "mine" not in ended.stdout
    assert "not read" in ended.stderr
