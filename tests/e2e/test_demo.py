"""`make demo` as a newcomer runs it, on a real broker with the real worker; only the terminal is missing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aio_pika
import pytest
from aio_pika.exceptions import ChannelNotFoundEntity

from scripts.demo import shop
from tests.e2e.world import eventually
from tests.fakes.model import NAME, ScriptedModel
from tests.fakes.model_script import Hang, Say, Step
from worker.broker import connected
from worker.queues import Topology

ROOT = Path(__file__).parents[2]
OTHER_CHANGE = """I renamed the shop.

README.md
```markdown
<<<<<<< SEARCH
# teashop
=======
# The tea shop
>>>>>>> REPLACE
```
"""


@dataclass(frozen=True)
class Newcomer:
    """Somebody at a machine with a broker. `temporary` and `home` are empty unless something is left behind."""

    broker_url: str
    temporary: Path
    home: Path

    @contextmanager
    def start(self, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """`make demo` after set-up; it is killed at the end if it still runs."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "RABBITMQ_URL": self.broker_url,
            **variables,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.demo"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, **variables: str) -> tuple[int, str]:
        """The exit code and what was on the screen."""
        with self.start(**variables) as process:
            screen, _ = process.communicate(timeout=90)
            return process.returncode, screen

    def assert_nothing_is_left(self, screen: str) -> None:
        """No file, no queue."""
        assert [*self.temporary.iterdir(), *self.home.iterdir()] == []
        found = re.search(r"queue (demo-[0-9a-f]{8})\.tasks", screen)
        assert found, screen
        assert asyncio.run(existing_queues(self.broker_url, found[1])) == []


@pytest.fixture
def newcomer(broker_url: str, tmp_path: Path) -> Newcomer:
    temporary, home = tmp_path / "tmp", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    return Newcomer(broker_url, temporary, home)


@contextmanager
def real_model(step: Step) -> Iterator[dict[str, str]]:
    """A model that is not the demo's own, and the variables that choose it."""
    with ScriptedModel(lambda _request: step) as model:
        yield {"PATCHFERRY_MODEL": f"ollama_chat/{NAME}", "OLLAMA_API_BASE": model.ollama_url}


def test_it_shows_how_an_issue_becomes_a_pull_request_and_says_that_the_model_is_replayed(newcomer: Newcomer) -> None:
    code, screen = newcomer.run()

    assert code == 0, screen
    assert "The model's reply is REPLAYED" in screen
    assert "make demo PATCHFERRY_MODEL=ollama_chat/" in screen
    headings = [found[1] for found in re.finditer(r"^ (\d)  ", screen, re.MULTILINE)]
    assert headings == list("123456789")
    assert f"✗ {shop.FAILING_TEST}   FAIL: AssertionError: 1 != 3" in screen
    assert '"kind": "quickfix"' in screen
    for event in ("permitted", "announced", "cloned", "files chosen", "edited", "committed", "pushed", "settled"):
        assert re.search(rf"^ +\d+\.\d\d s  {event} ", screen, re.MULTILINE), event
    assert f"#2 {shop.ISSUE_TITLE}" in screen
    assert re.search(r"draft, main ← patchferry/issue-1-[0-9a-f]{8}", screen)
    assert "+        self._quantities[product.sku] = self.quantity(product) + quantity" in screen
    assert f"✓ {shop.FAILING_TEST}" in screen
    assert "✅ Draft pull request: http://127.0.0.1:" in screen
    assert re.search(r"messages +0 in \d queues", screen)
    assert max(len(line) for line in screen.splitlines()) <= 80
    assert "\x1b" not in screen
    newcomer.assert_nothing_is_left(screen)


def test_a_model_that_changes_nothing_ends_it_with_the_reason_and_the_log_of_the_worker(newcomer: Newcomer) -> None:
    with real_model(Say("I would rather not.")) as variables:
        code, screen = newcomer.run(**variables)

    assert code == 1, screen
    assert "REPLAYED" not in screen
    assert "❌ No pull request:" in screen
    assert '"event": "refused"' in screen
    assert "✗ there is no pull request" in screen
    newcomer.assert_nothing_is_left(screen)


def test_a_pull_request_that_does_not_help_is_no_good_end(newcomer: Newcomer) -> None:
    with real_model(Say(OTHER_CHANGE)) as variables:
        code, screen = newcomer.run(**variables)

    assert code == 1, screen
    assert "+# The tea shop" in screen
    assert "✗ there is a pull request, but the tests do not pass on its branch" in screen
    newcomer.assert_nothing_is_left(screen)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_no_process_no_queue_and_no_file(newcomer: Newcomer, number: signal.Signals) -> None:
    with real_model(Hang()) as variables, newcomer.start(**variables) as process:
        assert process.stdout is not None
        screen = ""
        while "files chosen" not in screen:
            line = process.stdout.readline()
            assert line, screen
            screen += line
        eventually(lambda: any(b"/engine" in command for command in descendants(process.pid).values()))
        running = descendants(process.pid)

        os.killpg(process.pid, number)
        rest, _ = process.communicate(timeout=30)

    assert process.returncode == 128 + number
    assert "interrupted" in rest
    assert "Traceback" not in rest
    assert len(running) >= 2  # the worker, and Aider
    assert [command for pid, command in running.items() if command_of(pid) == command] == []
    newcomer.assert_nothing_is_left(screen)


def test_without_a_broker_it_says_so_at_once(newcomer: Newcomer) -> None:
    code, screen = newcomer.run(RABBITMQ_URL="amqp://guest:guest@127.0.0.1:1/")

    assert code == 3
    assert "✗ RabbitMQ at 127.0.0.1:1 did not answer" in screen
    assert "Traceback" not in screen
    assert list(newcomer.temporary.iterdir()) == []


async def existing_queues(url: str, prefix: str) -> list[str]:
    found = []
    async with connected(url) as connection:
        for queue in Topology(prefix, (60, 600, 3600)).queues:
            async with aio_pika.Channel(connection) as channel:
                try:
                    await channel.declare_queue(queue.name, passive=True)
                except ChannelNotFoundEntity:
                    continue
                found.append(queue.name)
    return found


def descendants(pid: int) -> dict[int, bytes]:
    """Process id -> command line of everything that a process has started, directly or not."""
    children = [int(child) for task in Path(f"/proc/{pid}/task").glob("*") for child in read(task / "children").split()]
    below = {child: command_of(child) for child in children}
    for child in children:
        below |= descendants(child)
    return below


def command_of(pid: int) -> bytes:
    """The command line of a process, empty when it is gone."""
    return read(Path(f"/proc/{pid}/cmdline"))


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
