"""What `make setup` runs, in a copy of the repository, with a path of its own and a program that stands in for uv."""

from __future__ import annotations

import ast
import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.bootstrap import make_venv
from scripts.installers import Pip, SetupError, Uv

ROOT = Path(__file__).parents[2]
# As much of uv as the set-up uses: an environment with a Python, and a note of every call.
UV = f"""#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in *"$FAILS_AT"*) [ -z "$FAILS_AT" ] || {{ echo "told by uv"; exit 1; }} ;; esac
[ "$1" = venv ] || exit 0
for last; do :; done
mkdir -p "$last/bin" && ln -s '{sys.executable}' "$last/bin/python"
"""


class Machine:
    """A folder of programs as the whole path, and a copy of the repository."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in ("sh", "mkdir", "ln"):
            (self.programs / name).symlink_to(shutil.which(name) or "")
        self.clone = folder / "clone"
        for part in ("scripts", "requirements"):
            shutil.copytree(ROOT / part, self.clone / part)
        shutil.copy(ROOT / "pyproject.toml", self.clone)
        self.calls = folder / "calls"
        self.home = folder / "home"
        self.home.mkdir()

    def add(self, name: str, text: str) -> None:
        program = self.programs / name
        program.write_text(text)
        program.chmod(0o755)

    def set_up(self, clone: Path | None = None, *, fails_at: str = "") -> tuple[int, str]:
        """Exit code and what was said."""
        self.calls.write_text("")
        done = subprocess.run(
            [sys.executable, "-m", "scripts.bootstrap"],
            cwd=clone or self.clone,
            env={
                "PATH": str(self.programs),
                "HOME": str(self.home),
                "CALLS": str(self.calls),
                "FAILS_AT": fails_at,
                "PIP_INDEX_URL": "http://127.0.0.1:1/simple",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    def uv_was_asked_to(self) -> list[str]:
        return [" ".join(line.split()[:2]) for line in self.calls.read_text().splitlines()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def with_uv(machine: Machine) -> Machine:
    machine.add("uv", UV)
    return machine


EVERYTHING = ["--version", "venv --quiet", "pip sync", "pip install"]


def test_an_environment_is_made_from_the_lock_and_holds_the_project(with_uv: Machine) -> None:
    code, said = with_uv.set_up()
    assert code == 0, said
    assert with_uv.uv_was_asked_to() == EVERYTHING
    sync, install = with_uv.calls.read_text().splitlines()[2:]
    assert "--require-hashes" in sync
    assert sync.endswith("requirements/dev.lock")
    assert install.endswith(f"--no-deps --no-build-isolation --editable {with_uv.clone}")


def test_a_second_run_is_silent_and_quick(with_uv: Machine) -> None:
    with_uv.set_up()
    started = time.monotonic()
    assert with_uv.set_up() == (0, "")
    assert time.monotonic() - started < 1  # measured: 0.1 s
    assert with_uv.uv_was_asked_to() == []


@pytest.mark.parametrize(
    ("changed", "asked"),
    [("requirements/dev.lock", ["pip sync", "pip install"]), ("pyproject.toml", ["pip install"])],
)
def test_a_change_is_installed_into_the_environment_that_is_there(
    with_uv: Machine, changed: str, asked: list[str]
) -> None:
    with_uv.set_up()
    with (with_uv.clone / changed).open("a") as file:
        file.write("\n# a change\n")
    assert with_uv.set_up()[0] == 0
    assert with_uv.uv_was_asked_to() == ["--version", *asked]


def test_a_copied_clone_gets_an_environment_of_its_own(with_uv: Machine, tmp_path: Path) -> None:
    with_uv.set_up()
    copy = tmp_path / "copy"
    shutil.copytree(with_uv.clone, copy, symlinks=True)
    assert with_uv.set_up(copy)[0] == 0
    assert with_uv.uv_was_asked_to() == EVERYTHING


def test_an_environment_whose_python_has_gone_is_made_anew(with_uv: Machine) -> None:
    with_uv.set_up()
    (with_uv.clone / ".venv" / "bin" / "python").unlink()
    assert with_uv.set_up()[0] == 0
    assert with_uv.uv_was_asked_to() == EVERYTHING


def test_an_interrupted_run_is_continued(with_uv: Machine) -> None:
    assert with_uv.set_up(fails_at="pip sync")[0] == 3
    assert with_uv.set_up()[0] == 0
    assert with_uv.uv_was_asked_to() == ["--version", "pip sync", "pip install"]


def test_a_failure_shows_what_the_tool_said_and_one_sentence(with_uv: Machine) -> None:
    code, said = with_uv.set_up(fails_at="pip install")
    assert code == 3
    assert "told by uv" in said
    assert said.splitlines()[-1].endswith("failed for the reason above")
    assert "Traceback" not in said


def test_without_uv_pip_and_an_index_one_sentence_says_what_helps(machine: Machine) -> None:
    code, said = machine.set_up()
    assert code == 3
    assert said.splitlines()[-1].startswith("setup: 127.0.0.1:1 could not be read")
    assert "install uv or python3-pip, or set PIP_INDEX_URL" in said.splitlines()[-1]
    assert "Traceback" not in said


def test_an_uv_that_was_fetched_is_found_again(machine: Machine) -> None:
    assert machine.set_up()[0] == 3
    fetched = machine.clone / ".tools" / hashlib.sha256((ROOT / "requirements/uv.lock").read_bytes()).hexdigest()[:12]
    (fetched / "bin").mkdir(parents=True)
    (fetched / "bin" / "uv").write_text(UV)
    (fetched / "bin" / "uv").chmod(0o755)
    assert machine.set_up()[0] == 0
    assert machine.uv_was_asked_to() == EVERYTHING


def test_where_no_python_fits_and_uv_has_none_either_one_sentence_names_what_to_install() -> None:
    with pytest.raises(
        SetupError, match=r"^Python 3\.11 or 3\.12 is needed and uv could not fetch one: install python3\.12, or"
    ):
        make_venv(Uv("/bin/false"), None)


def test_where_no_python_fits_and_only_pip_is_there_one_sentence_says_what_helps() -> None:
    with pytest.raises(SetupError, match=r"^Python 3\.11 or 3\.12 is needed: install one of them, or uv"):
        make_venv(Pip(), None)


@pytest.mark.parametrize("name", ["bootstrap", "installers", "package_index"])
def test_the_set_up_runs_on_old_pythons_with_their_standard_library_alone(name: str) -> None:
    tree = ast.parse((ROOT / "scripts" / f"{name}.py").read_text(), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {module.partition(".")[0] for module in imported}
    assert roots <= sys.stdlib_module_names | {"scripts"}
