"""What the ports `Git` and `Checkout` promise, held against the fake and both adapters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.git_worlds import BRANCH, SERVERS, WORLDS, Files, Server, World
from tests.fakes.github import Blob
from worker.deadline import Deadline
from worker.errors import CutOff, Reason, Refused
from worker.ports import Author

FILES: Files = {
    "README.md": "# Shop\n",
    "src/cart.py": "def add(item):\n    return item\n",
    "src/run.sh": Blob(b"#!/bin/sh\n", "100755"),
    "logo.png": b"\x89PNG\0\x01",
    ".gitignore": "*.log\nbuild/\n",
    "link": Blob(b"src/cart.py", "120000"),
    "grüße/mit leer\nzeichen.txt": "cart and cart\nno_cart\n",
}
AUTHOR = Author("Patchferry", "patchferry@example.com")


@pytest.fixture(params=list(WORLDS))
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with WORLDS[request.param](tmp_path, FILES) as made:
        yield made


@pytest.fixture(params=list(SERVERS))
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with SERVERS[request.param](tmp_path, FILES) as made:
        yield made


@pytest.fixture
def deadline() -> Deadline:
    return Deadline(60)


def left_over(world: World) -> list[Path]:
    return list(world.workspaces.glob("*"))


# --- the clone


def test_a_checkout_is_the_branch_and_has_no_git_directory(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        assert checkout.base == world.branches()[BRANCH]
        assert checkout.tree.is_absolute()
        assert (checkout.tree / "src/cart.py").read_text() == "def add(item):\n    return item\n"
        assert (checkout.tree / "src/run.sh").stat().st_mode & 0o100
        assert not list(checkout.tree.rglob(".git"))


def test_the_workspace_is_gone_when_the_context_ends(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        assert left_over(world)
    assert not checkout.tree.exists()
    assert left_over(world) == []


def test_the_workspace_is_gone_after_an_error_too(world: World, deadline: Deadline) -> None:
    with pytest.raises(ZeroDivisionError), world.git.checkout(world.url, BRANCH, deadline):
        _ = 1 / 0
    assert left_over(world) == []


def test_a_branch_that_is_not_there_is_refused(world: World, deadline: Deadline) -> None:
    with pytest.raises(Refused) as refused, world.git.checkout(world.url, "gone", deadline):
        pass
    assert refused.value.reason is Reason.REPOSITORY
    assert left_over(world) == []


@pytest.mark.parametrize("kind", WORLDS)
def test_an_empty_repository_is_refused(kind: str, tmp_path: Path, deadline: Deadline) -> None:
    with (
        WORLDS[kind](tmp_path, {}) as world,
        pytest.raises(Refused) as refused,
        world.git.checkout(world.url, BRANCH, deadline),
    ):
        pass
    assert refused.value.reason is Reason.REPOSITORY


def test_a_deadline_that_is_over_ends_the_checkout(world: World) -> None:
    with pytest.raises(Refused) as refused, world.git.checkout(world.url, BRANCH, Deadline(0)):
        pass
    assert refused.value.reason is Reason.DEADLINE


def test_a_task_that_is_cut_off_does_not_push(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "README.md").write_text("# New\n")
        checkout.stage()
        sha = checkout.commit("Change", AUTHOR)
        deadline.cancel("the worker is told to stop")
        with pytest.raises(CutOff):
            checkout.push(sha, "patchferry/1", expected=None)
    assert "patchferry/1" not in world.branches()
    assert left_over(world) == []


# --- what is in it


def test_files_are_the_tracked_regular_files(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "untracked.py").write_text("x\n")
        assert sorted(checkout.files()) == sorted(FILES.keys() - {"link"})


def test_a_symbolic_link_is_a_plain_file_in_the_tree(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        assert not (checkout.tree / "link").is_symlink()
        assert (checkout.tree / "link").read_text() == "src/cart.py"


def test_a_text_is_read_up_to_the_limit(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        assert checkout.read("README.md") == "# Shop\n"
        assert checkout.read("README.md", limit=3) == "# S"


@pytest.mark.parametrize("path", ["absent.py", "logo.png", "link", "src", "untracked.py", "../../etc/passwd", ""])
def test_what_is_no_tracked_text_reads_as_nothing(world: World, deadline: Deadline, path: str) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "untracked.py").write_text("x\n")
        assert checkout.read(path) is None


def test_a_file_that_became_a_link_reads_as_nothing(world: World, deadline: Deadline, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "README.md").unlink()
        (checkout.tree / "README.md").symlink_to(tmp_path / "secret")
        assert checkout.read("README.md") is None


def test_words_are_counted_by_lines_as_whole_words(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        counts = checkout.count_words(["cart", "item", "no such word", "a\nb"])
    assert counts["cart"] == {"grüße/mit leer\nzeichen.txt": 1}
    assert counts["item"] == {"src/cart.py": 2}
    assert not counts["no such word"]
    assert not counts.get("a\nb")


def test_a_word_is_text_and_no_pattern(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        counts = checkout.count_words(["a.d", "add(item)", "--help", "[", "\\", "*"])
        assert checkout.count_words([]) == {}
    assert counts["a.d"] == {}
    assert counts["add(item)"] == {"src/cart.py": 1}


# --- the diff


def test_nothing_is_staged_when_nothing_changed(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        diff = checkout.stage()
    assert (diff.changes, diff.patch, diff.ignored) == ((), "", ())


def test_the_diff_tells_what_was_added_modified_and_deleted(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "src/cart.py").write_text("def add(item):\n    check(item)\n    return item\n")
        (checkout.tree / "neu").mkdir()
        (checkout.tree / "neu/ü\n.py").write_text("one\ntwo\n")
        (checkout.tree / "README.md").unlink()
        (checkout.tree / "logo.png").write_bytes(b"\x89PNG\0\x02!")
        diff = checkout.stage()
    told = {
        change.path: (change.status, change.mode, change.added, change.deleted, change.size) for change in diff.changes
    }
    assert told == {
        "src/cart.py": ("modified", "100644", 1, 0, 47),
        "neu/ü\n.py": ("added", "100644", 2, 0, 8),
        "README.md": ("deleted", "000000", 0, 1, 0),
        "logo.png": ("modified", "100644", None, None, 7),
    }
    assert (diff.added, diff.deleted) == (3, 1)
    assert "+    check(item)\n" in diff.patch
    assert "-# Shop\n" in diff.patch


def test_a_rename_is_a_deletion_and_an_addition(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "src/cart.py").rename(checkout.tree / "src/basket.py")
        changes = checkout.stage().changes
    assert sorted((change.path, change.status) for change in changes) == [
        ("src/basket.py", "added"),
        ("src/cart.py", "deleted"),
    ]


def test_a_mode_is_part_of_the_diff(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "src/cart.py").chmod(0o755)
        (change,) = checkout.stage().changes
    assert (change.path, change.status, change.mode) == ("src/cart.py", "modified", "100755")


def test_an_edit_of_a_link_is_seen_as_one(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "link").write_text("/etc/shadow")
        (change,) = checkout.stage().changes
    assert (change.path, change.status, change.mode) == ("link", "modified", "120000")


def test_a_new_link_is_seen_as_one(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "passwords").symlink_to("/etc/passwd")
        (checkout.tree / "README.md").unlink()
        (checkout.tree / "README.md").symlink_to("/etc/passwd")
        changes = checkout.stage().changes
    assert sorted((change.path, change.status, change.mode) for change in changes) == [
        ("README.md", "type_changed", "120000"),
        ("passwords", "added", "120000"),
    ]


def test_what_gitignore_hides_is_named_and_not_staged(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "run.log").write_text("x\n")
        (checkout.tree / "build").mkdir()
        (checkout.tree / "build/out.py").write_text("x\n")
        diff = checkout.stage()
    assert diff.changes == ()
    assert sorted(diff.ignored) == ["build/", "run.log"]


@pytest.mark.parametrize("place", [".git", "src/.git", "neu/deep/.git"])
def test_a_repository_in_the_tree_is_refused(world: World, deadline: Deadline, place: str) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / place).mkdir(parents=True)
        (checkout.tree / place / "HEAD").write_text("ref: refs/heads/main\n")
        with pytest.raises(Refused) as refused:
            checkout.stage()
    assert refused.value.reason is Reason.FORBIDDEN_PATH
    assert place in refused.value.sentence


def test_staging_again_takes_the_later_state(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "new.py").write_text("one\n")
        checkout.stage()
        assert "new.py" in checkout.files()
        (checkout.tree / "new.py").unlink()
        assert checkout.stage().changes == ()
        assert "new.py" not in checkout.files()


# --- the commit and the push


def change(world: World, deadline: Deadline, branch: str, text: str, expected: str | None) -> str:
    """One task: a checkout, an edit, a commit, a push. Returns the sha."""
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "README.md").write_text(text)
        checkout.stage()
        sha = checkout.commit(f"Say {text}", AUTHOR)
        checkout.push(sha, branch, expected=expected)
    return sha


def test_a_commit_is_published_as_a_new_branch(world: World, deadline: Deadline) -> None:
    before = world.branches()[BRANCH]

    sha = change(world, deadline, "patchferry/1", "# New\n", None)

    assert world.branches() == {BRANCH: before, "patchferry/1": sha}
    assert world.read("patchferry/1", "README.md") == b"# New\n"
    assert world.read("patchferry/1", "link") == b"src/cart.py"
    assert world.read(BRANCH, "README.md") == b"# Shop\n"


def test_of_two_who_create_a_branch_one_wins(world: World, deadline: Deadline) -> None:
    first = change(world, deadline, "patchferry/1", "# First\n", None)

    with pytest.raises(Refused) as refused:
        change(world, deadline, "patchferry/1", "# Second\n", None)

    assert refused.value.reason is Reason.BRANCH_MOVED
    assert world.branches()["patchferry/1"] == first


def test_publishing_the_same_commit_again_is_fine(world: World, deadline: Deadline) -> None:
    with world.git.checkout(world.url, BRANCH, deadline) as checkout:
        (checkout.tree / "README.md").write_text("# New\n")
        checkout.stage()
        sha = checkout.commit("Change", AUTHOR)
        checkout.push(sha, "patchferry/1", expected=None)
        checkout.push(sha, "patchferry/1", expected=None)
    assert world.branches()["patchferry/1"] == sha


def test_a_branch_that_is_where_it_was_expected_moves_on(server: Server, deadline: Deadline) -> None:
    first = change(server, deadline, "patchferry/1", "# First\n", None)

    second = change(server, deadline, "patchferry/1", "# Second\n", first)

    assert server.branches()["patchferry/1"] == second


def test_a_branch_that_somebody_moved_or_deleted_is_left_alone(server: Server, deadline: Deadline) -> None:
    first = change(server, deadline, "patchferry/1", "# First\n", None)
    theirs = server.commit("patchferry/1", {"README.md": "# Theirs\n"})

    with pytest.raises(Refused) as moved:
        change(server, deadline, "patchferry/1", "# Second\n", first)
    with pytest.raises(Refused) as absent:
        change(server, deadline, "patchferry/2", "# Second\n", first)

    assert (moved.value.reason, absent.value.reason) == (Reason.BRANCH_MOVED, Reason.BRANCH_MOVED)
    assert server.branches()["patchferry/1"] == theirs
    assert "patchferry/2" not in server.branches()


def test_a_rule_that_refuses_the_push_is_named(server: Server, deadline: Deadline) -> None:
    server.protect("patchferry/1")

    with pytest.raises(Refused) as refused:
        change(server, deadline, "patchferry/1", "# New\n", None)

    assert refused.value.reason is Reason.PUSH_REFUSED
    assert "Protected branch update failed" in refused.value.sentence
    assert "patchferry/1" not in server.branches()
