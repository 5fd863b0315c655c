"""The user's own repository: read as it is, cloned without being touched, given a new branch."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from git import Repo

from worker.deadline import Deadline
from worker.errors import Reason, Refused
from worker.git.local import LocalRepository, Origin, parse_origin, read_repository
from worker.git.local_source import LocalGit
from worker.ports import Author

AUTHOR = Author("Patchferry", "patchferry@example.com")


@pytest.fixture(autouse=True)
def _nobody_s_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """GitPython runs with the user's environment: the tests give it a user of their own."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.com\n")


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Repo]:
    """A repository with a commit on `work`, a file that is changed and one that is not tracked."""
    with Repo.init(tmp_path / "mine", initial_branch="work") as repository:
        root = Path(repository.working_dir)
        (root / "src").mkdir()
        (root / "src" / "cart.py").write_text("def add(): ...\n")
        repository.index.add(["src/cart.py"])
        repository.index.commit("first")
        (root / "src" / "cart.py").write_text("def add(): changed\n")
        (root / "notes.txt").write_text("not tracked\n")
        yield repository


def root_of(repository: Repo) -> Path:
    return Path(repository.working_dir)


def git(cwd: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True, text=True).stdout


# --- reading


def test_a_repository_is_found_from_any_folder_inside(mine: Repo) -> None:
    mine.create_remote("origin", "git@github.com:acme/shop.git")

    found = read_repository(root_of(mine) / "src")

    assert found == LocalRepository(
        root=root_of(mine),
        git_dir=root_of(mine) / ".git",
        branch="work",
        head=mine.head.commit.hexsha,
        branches=frozenset({"work"}),
        origin=Origin("github.com", "acme/shop"),
        author=Author("Ada", "ada@example.com"),
        dirty=True,
    )


def test_a_repository_without_changes_is_clean(mine: Repo) -> None:
    git(root_of(mine), "checkout", "--quiet", "src/cart.py")
    (root_of(mine) / "notes.txt").unlink()
    assert not read_repository(root_of(mine)).dirty


def test_reading_writes_nothing_even_when_the_index_is_out_of_date(mine: Repo) -> None:
    git(root_of(mine), "checkout", "--quiet", "src/cart.py")
    index = root_of(mine) / ".git" / "index"
    os.utime(root_of(mine) / "src" / "cart.py", (1, 1))
    before = index.read_bytes()
    read_repository(root_of(mine))
    assert index.read_bytes() == before
    git(root_of(mine), "diff")
    assert index.read_bytes() != before


