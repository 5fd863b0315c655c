"""A small world for end-to-end tests: a GitHub, a model, a broker, and workers as real processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aio_pika

from tests.fakes.github import GitHub, Repository
from tests.fakes.github.conversation import Comment, Issue
from tests.fakes.model import NAME, ScriptedModel
from worker.broker import connected, publish
from worker.models import QuickFix, task_id
from worker.queues import Topology, declare, publish_task

BOT = "patchferry-bot"
CALCULATOR = {
    "calc.py": "def add(a, b):\n    return a - b\n",
    "test_calc.py": "from calc import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n",
}
FIX = """The sum was a difference.

calc.py
```python
<<<<<<< SEARCH
    return a - b
=======
    return a + b
>>>>>>> REPLACE
```
"""
PATCHFERRY = Path(sys.executable).with_name("patchferry")


@dataclass(frozen=True)
class Ended:
    """A process that has ended. `log` are its JSON log lines, `stderr` all of it."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stderr.splitlines() if line.startswith("{")]

    def events(self, task: str | None = None) -> list[str]:
        """The names of the events, of one task or all."""
        return [line["event"] for line in self.log if task is None or line.get("task_id") == task]


@dataclass
class World:
    """One repository `acme/shop` with a bug, its people, and everything that a worker needs to mend it."""

    github: GitHub
    model: ScriptedModel
    broker_url: str
    prefix: str
    folder: Path
    files: Mapping[str, str]
    default_branch: str = "main"
    delays: tuple[int, ...] = (1, 2)

    def __post_init__(self) -> None:
        self.github.add_user("alice")
        self.github.add_user("mallory")
        self.token = self.github.token_for(BOT)
        self.repository: Repository = self.github.add_repository(
            "acme/shop", dict(self.files), default_branch=self.default_branch
        )
        self.repository.grant(BOT, "write")
        self.repository.grant("alice", "write")
        self.workspaces = self.folder / "workspaces"

    @property
    def topology(self) -> Topology:
        return Topology(self.prefix, self.delays)

    # --- people

    def issue(self, title: str = "add() is wrong", body: str = "`add` in calc.py subtracts.") -> Issue:
        return self.repository.add_issue(title, body, "alice", labels=["patchferry"])

    def ask(self, issue: Issue, requested_by: str = "alice", **fields: Any) -> str:
        """Put a task into the queue, as the gateway would; returns the task id."""
        message = QuickFix(repository="acme/shop", issue=issue.number, requested_by=requested_by, **fields)
        identity = task_id(message, "127.0.0.1")
        publish_task(self.broker_url, self.topology, message, message_id=identity)
        return identity

    def ask_id(self, issue: Issue) -> str:
        """The id of the task that `ask` puts into the queue for an issue."""
        return task_id(QuickFix(repository="acme/shop", issue=issue.number, requested_by="alice"), "127.0.0.1")

    def publish(self, body: bytes) -> None:
        """Put any bytes into the queue."""

        async def put() -> None:
            async with connected(self.broker_url) as connection:
                await declare(connection, self.topology)
                await publish(connection, self.topology.tasks, body, message_id="rubbish")

        asyncio.run(put())

    def waiting(self) -> dict[str, int]:
        """How many messages are ready, by queue; "retry" is all of the ladder."""

        async def count() -> dict[str, int]:
            async with connected(self.broker_url) as connection, aio_pika.Channel(connection) as channel:
                names = {"tasks": [self.topology.tasks], "dead": [self.topology.dead],
                         "retry": [self.topology.retry(delay) for delay in self.delays]}  # fmt: skip
                counts = {}
                for group, queues in names.items():
                    found = [await channel.declare_queue(name, passive=True) for name in queues]
                    counts[group] = sum(one.declaration_result.message_count or 0 for one in found)
                return counts

        return asyncio.run(count())

    def messages(self) -> list[tuple[bytes, object]]:
        """Take everything that waits: (body, headers) of each message in any queue."""

        async def take() -> list[tuple[bytes, object]]:
            async with connected(self.broker_url) as connection, aio_pika.Channel(connection) as channel:
                found: list[tuple[bytes, object]] = []
                for queue in self.topology.queues:
                    there = await channel.declare_queue(queue.name, passive=True)
                    while message := await there.get(no_ack=True, fail=False):
                        found.append((message.body, message.headers))
                return found

        return asyncio.run(take())

    def our_branches(self) -> list[str]:
        """The branches that Patchferry has pushed."""
        return [name for name in self.repository.branches() if name.startswith("patchferry/")]

    def prices(self) -> Path:
        """A price list that knows the scripted model."""
        path = self.folder / "prices.json"
        price = {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "max_input_tokens": 32_768}
        path.write_text(json.dumps({f"openai/{NAME}": price}))
        return path

    def status(self, issue: Issue) -> Comment:
        """The one comment of ours on the issue."""
        (comment,) = [one for one in issue.comments if one.author.login == BOT]
        return comment

    # --- processes

    def environment(self, **changes: str) -> dict[str, str]:
        """What an operator would set."""
        (self.folder / "home").mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "home"),
            "RABBITMQ_URL": self.broker_url,
            "GITHUB_API_URL": self.github.url,
            "GITHUB_TOKEN": self.token,
            "OLLAMA_API_BASE": self.model.ollama_url,
            "PATCHFERRY_MODEL": f"ollama_chat/{NAME}",
            "PATCHFERRY_QUEUE_PREFIX": self.prefix,
            "PATCHFERRY_WORKSPACE_DIR": str(self.workspaces),
            "PATCHFERRY_RETRY_DELAYS": ",".join(map(str, self.delays)),
            "PATCHFERRY_GITHUB_WRITE_PAUSE": "0",
            "PATCHFERRY_LOG_FORMAT": "json",
            **changes,
        }

    def run(self, *arguments: str, timeout: float = 60, **changes: str) -> Ended:
        """Run `patchferry` to its end."""
        with self.start(*arguments, **changes) as process:
            return finish(process, timeout)

    def work(self, timeout: float = 60, **changes: str) -> Ended:
        """Let a worker settle one task."""
        ended = self.run("worker", "--once", "--idle", "10", timeout=timeout, **changes)
        assert ended.returncode == 0, ended.stderr
        assert self.left_over() == []
        return ended

    @contextmanager
    def start(self, *arguments: str, **changes: str) -> Iterator[subprocess.Popen[str]]:
        """Start `patchferry` as a process; it is killed at the end if it still runs."""
        process = subprocess.Popen(
            [str(PATCHFERRY), *arguments],
            env=self.environment(**changes),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def left_over(self) -> list[str]:
        """What lies in the workspace folder: nothing, when no task runs."""
        return sorted(path.name for path in self.workspaces.iterdir()) if self.workspaces.exists() else []


def finish(process: subprocess.Popen[str], timeout: float = 60) -> Ended:
    """Wait for the end of a process."""
    stdout, stderr = process.communicate(timeout=timeout)
    return Ended(process.returncode, stdout, stderr)


def terminate(process: subprocess.Popen[str], timeout: float = 60) -> Ended:
    """Ask a process to stop, and wait for its end."""
    process.send_signal(signal.SIGTERM)
    return finish(process, timeout)


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something is true; fails when it does not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
