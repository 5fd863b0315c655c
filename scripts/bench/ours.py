"""Patchferry's own processes, from the message to the pull request."""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scripts.bench.figures import Samples
from scripts.demo.worker_log import LogLine, parse
from tests.e2e.world import PATCHFERRY, World, eventually

_STEPS = (
    "started", "permitted", "announced", "cloned", "files chosen", "edited", "pushed", "pull request opened", "settled",
)  # fmt: skip


class Worker:
    """A worker that consumes, and its log."""

    def __init__(self, world: World, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._world = world
        self._log = log

    def settle(self) -> None:
        """Do a first task, which waits for the engine to load and is not counted."""
        self.task(Samples(), "")

    def task(self, samples: Samples, repository: str) -> None:
        """Publish a task and wait for its pull request."""
        before = len(self._log.read_text().splitlines())
        samples.add(f"warm worker, {repository}", until_pull_request(self._world, lambda: None))
        eventually(lambda: any(line.event == "settled" for line in self._lines(before)))
        found = {line.event: line.at for line in self._lines(before)}
        for earlier, later in itertools.pairwise(one for one in _STEPS if one in found):
            samples.add(f"… {later}, {repository}", (found[later] - found[earlier]).total_seconds())

    def _lines(self, after: int) -> list[LogLine]:
        return [line for text in self._log.read_text().splitlines()[after:] if (line := parse(text))]


@contextmanager
def serving(world: World, samples: Samples) -> Iterator[Worker]:
    """A worker; how long it took to consume is a sample."""
    log = world.folder / "worker.log"
    started = time.perf_counter()
    with _start(world, log, "worker") as process:
        while '"consuming"' not in log.read_text():
            time.sleep(0.002)
        samples.add("start to consuming", time.perf_counter() - started)
        yield Worker(world, process, log)
        process.terminate()


def once(world: World) -> float:
    """Seconds from the start of `worker --once` until its pull request; the message waits already."""
    with ExitStack() as stack:
        log = world.folder / "once.log"
        return until_pull_request(world, lambda: stack.enter_context(_start(world, log, "worker", "--once")))


def run(world: World) -> float:
    """Seconds from the start of `patchferry run` to its end."""
    issue = world.issue()
    started = time.perf_counter()
    ended = world.run("run", f"acme/shop#{issue.number}")
    seconds = time.perf_counter() - started
    assert ended.returncode == 0, ended.stderr
    return seconds


def until_pull_request(world: World, begin: Callable[[], object]) -> float:
    """Seconds from a message in the queue, or from `begin`, until GitHub has the pull request."""
    count = len(world.repository.pull_requests)
    world.ask(world.issue())
    started = time.perf_counter()
    begin()
    end = started + 120
    while len(world.repository.pull_requests) == count:
        assert time.perf_counter() < end, "no pull request came"
        time.sleep(0.002)
    return time.perf_counter() - started


def memory(pid: int) -> Mapping[str, float]:
    """What the kernel says about a process, in MB: https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(value.split()[0]) / 1024 for name, _, value in (line.partition(":") for line in lines)}


def _start(world: World, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as sink:
        return subprocess.Popen(
            [str(PATCHFERRY), *arguments],
            env=world.environment(),
            cwd=world.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=sink,
        )
