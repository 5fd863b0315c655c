from __future__ import annotations

from pathlib import Path

import pytest

from patchferry_engine.failures import Abort
from patchferry_engine.policy import PathPolicy

FORBIDDEN = (".github/workflows/", "CODEOWNERS", "secrets")


@pytest.fixture
def policy(tmp_path: Path) -> PathPolicy:
    root = tmp_path / "tree"
    (root / "src").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (root / "to_file").symlink_to("src/real.py")
    (root / "to_folder").symlink_to("src")
    (root / "to_outside").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to("loop")
    (root / "src" / "real.py").touch()
    return PathPolicy(str(root), FORBIDDEN)


@pytest.mark.parametrize(
    "path", ["src/real.py", "new/deep/file.py", "./src/../src/real.py", ".gitignore", "git/x", "docs/CODEOWNERS", "a b"]
)
def test_files_of_the_repository_may_be_written(policy: PathPolicy, path: str) -> None:
    assert policy.unwritable(path) is None
    assert policy.unwritable(f"{policy.root}/{path}") is None


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../x", "outside"),
        ("src/../../x", "outside"),
        ("/etc/passwd", "outside"),
        ("to_outside/x", "outside"),
        ("to_file", "symbolic link"),
        ("to_folder/real.py", "symbolic link"),
        ("to_folder/new.py", "symbolic link"),
        ("loop", "symbolic link"),
        (".git", "git"),
        (".git/config", "git"),
        ("sub/.GIT/hooks/x", "git"),
        (".git. /config", "git"),
    ],
)
def test_other_files_may_be_neither_read_nor_written(policy: PathPolicy, path: str, why: str) -> None:
    assert why in (policy.unreadable(path) or "")
    assert why in (policy.unwritable(path) or "")
    with pytest.raises(Abort) as abort:
        policy.check(path)
    assert abort.value.reason == "forbidden_path"


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml",
        ".GITHUB/Workflows/ci.yml",
        "x/../.github/workflows/ci.yml",
        "CODEOWNERS",
        "secrets/a",
    ],
)
def test_the_deny_list_forbids_writing_but_not_reading(policy: PathPolicy, path: str) -> None:
    assert policy.unreadable(path) is None
    assert policy.unwritable(path) == "must not be changed by Patchferry"


def test_a_neighbour_whose_name_begins_like_the_tree_is_outside(policy: PathPolicy) -> None:
    assert policy.unwritable(f"{policy.root}-evil/x") == "is outside the repository"


def test_people_see_short_paths_without_this_machines_folders(policy: PathPolicy) -> None:
    assert policy.show(f"{policy.root}/src/real.py") == '"src/real.py"'
    assert len(policy.show("x" * 500)) < 130
