"""The warm engine: when its parent starts, how long it lives, and what becomes of jobs when it does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.contract.engine_world import (
    DAEMON,
    KEY,
    does,
    engine_processes,
    interpreter,
    is_alive,
    warm,
    without_aider,
)
from worker.deadline import Deadline
from worker.errors import CutOff, Reason, Refused, Retry
from worker.llm.warm import Warm

WORKER = """
import os
import sys
import time
from pathlib import Path
from tests.contract.engine_world import does
from worker.llm.warm import Warm

with Warm(sys.argv[1]) as warm:
    heir = os.fork() if sys.argv[3] == "heir" else 0
    if sys.argv[3] == "heir" and not heir:
        time.sleep(60)  # holds everything open that the worker had
    print(warm.pid, heir, flush=True)
    does(warm, sys.argv[2])
"""


@pytest.fixture
def light(tmp_path: Path) -> Iterator[Warm]:
    """A parent whose children do what the prompt says."""
    with Warm(str(without_aider(tmp_path))) as runner:
        yield runner


def gone(pid: int) -> None:
    end = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < end
        time.sleep(0.02)


def descriptors(pid: int) -> list[str]:
    return sorted(str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir())


def how_many(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_the_real_parent_has_one_thread_no_connection_and_no_file() -> None:
    warm().wait(Deadline(60))
    status = Path(f"/proc/{warm().pid}/status").read_text()
    assert "Threads:\t1\n" in status
    kinds = [one.partition(":")[0] for one in descriptors(warm().pid)]
    assert kinds == ["/dev/null"] * 3 + ["socket"] * 3  # the worker's, and the pair that signals ring
    inodes = {one[8:-1] for one in descriptors(warm().pid) if one.startswith("socket")}
    assert not any(line.split()[9] in inodes for line in Path("/proc/net/tcp").read_text().splitlines()[1:])


def test_two_hundred_jobs_leave_the_parent_as_it_was(light: Warm) -> None:
    assert does(light, "say(os.getppid())") == str(light.pid)
    before = how_many(light.pid), how_many(os.getpid())
    for number in range(200 - 2):
        assert does(light, f"say({number})") == str(number)
    assert how_many(light.pid) == before[0]
    assert how_many(os.getpid()) < before[1] + 100  # what earlier tests have left open may close meanwhile
    assert not engine_processes()


def test_after_a_set_number_of_jobs_the_parent_is_another_one(tmp_path: Path) -> None:
    with Warm(str(without_aider(tmp_path)), jobs=3) as runner:
        parents = [does(runner, "say(os.getppid())") for _ in range(7)]
    assert [parents.count(one) for one in dict.fromkeys(parents)] == [3, 3, 1]
    assert not any(is_alive(int(one)) for one in parents)


def test_two_jobs_run_side_by_side_and_a_replaced_parent_ends_with_its_last_job(tmp_path: Path) -> None:
    meet = f"Path('{tmp_path}', {{0!r}}).touch()\nwhile not Path('{tmp_path}', {{1!r}}).exists(): time.sleep(0.01)\n"
    with Warm(str(without_aider(tmp_path)), jobs=1) as runner, ThreadPoolExecutor(2) as pool:
        one = pool.submit(does, runner, meet.format("a", "b") + "say(os.getppid())")
        other = pool.submit(does, runner, meet.format("b", "a") + "say(os.getppid())")
        parents = {one.result(), other.result()}
    assert len(parents) == 2
    assert not any(is_alive(int(one)) for one in parents)


def test_a_parent_that_crashes_takes_the_job_along_and_the_next_job_gets_another(light: Warm, tmp_path: Path) -> None:
    first = light.pid
    note = tmp_path / "child"
    with pytest.raises(Retry) as lost:
        does(light, f"Path('{note}').write_text(str(os.getpid()))\nos.kill(os.getppid(), 9)\ntime.sleep(60)")
    assert lost.value.reason is Reason.ENGINE
    gone(int(note.read_text()))
    assert int(does(light, "say(os.getppid())")) == light.pid != first


def test_a_parent_that_died_while_nobody_looked_costs_nothing(light: Warm) -> None:
    does(light, "say(1)")
    os.kill(light.pid, signal.SIGKILL)
    gone(light.pid)
    assert does(light, "say('well')") == "well"


def test_a_job_that_comes_while_the_engine_loads_waits_for_it(tmp_path: Path) -> None:
    slow = interpreter(tmp_path, f"sleep 0.5; exec {without_aider(tmp_path).read_text().splitlines()[1][5:]}")
    with Warm(str(slow)) as runner:
        assert does(runner, "say('here')") == "here"


def test_a_job_that_is_cut_off_while_the_engine_loads_does_not_wait_for_it(tmp_path: Path) -> None:
    with Warm(str(interpreter(tmp_path, "exec sleep 60"))) as runner:
        deadline = Deadline(60)
        threading.Timer(0.2, deadline.cancel, ["told to stop"]).start()
        started = time.monotonic()
        with pytest.raises(CutOff):
            runner.wait(deadline)
        assert time.monotonic() - started < 5
        parent = runner.pid
    assert not is_alive(parent)


def test_an_engine_that_never_loads_is_refused_by_name(tmp_path: Path) -> None:
    with Warm(str(interpreter(tmp_path, "exit 3"))) as runner, pytest.raises(Refused) as refused:
        does(runner, "say(1)")
    assert refused.value.reason is Reason.ENGINE
    assert "status 3" in refused.value.sentence
    assert "PATCHFERRY_ENGINE_PYTHON" in refused.value.sentence


def test_an_interpreter_without_aider_is_told_by_every_job(tmp_path: Path) -> None:
    bare = interpreter(tmp_path, f'exec {Path(sys.executable).resolve()} -S "$@"')
    with Warm(str(bare)) as runner:
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                does(runner, "")
            assert refused.value.reason is Reason.CONFIGURATION
            assert "install aider-chat" in refused.value.sentence


def test_an_interpreter_that_is_not_there_is_told_at_the_start() -> None:
    with pytest.raises(Refused) as refused, Warm("/nowhere/python"):
        pass
    assert refused.value.reason is Reason.CONFIGURATION


def test_signals_that_stop_a_worker_leave_the_engine_to_it(light: Warm) -> None:
    does(light, "say(1)")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.killpg(light.pid, number)
    code = "for n in (signal.SIGTERM, signal.SIGINT): os.kill(os.getpid(), n)\nsay(os.getppid())"
    assert does(light, code) == str(light.pid)


def test_the_end_of_the_thread_that_started_it_is_not_the_end_of_the_engine(tmp_path: Path) -> None:
    runner = Warm(str(without_aider(tmp_path)))
    with ExitStack() as stack:

        def begin() -> None:
            stack.enter_context(runner)
            runner.wait(Deadline(30))

        thread = threading.Thread(target=begin)
        thread.start()
        thread.join()
        first = runner.pid
        assert does(runner, "say(os.getppid())") == str(first) == str(runner.pid)


@pytest.mark.parametrize("socket", ["closed", "heir"])
def test_a_worker_that_is_killed_leaves_nothing(tmp_path: Path, socket: str) -> None:
    note = tmp_path / "daemon"
    code = DAEMON.format(path=str(note)) + "time.sleep(60)"
    argv = [sys.executable, "-c", WORKER, str(without_aider(tmp_path)), code, socket]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        parent, heir = map(int, worker.stdout.readline().split())
        while not note.exists() or not note.read_text():
            time.sleep(0.02)
        job = engine_processes(worker.pid)
        worker.kill()
    assert len(job) == 2
    for pid in (parent, *job):
        gone(pid)
    if heir:
        os.kill(heir, signal.SIGKILL)


def test_the_key_is_nowhere_in_the_parent(light: Warm) -> None:
    assert does(light, "say(Path('/proc/self/environ').read_text() + ' '.join(sys.argv))").find(KEY) == -1
    proc = Path(f"/proc/{light.pid}")
    assert KEY.encode() not in (proc / "environ").read_bytes() + (proc / "cmdline").read_bytes()
    found = 0
    with (proc / "mem").open("rb", buffering=0) as memory:
        for line in (proc / "maps").read_text().splitlines():
            area, rights = line.split()[:2]
            if rights.startswith("rw"):
                begin, end = (int(one, 16) for one in area.split("-"))
                memory.seek(begin)
                data = memory.read(end - begin)
                found += len(data)
                assert KEY.encode() not in data
    assert found > 1_000_000
