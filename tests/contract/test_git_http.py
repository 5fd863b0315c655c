"""Git over HTTP in good and bad days: refusals, outages, races, deadlines."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.git_worlds import BRANCH, HttpWorld, http_world
from tests.fakes.github import Blob, GitHub
from worker.deadline import Deadline
from worker.errors import CutOff, PatchferryError, Reason, Refused, Retry
from worker.git.adapter import GitAdapter
from worker.ports import Author

AUTHOR = Author("Patchferry", "patchferry@example.com")
REFS, FETCH, PUSH = ".*/info/refs", ".*/git-upload-pack", ".*/git-receive-pack"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HttpWorld]:
    with http_world(tmp_path, {"README.md": "# Shop\n", "sub": Blob(b"1" * 40, "160000")}) as made:
        yield made


def clone(world: HttpWorld, deadline: Deadline | None = None) -> None:
    with world.git.checkout(world.url, BRANCH, deadline or Deadline(60)):
        pass


def publish(world: HttpWorld, branch: str = "patchferry/1", before_push: Callable[[], object] = lambda: None) -> str:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        (checkout.tree / "README.md").write_text("# New\n")
        checkout.stage()
        sha = checkout.commit("Change", AUTHOR)
        before_push()
        checkout.push(sha, branch, expected=None)
    return sha


def failure_of(action: Callable[[], object]) -> PatchferryError:
    with pytest.raises(PatchferryError) as raised:
        action()
    return raised.value


# --- refused


def test_a_repository_that_was_deleted_renamed_or_never_there_is_refused(world: HttpWorld) -> None:
    never = failure_of(lambda: world.git.checkout(world.url.replace("shop", "shed"), BRANCH, Deadline(60)).__enter__())
    world.repository.rename("acme/store")
    renamed = failure_of(lambda: clone(world))
    world.repository.delete()
    deleted = failure_of(lambda: clone(world))

    for failure in (never, renamed, deleted):
        assert (type(failure), failure.reason) == (Refused, Reason.REPOSITORY)
    assert "renamed" in renamed.sentence


def test_a_token_that_was_revoked_is_refused(world: HttpWorld) -> None:
    world.github.revoke(world.token)

    failure = failure_of(lambda: clone(world))

    assert (type(failure), failure.reason) == (Refused, Reason.CREDENTIALS)


def test_a_token_that_may_not_write_is_refused_at_the_push(world: HttpWorld) -> None:
    world.repository.grant("patchferry-bot", "read")

    failure = failure_of(lambda: publish(world))

    assert (type(failure), failure.reason) == (Refused, Reason.CREDENTIALS)
    assert "denied to patchferry-bot" in failure.sentence


def test_a_repository_that_is_archived_is_refused_at_the_push(world: HttpWorld) -> None:
    failure = failure_of(lambda: publish(world, before_push=world.repository.archive))

    assert (type(failure), failure.reason) == (Refused, Reason.REPOSITORY)


def test_a_ruleset_that_refuses_the_push_is_told_with_its_rule(world: HttpWorld) -> None:
    world.repository.rules.restrict("patchferry", "Commits must have verified signatures.")

    failure = failure_of(lambda: publish(world))

    assert (type(failure), failure.reason) == (Refused, Reason.PUSH_REFUSED)
    assert "GH013: Repository rule violations" in failure.sentence
    assert "Commits must have verified signatures." in failure.sentence


def test_a_branch_in_the_way_is_told(world: HttpWorld) -> None:
    world.commit("patchferry", {"a": "b"})

    failure = failure_of(lambda: publish(world))

    assert (type(failure), failure.reason) == (Refused, Reason.PUSH_REFUSED)
    assert "in the way" in failure.sentence


def test_a_prefix_that_makes_no_branch_name_is_a_matter_of_configuration(world: HttpWorld) -> None:
    failure = failure_of(lambda: publish(world, branch="patch..ferry/1"))

    assert (type(failure), failure.reason) == (Refused, Reason.CONFIGURATION)


def test_a_tag_is_no_branch(world: HttpWorld) -> None:
    world.repository.store.git("tag", "v1", f"refs/heads/{BRANCH}")

    failure = failure_of(lambda: world.git.checkout(world.url, "v1", Deadline(60)).__enter__())

    assert (type(failure), failure.reason) == (Refused, Reason.REPOSITORY)


def test_a_repository_with_a_path_into_a_git_directory_is_refused(world: HttpWorld) -> None:
    store = world.repository.store
    blob = store.git("hash-object", "-w", "--stdin", stdin=b"[core]\n").decode().strip()
    inner = store.git("mktree", stdin=f"100644 blob {blob}\tconfig\n".encode()).decode().strip()
    evil = store.git("mktree", stdin=f"040000 tree {inner}\t.git\n".encode()).decode().strip()
    sha = store.git("-c", "user.name=a", "-c", "user.email=b", "commit-tree", evil, "-m", "x")
    store.git("update-ref", "refs/heads/evil", sha.decode().strip())

    failure = failure_of(lambda: world.git.checkout(world.url, "evil", Deadline(60)).__enter__())

    assert (type(failure), failure.reason) == (Refused, Reason.REPOSITORY)


def test_a_machine_without_git_is_told(world: HttpWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    failure = failure_of(lambda: clone(world))

    assert (type(failure), failure.reason) == (Refused, Reason.CONFIGURATION)
    assert "git is not installed" in failure.sentence


# --- outages


@pytest.mark.parametrize("path", [REFS, FETCH])
@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_in_trouble_during_the_clone_is_asked_again_later(world: HttpWorld, path: str, status: int) -> None:
    for method in ("GET", "POST"):
        world.github.fail(method, path, status=status, times=None)

    failure = failure_of(lambda: clone(world))

    assert (type(failure), failure.reason) == (Retry, Reason.FORGE_UNAVAILABLE)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_breaks_is_retried(world: HttpWorld, method: str) -> None:
    world.github.hang_up(method, ".*", times=None)

    failure = failure_of(lambda: clone(world))

    assert (type(failure), failure.reason) == (Retry, Reason.FORGE_UNAVAILABLE)


def test_a_pack_that_ends_early_is_retried(world: HttpWorld) -> None:
    world.github.fail("POST", FETCH, status=200, body=b"0011shallow-info\n", times=None)

    failure = failure_of(lambda: clone(world))

    assert (type(failure), failure.reason) == (Retry, Reason.FORGE_UNAVAILABLE)


def test_a_server_that_is_not_there_is_asked_again_later(tmp_path: Path) -> None:
    git = GitAdapter(tmp_path / "ws", None, "http://127.0.0.1:1", allow_http=True)

    failure = failure_of(lambda: git.checkout("http://127.0.0.1:1/a/b.git", BRANCH, Deadline(60)).__enter__())

    assert (type(failure), failure.reason) == (Retry, Reason.FORGE_UNAVAILABLE)


def test_a_push_that_fails_before_its_effect_leaves_nothing(world: HttpWorld) -> None:
    world.github.fail("POST", PUSH, status=502)

    failure = failure_of(lambda: publish(world))

    assert (type(failure), failure.reason) == (Retry, Reason.FORGE_UNAVAILABLE)
    assert list(world.branches()) == [BRANCH]


def test_a_push_whose_answer_was_an_error_after_all_is_repeated_without_harm(world: HttpWorld) -> None:
    world.github.fail("POST", PUSH, status=502, after_effect=True)

    failure = failure_of(lambda: publish(world))
    sha = publish(world)

    assert (type(failure), failure.reason) == (Retry, Reason.FORGE_UNAVAILABLE)
    assert world.branches()["patchferry/1"] == sha


def test_a_push_that_the_transport_repeats_by_itself_does_not_compete_with_itself(world: HttpWorld) -> None:
    world.github.hang_up("POST", PUSH, after_effect=True)

    sha = publish(world)

    assert world.branches()["patchferry/1"] == sha


# --- races


def test_a_branch_that_appears_between_the_lease_and_the_push_is_left_alone(world: HttpWorld) -> None:
    theirs: list[str] = []
    world.github.interrupt("POST", PUSH, lambda _: theirs.append(world.commit("patchferry/1", {"a": "b"})))

    failure = failure_of(lambda: publish(world))

    assert (type(failure), failure.reason) == (Refused, Reason.BRANCH_MOVED)
    assert world.branches()["patchferry/1"] == theirs[0]


def test_of_many_who_create_the_branch_at_once_one_wins(world: HttpWorld) -> None:
    together = threading.Barrier(4)
    results: list[str | Reason] = []

    def attempt(number: int) -> None:
        with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
            (checkout.tree / "README.md").write_text(f"# {number}\n")
            checkout.stage()
            sha = checkout.commit("Change", AUTHOR)
            together.wait(30)
            try:
                checkout.push(sha, "patchferry/1", expected=None)
                results.append(sha)
            except PatchferryError as error:
                results.append(error.reason)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winners = [result for result in results if not isinstance(result, Reason)]
    assert winners == [world.branches()["patchferry/1"]]
    # Who meets the other's lock file on the server can't know who won, and asks again later.
    assert set(results) <= {winners[0], Reason.BRANCH_MOVED, Reason.FORGE_UNAVAILABLE}


# --- time


def test_the_deadline_ends_a_clone_that_hangs_and_its_processes(world: HttpWorld) -> None:
    world.github.slow_down("GET", REFS, 60)
    started = time.monotonic()

    failure = failure_of(lambda: clone(world, Deadline(1)))

    assert failure.reason is Reason.DEADLINE
    assert time.monotonic() - started < 5
    assert git_processes(world) == []
    assert list(world.workspaces.iterdir()) == []


def test_a_task_can_be_cut_off_while_it_clones(world: HttpWorld) -> None:
    world.github.slow_down("GET", REFS, 60)
    deadline = Deadline(60)
    threading.Timer(0.3, deadline.cancel, ["the worker is told to stop"]).start()

    with pytest.raises(CutOff):
        clone(world, deadline)

    assert git_processes(world) == []
    assert list(world.workspaces.iterdir()) == []


def git_processes(world: HttpWorld) -> list[str]:
    """Command lines of living processes that name the world's address."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:  # it ended meanwhile
            continue
        if "git" in line and world.github.url in line:
            found.append(line)
    return found


