"""Everything that the demo is played with: a GitHub, a model, queues of its own, and the worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.demo import queues, shop, signals
from tests.fakes.github import GitHub, Repository
from tests.fakes.model import ScriptedModel
from tests.fakes.model_script import Say
from worker.github.addresses import Addresses
from worker.queues import Topology

LABEL = "patchferry"
_BOT = "patchferry-bot"
_PATCHFERRY = Path(sys.executable).with_name("patchferry")
_REPLAYED = "replayed"
_RETRY_DELAYS = (60, 600, 3600)
_SECONDS_TO_STOP = 15


@dataclass(frozen=True)
class Stage:
    """What is there while the demo runs. `replay` is None when a real model was chosen."""

    broker_url: str
    topology: Topology
    github: GitHub
    repository: Repository
    token: str
    replay: ScriptedModel | None
    folder: Path

    @property
    def model(self) -> str:
        """The model's name, as the worker is told it."""
        return f"ollama_chat/{_REPLAYED}" if self.replay else os.environ["PATCHFERRY_MODEL"]

    @property
    def host(self) -> str:
        """The git host, which is a part of every task's identity."""
        return Addresses(self.github.url).host

    @property
    def workspaces(self) -> Path:
        return self.folder / "workspaces"

    def environment(self) -> dict[str, str]:
        """What the worker is told: the environment, with the addresses of this stage in the place of others."""
        model = {"OLLAMA_API_BASE": self.replay.ollama_url} if self.replay else {}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        return {
            **inherited,
            **model,
            "PATCHFERRY_MODEL": self.model,
            "RABBITMQ_URL": self.broker_url,
            "GITHUB_API_URL": self.github.url,
            "GITHUB_TOKEN": self.token,
            "PATCHFERRY_QUEUE_PREFIX": self.topology.prefix,
            "PATCHFERRY_RETRY_DELAYS": ",".join(map(str, self.topology.retry_delays)),
            "PATCHFERRY_WORKSPACE_DIR": str(self.workspaces),
            "PATCHFERRY_GITHUB_WRITE_PAUSE": "0",
            "PATCHFERRY_SHUTDOWN_GRACE": "1",
            "PATCHFERRY_LOG_FORMAT": "json",
            "TMPDIR": str(self.folder),
            "NO_PROXY": ",".join(filter(None, ["127.0.0.1", os.environ.get("NO_PROXY")])),
        }

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[str]]:
        """`patchferry worker --once`, with its log on stdout; told to stop at the end if it still runs."""
        process = subprocess.Popen(
            [str(_PATCHFERRY), "worker", "--once", "--idle", "10"],
            env=self.environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                _stop(process)


@contextmanager
def stage(broker_url: str) -> Iterator[Stage]:
    """Set the stage, and leave nothing of it behind however the play ends."""
    topology = Topology(f"demo-{uuid.uuid4().hex[:8]}", _RETRY_DELAYS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="patchferry-demo-")))
        stack.callback(queues.delete, broker_url, topology)
        queues.declare(broker_url, topology)
        github = stack.enter_context(closing(GitHub()))
        replay = None if os.environ.get("PATCHFERRY_MODEL") else stack.enter_context(_replayed())
        stack.callback(signals.ignore)
        token = github.token_for(_BOT)
        yield Stage(broker_url, topology, github, _repository(github), token, replay, folder)


def _replayed() -> ScriptedModel:
    """A model that answers any request about the repository with the same text; it counts no tokens."""
    return ScriptedModel(lambda _request: Say(shop.REPLY, tokens=None), models={_REPLAYED: 32_768})


def _repository(github: GitHub) -> Repository:
    github.add_user(shop.CUSTOMER)
    repository = github.add_repository(shop.NAME, shop.FILES)
    repository.grant(_BOT, "write")
    repository.grant(shop.CUSTOMER, "write")
    return repository


def _stop(process: subprocess.Popen[str]) -> None:
    """A worker that is told to stop ends its own children; one that doesn't stop is killed."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
