"""What becomes of messages and of children when workers come, stop and are killed."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import httpx

from tests.e2e.conftest import MakeWorld
from tests.e2e.evidence import descendants
from tests.e2e.world import FIX, World, eventually, finish, terminate
from tests.fakes.model_script import Behaviour, Hang, Request, Say, Step


def after(seconds: float) -> Behaviour:
    """A model that thinks before it answers."""

    def answer(_request: Request) -> Step:
        time.sleep(seconds)
        return Say(FIX)

    return answer


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_worker_that_is_told_to_stop_ends_its_task_and_leaves_the_next_one_untouched(make_world: MakeWorld) -> None:
    world = make_world(after(2))
    first, second = world.issue(), world.issue("another one")
    world.ask(first)
    world.ask(second)
    with world.start("worker") as process:
        eventually(lambda: world.model.calls)
        ended = terminate(process)
    assert ended.returncode == 0, ended.stderr
    assert "✅" in world.status(first).body
    assert second.comments == []
    assert world.waiting()["tasks"] == 1
    assert world.left_over() == []
    assert [line.get("task_id") for line in ended.log if line["event"] == "started"] == [world.ask_id(first)]


def test_work_that_outlasts_the_grace_is_cut_off_and_done_by_the_next_worker(make_world: MakeWorld) -> None:
    world = make_world([Hang(), FIX])
    issue = world.issue()
    world.ask(issue)
    with world.start("worker", PATCHFERRY_SHUTDOWN_GRACE="1") as process:
        eventually(lambda: world.model.calls)
        children = descendants(process.pid)
        ended = terminate(process)
    assert ended.returncode == 4, ended.stderr
    assert children
    assert alive(children) == []
    assert world.left_over() == []
    assert world.waiting()["tasks"] == 1
    assert world.repository.pull_requests == []
    world.work()
    assert len(world.repository.pull_requests) == 1
    assert "✅" in world.status(issue).body


def test_a_second_signal_cuts_the_work_off_at_once(make_world: MakeWorld) -> None:
    world = make_world([Hang()])
    world.ask(world.issue())
    with world.start("worker") as process:
        eventually(lambda: world.model.calls)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while "stopping" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        ended = finish(process, timeout=20)
    assert ended.returncode == 4
    assert world.left_over() == []
    assert world.waiting()["tasks"] == 1


def test_a_killed_worker_leaves_no_engine_and_the_next_one_sweeps_its_workspace_and_does_the_task(
    make_world: MakeWorld,
) -> None:
    world = make_world([Hang(), FIX])
    issue = world.issue()
    world.ask(issue)
    with world.start("worker") as process:
        eventually(lambda: world.model.calls)
        children = descendants(process.pid)
        process.send_signal(signal.SIGKILL)
        finish(process)
    eventually(lambda: not alive(children))
    assert len(world.left_over()) == 1
    ended = world.work()
    assert "swept workspaces of killed workers" in ended.events()
    assert len(world.repository.pull_requests) == 1
    world.status(issue)


def test_a_worker_that_died_after_the_push_is_finished_without_asking_the_model_again(world: World) -> None:
    issue = world.issue()
    world.ask(issue)
    with world.start("worker") as process:
        world.github.interrupt("POST", r"/.*/git-receive-pack", lambda _exchange: process.kill(), after_effect=True)
        finish(process)
    assert len(world.our_branches()) == 1
    assert world.repository.pull_requests == []
    world.work()
    (pull_request,) = world.repository.pull_requests
    assert "interrupted" in pull_request.body
    assert len(world.model.calls) == 1
    assert pull_request.url in world.status(issue).body


def test_a_worker_that_died_after_the_pull_request_was_opened_leaves_only_the_telling(world: World) -> None:
    issue = world.issue()
    world.ask(issue)
    with world.start("worker") as process:
        world.github.interrupt("POST", r"/repos/.*/pulls", lambda _exchange: process.kill(), after_effect=True)
        finish(process)
    assert "👀" in world.status(issue).body
    world.work()
    (pull_request,) = world.repository.pull_requests
    assert pull_request.url in world.status(issue).body
    assert len(world.model.calls) == 1


def test_a_comment_answered_502_after_it_was_stored_is_not_posted_twice(world: World) -> None:
    world.github.fail("POST", r"/repos/acme/shop/issues/\d+/comments", status=502, after_effect=True)
    issue = world.issue()
    world.ask(issue)
    world.work()
    world.work()
    assert "✅" in world.status(issue).body
    assert len(world.repository.pull_requests) == 1


def test_a_pull_request_answered_502_after_it_was_stored_is_not_opened_twice(world: World) -> None:
    world.github.fail("POST", r"/repos/acme/shop/pulls", status=502, after_effect=True)
    issue = world.issue()
    world.ask(issue)
    world.work()
    world.work()
    (pull_request,) = world.repository.pull_requests
    assert pull_request.url in world.status(issue).body
    assert len(world.model.calls) == 1


def test_two_workers_with_the_same_task_at_once_open_one_pull_request(make_world: MakeWorld) -> None:
    world = make_world(after(3))
    issue = world.issue()
    world.ask(issue)
    world.ask(issue)
    with world.start("worker") as one, world.start("worker") as other:
        eventually(lambda: len(world.model.calls) == 2)
        eventually(lambda: "✅" in "".join(comment.body for comment in issue.comments))
        ended = [terminate(one), terminate(other)]
    assert [process.returncode for process in ended] == [0, 0]
    (pull_request,) = world.repository.pull_requests
    assert [comment.body for comment in issue.comments if pull_request.url not in comment.body] == []
    assert world.waiting() == {"tasks": 0, "dead": 0, "retry": 0}


def test_two_workers_share_a_folder_and_the_queue(make_world: MakeWorld) -> None:
    world = make_world(after(1))
    issues = [world.issue(f"bug {number}") for number in range(4)]
    for issue in issues:
        world.ask(issue)
    with world.start("worker") as one, world.start("worker") as other:
        eventually(lambda: len(world.repository.pull_requests) == 4, seconds=60)
        eventually(lambda: all("✅" in world.status(issue).body for issue in issues))
        ended = [terminate(one), terminate(other)]
    assert [one.returncode for one in ended] == [0, 0]
    assert all("settled" in one.events() for one in ended)
    assert world.left_over() == []


def test_a_worker_for_one_task_ends_when_none_comes(world: World) -> None:
    ended = world.run("worker", "--once", "--idle", "1")
    assert ended.returncode == 0
    assert "no task came" in ended.events()


def test_a_worker_for_one_task_takes_no_second_one(world: World) -> None:
    first, second = world.issue(), world.issue("another one")
    world.ask(first)
    world.ask(second)
    world.work()
    assert world.waiting()["tasks"] == 1
    assert second.comments == []


def test_an_idle_worker_stops_at_once(world: World) -> None:
    with world.start("worker") as process:
        assert process.stderr is not None
        while "consuming" not in process.stderr.readline():
            pass
        ended = terminate(process, timeout=10)
    assert ended.returncode == 0


def test_a_worker_answers_probes_while_it_works(make_world: MakeWorld) -> None:
    world = make_world(after(1))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    world.ask(world.issue())
    with world.start("worker", PATCHFERRY_HEALTH_PORT=str(port)) as process:
        eventually(lambda: world.model.calls)
        assert httpx.get(f"http://127.0.0.1:{port}/health/live").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
        terminate(process)


def test_a_worker_without_a_broker_says_so_and_exits_3(world: World) -> None:
    ended = world.run("worker", RABBITMQ_URL="amqp://guest:guest@127.0.0.1:9/")
    assert ended.returncode == 3
    assert "RABBITMQ_URL" in ended.stderr
    assert "Traceback" not in ended.stderr