# --- and the rest


def test_a_public_repository_is_read_without_a_token(tmp_path: Path) -> None:
    with GitHub() as github:
        repository = github.add_repository("acme/open", {"a.txt": "a\n"})
        git = GitAdapter(tmp_path / "ws", None, github.url, allow_http=True)
        with git.checkout(repository.clone_url, "main", Deadline(60)) as checkout:
            assert checkout.files() == ("a.txt",)
        assert all("authorization" not in one.request.headers for one in github.requests)


def test_the_clone_is_shallow_and_of_one_branch(world: HttpWorld) -> None:
    world.commit(BRANCH, {"second": "2"})
    world.commit("other", {"third": "3"})
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        git_dir = checkout.tree.parent / "git"
        assert (git_dir / "shallow").read_text().strip() == checkout.base
        assert "other" not in {path.name for path in (git_dir / "refs").rglob("*")}


def test_the_token_is_asked_for_each_time_since_it_may_have_been_renewed(world: HttpWorld) -> None:
    def renew() -> None:
        world.github.revoke(world.token)
        world.token = world.github.token_for("patchferry-bot")

    assert publish(world, before_push=renew) == world.branches()["patchferry/1"]


def test_two_workers_share_a_folder(world: HttpWorld) -> None:
    other = GitAdapter(world.workspaces, lambda: world.token, world.github.url, allow_http=True)
    with (
        world.git.checkout(world.url, BRANCH, Deadline(60)) as mine,
        other.checkout(world.url, BRANCH, Deadline(60)) as theirs,
    ):
        assert other.sweep() == 0
        (mine.tree / "README.md").write_text("# Mine\n")
        assert theirs.stage().changes == ()
        assert [change.path for change in mine.stage().changes] == ["README.md"]
    assert list(world.workspaces.iterdir()) == []


