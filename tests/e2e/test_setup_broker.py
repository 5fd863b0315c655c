"""`python -m scripts.broker run -- COMMAND`: where the broker comes from, and that nothing of it is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scripts import rabbitmq_package
from scripts.rabbitmq import Node, answers
from scripts.rabbitmq_package import BrokerError, install, installed, programs
from worker.broker import connected, publish
from worker.queues import Topology, declare

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, "-m", "scripts.broker", "run", "--"]
PRINT_AND_WAIT = [
    sys.executable,
    "-c",
    "import os, time; print(os.environ['RABBITMQ_URL'], flush=True); time.sleep(60)",
]
NO_DOCKER = "#!/bin/sh\nexit 1\n"
# As much of docker as is used: `run` and `rm` are noted, `port` names the broker that the test has already.
DOCKER = """#!/bin/sh
case "$1" in
version) echo 27.0 ;;
run) echo "$*" >>"$NOTES" ;;
port) echo "127.0.0.1:$PORT" ;;
rm) echo "$*" >>"$NOTES" ;;
esac
"""

needs_a_node = pytest.mark.skipif(not installed(), reason="needs an installed rabbitmq-server")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """No broker is told, no docker answers, and temporary files are this test's own."""
    programs_first = tmp_path / "bin"
    programs_first.mkdir()
    add(programs_first / "docker", NO_DOCKER)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    told = {name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")}
    return told | {"PATH": f"{programs_first}:{os.environ['PATH']}", "TMPDIR": str(temporary)}


def add(program: Path, text: str) -> None:
    program.write_text(text)
    program.chmod(0o755)


def start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """The process, in a group of its own as a terminal makes one."""
    return subprocess.Popen(
        [*RUN, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> int:
    with process:
        return process.wait(timeout=30)


def processes_of(folder: Path) -> list[str]:
    """The living processes that know the folder from their environment: Erlang's, its port mapper, the guard."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            knows = str(folder).encode() in (entry / "environ").read_bytes()
            if knows and int(entry.name) != os.getpid():
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def nothing_is_left(environment: Mapping[str, str]) -> bool:
    folder = Path(environment["TMPDIR"])
    return not list(folder.iterdir()) and not processes_of(folder)


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it did not become true in time"
        time.sleep(0.05)


def run(command: list[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
    done = subprocess.run(
        [*RUN, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    return done.returncode, done.stdout, done.stderr


@needs_a_node
def test_two_at_once_have_nodes_of_their_own_and_leave_nothing_behind(environment: dict[str, str]) -> None:
    one, other = (start(PRINT_AND_WAIT, environment) for _ in range(2))
    first, second = first_line(one), first_line(other)
    assert first != second
    assert answers(first)
    assert answers(second)

    one.send_signal(signal.SIGTERM)
    other.kill()  # nobody is left who could tidy up but the guard

    assert end(one) == 128 + signal.SIGTERM
    assert end(other) == -signal.SIGKILL
    os.killpg(other.pid, signal.SIGKILL)  # the orphaned command of the killed one
    until(lambda: nothing_is_left(environment))


@needs_a_node
def test_ctrl_c_ends_the_command_and_then_the_node(environment: dict[str, str]) -> None:
    process = start(PRINT_AND_WAIT, environment)
    assert answers(first_line(process))
    os.killpg(process.pid, signal.SIGINT)
    assert end(process) == 130
    assert nothing_is_left(environment)


@needs_a_node
def test_where_docker_can_not_run_the_image_a_node_is_started_and_told_to_the_command(
    environment: dict[str, str], tmp_path: Path
) -> None:
    add(tmp_path / "bin" / "docker", '#!/bin/sh\ncase "$1" in version) ;; *) exit 1 ;; esac\n')
    code, out, said = run(["sh", "-c", "echo $RABBITMQ_URL $RABBITMQ_MANAGEMENT_URL; exit 7"], environment)
    assert code == 7
    assert "docker could not run rabbitmq" in said
    url, management_url = out.split()
    assert url.startswith("amqp://guest:guest@127.0.0.1:")
    assert management_url.startswith("http://guest:guest@127.0.0.1:")
    assert nothing_is_left(environment)


def test_a_broker_that_is_told_is_used_as_it_is(environment: dict[str, str], broker_url: str) -> None:
    code, out, said = run(["sh", "-c", "echo $RABBITMQ_URL"], environment | {"RABBITMQ_URL": broker_url})
    assert (code, out.strip(), said) == (0, broker_url, "")


def test_a_told_broker_that_does_not_answer_is_named_without_its_password(environment: dict[str, str]) -> None:
    told = {"RABBITMQ_URL": "amqp://me:secret@127.0.0.1:1/"}
    code, out, said = run(["echo", "ran"], environment | told)
    assert (code, out) == (3, "")
    assert said == "broker: nothing speaks AMQP at 127.0.0.1:1, where RABBITMQ_URL points: start it or unset that\n"


def test_a_command_that_is_not_there_is_named(environment: dict[str, str], broker_url: str) -> None:
    code, _, said = run(["no-such-command"], environment | {"RABBITMQ_URL": broker_url})
    assert code == 127
    assert "no-such-command could not be started" in said


def test_docker_is_asked_first_and_its_container_is_removed(
    environment: dict[str, str], broker_url: str, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    docker = {"NOTES": str(notes), "PORT": broker_url.rstrip("/").rpartition(":")[2]}
    add(tmp_path / "bin" / "docker", DOCKER)
    code, out, _ = run(["sh", "-c", "echo $RABBITMQ_URL"], environment | docker)
    assert (code, out.strip()) == (0, broker_url)
    ran, removed = notes.read_text().splitlines()
    assert "--publish 127.0.0.1::5672" in ran
    assert removed.split()[-1] == ran.split("--name ")[1].split()[0]


@needs_a_node
def test_what_was_confirmed_outlives_a_killed_node() -> None:
    topology = Topology("crash", ())

    async def fill(url: str) -> None:
        async with connected(url) as connection:
            await declare(connection, topology)
            await publish(connection, topology.tasks, b"{}", message_id="1")

    async def take(url: str) -> str | None:
        async with connected(url) as connection, asyncio.timeout(20):
            queue = await (await connection.channel()).get_queue(topology.tasks)
            while (message := await queue.get(no_ack=True, fail=False)) is None:
                await asyncio.sleep(0.1)  # the queue elects its leader
            return message.message_id

    with Node() as node:
        asyncio.run(fill(node.url))
        node.restart()
        assert asyncio.run(take(node.url)) == "1"


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A Debian machine without RabbitMQ, whose apt-get is ours."""
    monkeypatch.setattr(rabbitmq_package, "BEHIND_THE_WRAPPER", tmp_path / "none")
    monkeypatch.setattr(rabbitmq_package, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def test_without_rabbitmq_one_sentence_says_what_helps(no_package: Path) -> None:
    del no_package
    with pytest.raises(BrokerError, match="install the package rabbitmq-server, or start docker, or set RABBITMQ_URL"):
        programs()


def test_the_package_is_installed_while_services_may_not_start(no_package: Path) -> None:
    policy, notes = no_package / "policy-rc.d", no_package / "notes"
    add(no_package / "apt-get", f'#!/bin/sh\necho "$*" >>{notes}; {policy}; echo "policy $?" >>{notes}\n')
    install()
    assert notes.read_text().splitlines() == [
        "-qq update",
        "policy 101",
        "-qq install --yes --no-install-recommends rabbitmq-server",
        "policy 101",
    ]
    assert not policy.exists()


def test_an_installation_that_fails_is_told_and_the_policy_is_put_back(
    no_package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(no_package / "apt-get", "#!/bin/sh\necho no such package; exit 100\n")
    with pytest.raises(BrokerError, match="apt-get update failed for the reason above"):
        install()
    assert "no such package" in capsys.readouterr().err
    assert not (no_package / "policy-rc.d").exists()


def test_a_policy_that_the_machine_has_is_left_alone(no_package: Path) -> None:
    add(no_package / "policy-rc.d", "#!/bin/sh\nexit 0\n")
    add(no_package / "apt-get", "#!/bin/sh\nexit 0\n")
    install()
    assert (no_package / "policy-rc.d").read_text() == "#!/bin/sh\nexit 0\n"