def test_a_repository_that_git_does_not_trust_is_refused_with_what_to_do(
    mine: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(Refused, match=r"dubious ownership .* git config --global --add safe\.directory"):
        read_repository(root_of(mine))


def test_the_remote_that_the_branch_follows_counts_before_origin(mine: Repo) -> None:
    mine.create_remote("origin", "https://github.com/ada/shop.git")
    mine.create_remote("upstream", "https://github.com/acme/shop.git")
    assert read_repository(root_of(mine)).origin == Origin("github.com", "ada/shop")

    with mine.config_writer() as config:
        config.set_value('branch "work"', "remote", "upstream")
        config.set_value('branch "work"', "merge", "refs/heads/main")
    assert read_repository(root_of(mine)).origin == Origin("github.com", "acme/shop")


def test_the_only_remote_counts_whatever_its_name(mine: Repo) -> None:
    mine.create_remote("company", "ssh://git@git.example.com:2222/acme/shop.git")
    assert read_repository(root_of(mine)).origin == Origin("git.example.com", "acme/shop")


def test_a_user_whom_git_does_not_know_is_no_author(mine: Repo, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Ada\n")
    assert read_repository(root_of(mine)).author is None


def test_a_linked_work_tree_belongs_to_its_repository(mine: Repo, tmp_path: Path) -> None:
    git(root_of(mine), "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))

    found = read_repository(tmp_path / "side")

    assert (found.root, found.git_dir, found.branch) == (tmp_path / "side", root_of(mine) / ".git", "side")


def test_what_is_no_repository_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(Refused) as refused:
            read_repository(path)
        assert refused.value.reason is Reason.REPOSITORY
        assert "not in a git repository" in refused.value.sentence


def test_a_repository_without_a_commit_is_refused(tmp_path: Path) -> None:
    with Repo.init(tmp_path / "new"), pytest.raises(Refused, match="no commit yet"):
        read_repository(tmp_path / "new")


def test_a_bare_repository_is_refused(tmp_path: Path) -> None:
    with Repo.init(tmp_path / "bare", bare=True), pytest.raises(Refused, match="bare repository"):
        read_repository(tmp_path / "bare")


def test_a_detached_head_is_refused(mine: Repo) -> None:
    git(root_of(mine), "checkout", "--quiet", "--detach")
    with pytest.raises(Refused, match="no branch is checked out"):
        read_repository(root_of(mine))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://github.com/acme/shop.git", Origin("github.com", "acme/shop")),
        ("https://github.com/acme/shop", Origin("github.com", "acme/shop")),
        ("https://user:secret@GitHub.com/acme/shop/", Origin("github.com", "acme/shop")),
        ("git@github.com:acme/shop.git", Origin("github.com", "acme/shop")),
        ("github.com:acme/shop", Origin("github.com", "acme/shop")),
        ("ssh://git@git.example.com:2222/acme/shop.git", Origin("git.example.com", "acme/shop")),
        ("https://gitlab.com/group/sub/shop.git", None),
        ("/srv/git/shop.git", None),
        ("../shop", None),
        ("file:///srv/acme/shop.git", None),
        (r"C:\work\shop", None),
        ("https://github.com/acme", None),
        ("", None),
    ],
)
def test_addresses_of_remotes(url: str, origin: Origin | None) -> None:
    assert parse_origin(url) == origin


# --- cloning and delivering


def deliver(mine: Repo, tmp_path: Path, branch: str = "patchferry/1") -> str:
    found = read_repository(root_of(mine))
    source = LocalGit(tmp_path / "ws")
    with source.checkout(str(found.git_dir), found.branch, Deadline(60)) as checkout:
        assert (checkout.tree / "src" / "cart.py").read_text() == "def add(): ...\n"
        assert not (checkout.tree / "notes.txt").exists()
        (checkout.tree / "src" / "cart.py").write_text("def add(): better\n")
        checkout.stage()
        sha = checkout.commit("Improve", AUTHOR)
        checkout.push(sha, branch, expected=None)
    return sha


def test_the_result_is_a_new_branch_and_the_working_copy_is_as_it_was(mine: Repo, tmp_path: Path) -> None:
    root = root_of(mine)
    before = git(root, "status", "--porcelain", "--branch"), (root / ".git" / "index").read_bytes()

    sha = deliver(mine, tmp_path)

    assert (git(root, "status", "--porcelain", "--branch"), (root / ".git" / "index").read_bytes()) == before
    assert (root / "src" / "cart.py").read_text() == "def add(): changed\n"
    assert git(root, "rev-parse", "patchferry/1").strip() == sha
    assert git(root, "show", "patchferry/1:src/cart.py") == "def add(): better\n"
    assert git(root, "log", "--format=%s %an", "patchferry/1") == "Improve Patchferry\nfirst Ada\n"
    git(root, "fsck", "--strict")
    assert list((tmp_path / "ws").iterdir()) == []


def test_the_user_s_hooks_and_settings_are_not_used(mine: Repo, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch '{marker}'\nexit 1\n")
    script.chmod(0o755)
    git_dir = root_of(mine) / ".git"
    for hook in ("reference-transaction", "post-checkout", "post-index-change", "update", "pre-receive"):
        (git_dir / "hooks" / hook).unlink(missing_ok=True)
        (git_dir / "hooks" / hook).symlink_to(script)
    with (git_dir / "config").open("a") as config:
        config.write(f'[core]\n\tfsmonitor = {script}\n[filter "x"]\n\tsmudge = {script}\n\tclean = {script}\n')
    subprocess.run(["git", "update-ref", "refs/heads/control", "HEAD"], cwd=root_of(mine), check=False)
    assert marker.exists()
    marker.unlink()

    with LocalGit(tmp_path / "ws").checkout(str(git_dir), "work", Deadline(60)) as checkout:
        (checkout.tree / "src" / "cart.py").write_text("def add(): better\n")
        checkout.stage()
        checkout.push(checkout.commit("Improve", AUTHOR), "patchferry/1", expected=None)

    assert not marker.exists()
    assert (git_dir / "refs" / "heads" / "patchferry" / "1").exists()


def test_a_branch_that_is_there_is_never_changed(mine: Repo, tmp_path: Path) -> None:
    root = root_of(mine)
    git(root, "branch", "patchferry/1")
    git(root, "branch", "other")

    for branch, reason in (
        ("patchferry/1", Reason.BRANCH_MOVED),
        ("work", Reason.BRANCH_MOVED),
        ("other/1", Reason.PUSH_REFUSED),
        ("bad..name", Reason.PUSH_REFUSED),
    ):
        with pytest.raises(Refused) as refused:
            deliver(mine, tmp_path, branch)
        assert refused.value.reason is reason

    assert git(root, "rev-parse", "patchferry/1") == git(root, "rev-parse", "work")


def test_an_expectation_is_refused_since_branches_are_only_created(mine: Repo, tmp_path: Path) -> None:
    git_dir = str(root_of(mine) / ".git")
    with LocalGit(tmp_path / "ws").checkout(git_dir, "work", Deadline(60)) as checkout:
        sha = checkout.commit("Nothing", AUTHOR)
        with pytest.raises(Refused) as refused:
            checkout.push(sha, "work", expected=checkout.base)
    assert refused.value.reason is Reason.PUSH_REFUSED


def test_a_shallow_clone_and_a_linked_work_tree_can_be_worked_on(mine: Repo, tmp_path: Path) -> None:
    root = root_of(mine)
    git(root, "commit", "--quiet", "--all", "-m", "second")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{root}", "shallow")
    git(tmp_path / "shallow", "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    found = read_repository(tmp_path / "side")

    with LocalGit(tmp_path / "ws").checkout(str(found.git_dir), "side", Deadline(60)) as checkout:
        (checkout.tree / "src" / "cart.py").write_text("def add(): better\n")
        checkout.stage()
        sha = checkout.commit("Improve", AUTHOR)
        checkout.push(sha, "patchferry/1", expected=None)

    assert git(tmp_path / "side", "rev-parse", "patchferry/1").strip() == sha
    git(tmp_path / "shallow", "fsck")


def test_a_repository_that_names_objects_by_sha256_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256", "--initial-branch=work", "new")
    (tmp_path / "new" / "a").write_text("a\n")
    git(tmp_path / "new", "add", "a")
    git(tmp_path / "new", "commit", "--quiet", "-m", "first")

    with (
        pytest.raises(Refused) as refused,
        LocalGit(tmp_path / "ws").checkout(str(tmp_path / "new" / ".git"), "work", Deadline(60)),
    ):
        pass
    assert refused.value.reason is Reason.REPOSITORY
