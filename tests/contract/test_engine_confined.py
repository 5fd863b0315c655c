"""What a child of the warm engine may take, and that nothing of it is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.contract.engine_world import DAEMON, does, engine_processes, is_alive, without_aider
from worker.errors import Reason, Refused
from worker.llm.warm import Warm


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """A parent whose children do what the prompt says."""
    with Warm(str(without_aider(tmp_path_factory.mktemp("engine")))) as runner:
        yield runner


@pytest.mark.parametrize("code", ["while True: pass", "time.sleep(60)", "os.close(3)\nsignal.pause()"])
def test_what_does_not_end_is_ended_at_the_deadline(light: Warm, code: str) -> None:
    with pytest.raises(Refused) as refused:
        does(light, code, seconds=0.5)
    assert refused.value.reason is Reason.DEADLINE
    assert not engine_processes()
    assert does(light, "say('well')") == "well"


@pytest.mark.parametrize(
    ("ends", "reason"), [("say('done')", None), ("time.sleep(60)", Reason.DEADLINE), ("os.abort()", Reason.ENGINE)]
)
def test_a_process_that_has_left_its_session_is_gone_with_the_job(
    light: Warm, tmp_path: Path, ends: str, reason: Reason | None
) -> None:
    note = tmp_path / "daemon"
    with pytest.raises(Refused) if reason else nullcontext() as refused:
        does(light, DAEMON.format(path=str(note)) + ends, seconds=1.5 if reason else 30)
    assert reason is None or (refused and refused.value.reason is reason)
    assert not is_alive(int(note.read_text()))


def test_a_child_that_dies_without_a_word_is_told_as_such(light: Warm) -> None:
    with pytest.raises(Refused) as refused:
        does(light, "os.kill(os.getpid(), signal.SIGSEGV)")
    assert refused.value.reason is Reason.ENGINE
    assert "status -11" in refused.value.sentence


def test_memory_beyond_the_limit_is_refused_and_told(light: Warm) -> None:
    with pytest.raises(Refused) as refused:
        does(light, "kept = [bytearray(1 << 26) for _ in range(40)]\nsay('too much')")
    assert (refused.value.reason, refused.value.sentence) == (
        Reason.ENGINE,
        "the engine needed more than 1024 MB of memory",
    )


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("Path('big').write_bytes(bytes((64 << 20) + 1))", "[Errno 27]"),
        ("kept = [open('/dev/null') for _ in range(300)]", "[Errno 24]"),
    ],
)
def test_files_that_are_too_large_or_too_many_are_refused(light: Warm, code: str, problem: str) -> None:
    tried = f"try:\n    {code}\nexcept OSError as error:\n    say(error)"
    assert does(light, tried).startswith(problem)


def test_a_child_begins_with_four_descriptors_and_in_a_session_and_a_home_of_its_own(light: Warm) -> None:
    said = does(
        light,
        "there = sorted(int(one.name) for one in Path('/proc/self/fd').iterdir())\n"
        "say([there[:4], len(there) == 5, os.getsid(0) == os.getpid(), os.getcwd() == job.home == os.environ['HOME']])",
    )
    assert said == "[[0, 1, 2, 3], True, True, True]"


def test_what_a_child_does_to_itself_is_not_seen_by_the_next(light: Warm) -> None:
    does(light, "os.environ['LEFT'] = 'yes'\nsys.left = 'yes'\nos.chdir('/tmp')\nsay(1)")
    assert does(light, "say([os.environ.get('LEFT'), hasattr(sys, 'left'), 'OPENAI_API_KEY' in os.environ])") == (
        "[None, False, False]"
    )
