"""Workspaces: private, locked while they live, gone afterwards, swept when their worker was killed."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from worker.errors import Reason, Refused, Retry
from worker.git.workspace import Workspace, open_workspace, storage_failure, sweep

_HOLD = """
import sys, time
from pathlib import Path
from worker.git.workspace import open_workspace
with open_workspace(Path(sys.argv[1])) as workspace:
    (workspace.tree / "file").write_text("x")
    print(workspace.root, flush=True)
    time.sleep(60)
"""


@contextmanager
def another_worker(parent: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that has a workspace below `parent`, and its workspace."""
    argv = [sys.executable, "-c", _HOLD, str(parent)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_a_workspace_is_private_and_has_its_folders(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "new" / "parent") as workspace:
        assert stat.S_IMODE(workspace.root.stat().st_mode) == 0o700
        assert workspace.root.parent == tmp_path / "new" / "parent"
        assert workspace.tree.is_dir()
        assert list(workspace.home.iterdir()) == []
        assert not workspace.git_dir.exists()
    assert list((tmp_path / "new" / "parent").iterdir()) == []


def test_a_relative_folder_makes_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_workspace(Path("relative")) as workspace:
        assert workspace.tree.is_absolute()


def test_a_sweep_takes_what_a_killed_worker_left_and_nothing_that_is_in_use(tmp_path: Path) -> None:
    with another_worker(tmp_path) as (killed, left), another_worker(tmp_path) as (_alive, used):
        with open_workspace(tmp_path) as mine:
            killed.send_signal(signal.SIGKILL)
            killed.wait()

            assert sweep(tmp_path) == 1

            assert not left.exists()
            assert (used / "tree" / "file").exists()
            assert mine.tree.exists()
        assert sweep(tmp_path) == 0
    assert sweep(tmp_path) == 1


def test_a_sweep_leaves_alone_what_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "patchferry-notes.txt").write_text("mine\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "patchferry-link").symlink_to(tmp_path / "elsewhere")

    assert sweep(tmp_path) == 0

    assert len(list(tmp_path.iterdir())) == 4


def test_a_sweep_of_a_folder_that_is_not_there_finds_nothing(tmp_path: Path) -> None:
    assert sweep(tmp_path / "absent") == 0


def test_workers_that_start_and_sweep_at_once_never_lose_a_workspace(tmp_path: Path) -> None:
    lost: list[Workspace] = []

    def live() -> None:
        for _ in range(30):
            with open_workspace(tmp_path) as workspace:
                (workspace.tree / "file").write_text("x")
                sweep(tmp_path)
                if not (workspace.tree / "file").exists():
                    lost.append(workspace)

    threads = [threading.Thread(target=live) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert lost == []
    assert list(tmp_path.iterdir()) == []


def test_folders_nested_deeper_than_recursion_are_removed(tmp_path: Path) -> None:
    with open_workspace(tmp_path) as workspace:
        folder = os.open(workspace.tree, os.O_RDONLY)
        for _ in range(1_200):
            os.mkdir("d", dir_fd=folder)
            inner = os.open("d", os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = inner
        os.close(folder)
    assert list(tmp_path.iterdir()) == []


def test_folders_that_nobody_may_enter_are_removed(tmp_path: Path) -> None:
    with open_workspace(tmp_path) as workspace:
        (workspace.tree / "closed").mkdir()
        (workspace.tree / "closed" / "file").write_text("x")
        (workspace.tree / "closed").chmod(0o000)
    assert list(tmp_path.iterdir()) == []


def test_removal_never_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("x")
    with open_workspace(tmp_path / "ws") as workspace:
        (workspace.tree / "link").symlink_to(tmp_path / "precious")
        workspace.home.rmdir()
        workspace.home.symlink_to(tmp_path / "precious")
    assert (tmp_path / "precious" / "file").exists()


def test_a_folder_that_cannot_be_made_is_a_matter_of_configuration(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(Refused) as refused, open_workspace(tmp_path / "file"):
        pass

    assert refused.value.reason is Reason.CONFIGURATION
    assert "PATCHFERRY_WORKSPACE_DIR" in refused.value.sentence


def test_a_full_disk_may_have_room_later(tmp_path: Path) -> None:
    for number in (errno.ENOSPC, errno.EDQUOT):
        assert isinstance(storage_failure(OSError(number, os.strerror(number)), tmp_path), Retry)
    assert isinstance(storage_failure(OSError(errno.EROFS, "Read-only file system"), tmp_path), Refused)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_really_is_full(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=6", "tmpfs", str(tmp_path)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("this container may not mount")
    try:
        for number in range(4):
            (tmp_path / f"file{number}").write_text("")
        with pytest.raises(Retry) as full, open_workspace(tmp_path):
            pass
        assert "no space left" in full.value.sentence
        assert not list(tmp_path.glob("patchferry-*"))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