def test_a_commit_says_who_and_when_and_carries_its_message_byte_for_byte(world: HttpWorld) -> None:
    message = "Grüße\n\n# no comment\nPatchferry-Task: 0123456789abcdef\nRequested-by: ada\n"
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        (checkout.tree / "README.md").write_text("# New\n")
        checkout.stage()
        sha = checkout.commit(message, Author("Jürgen <Bot>", "bot@example.com"))
        again = checkout.commit(message, Author("Jürgen <Bot>", "bot@example.com"))
        checkout.push(sha, "patchferry/1", expected=None)
    (commit, base) = world.repository.log("patchferry/1")
    assert sha == again
    assert commit.message == message.rstrip("\n")
    assert commit.author == commit.committer == ("Jürgen Bot", "bot@example.com", "2025-10-09T08:53:20+00:00")
    assert commit.parents == (base.sha,)


def test_a_submodule_is_no_file_and_an_edit_in_its_place_is_a_change_of_type(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        assert checkout.files() == ("README.md",)
        assert checkout.stage().changes == ()
        (checkout.tree / "sub").rmdir()
        (checkout.tree / "sub").write_text("x\n")
        (change,) = checkout.stage().changes
    assert (change.path, change.status, change.mode) == ("sub", "type_changed", "100644")


def test_text_cannot_hide_from_the_diff_as_binary(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        (checkout.tree / ".gitattributes").write_text("* binary\n*.md -diff\n")
        (checkout.tree / "README.md").write_text("# Hidden\n")
        diff = checkout.stage()
    assert "+# Hidden\n" in diff.patch
    assert {change.path: change.added for change in diff.changes} == {".gitattributes": 2, "README.md": 1}


def test_names_in_a_patch_can_be_read(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        (checkout.tree / "Grüße.md").write_text("Hallo\n")
        assert "+++ b/Grüße.md\n" in checkout.stage().patch


def test_the_name_of_a_nested_repository_can_be_shown(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        Path(os.fsdecode(bytes(checkout.tree) + b"/\xe9\n\x1b[31m/.git")).mkdir(parents=True)
        failure = failure_of(checkout.stage)
    assert failure.sentence.isprintable()
    assert failure.sentence.encode().endswith(b"/.git")


def test_a_patch_that_is_too_large_is_refused_and_not_cut(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        (checkout.tree / "README.md").write_text("0123456789abcde\n" * 400_000)
        failure = failure_of(checkout.stage)
    assert (type(failure), failure.reason) == (Refused, Reason.TOO_LARGE)


def test_a_file_with_a_name_that_is_not_utf8_is_left_out_and_does_no_harm(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        name = bytes(checkout.tree) + b"/caf\xe9.txt"
        Path(name.decode(errors="surrogateescape")).write_text("coffee\n")
        assert [change.path for change in checkout.stage().changes] == [r"caf\xe9.txt"]
        assert checkout.files() == ("README.md",)
        assert checkout.count_words(["coffee"]) == {"coffee": {}}


def test_what_git_cannot_store_is_refused(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        (checkout.tree / ".GIT").mkdir()
        (checkout.tree / ".GIT/config").write_text("[core]\n")
        failure = failure_of(checkout.stage)
    assert (type(failure), failure.reason) == (Refused, Reason.FORBIDDEN_PATH)
