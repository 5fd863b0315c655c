"""The token shows nowhere: not in arguments, environments, files, objects or exceptions."""

from __future__ import annotations

import os
import stat
import subprocess
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.git_worlds import BRANCH, HttpWorld, http_world
from tests.fakes.processes import ProcessWatch, forms_of
from worker.deadline import Deadline
from worker.errors import PatchferryError
from worker.git.adapter import GitAdapter
from worker.git.credentials import ASKPASS, lend
from worker.ports import Author

AUTHOR = Author("Patchferry", "patchferry@example.com")
REFS = ".*/info/refs"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HttpWorld]:
    with http_world(tmp_path, {"README.md": "# Shop\n"}) as made:
        yield made


def is_git(arguments: bytes) -> bool:
    return b"git" in arguments.partition(b"\0")[0] or b"askpass" in arguments


def work(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        (checkout.tree / "README.md").write_text("# New\n")
        checkout.stage()
        checkout.push(checkout.commit("Change", AUTHOR), "patchferry/1", expected=None)


def test_no_process_shows_the_token_while_git_works(world: HttpWorld) -> None:
    for method, path in (("GET", REFS), ("POST", ".*")):
        world.github.slow_down(method, path, 0.1, times=None)

    with ProcessWatch(world.token, is_git) as watch:
        work(world)

    assert any("remote-http" in name for name in watch.seen)
    assert watch.leaks == set()


@pytest.mark.parametrize("form", range(4))
def test_the_watch_sees_a_leak_of_each_kind(form: int) -> None:
    secret = "ghp_a+secret/with=signs"
    shown = forms_of(secret)[form].decode()
    with ProcessWatch(secret, lambda arguments: b"sleep" in arguments) as watch:
        subprocess.run(["sleep", "0.2"], env={"PATH": os.environ["PATH"], "HEADER": f"Basic {shown}"}, check=True)
    with ProcessWatch(secret, lambda arguments: b"sleep" in arguments) as argument_watch:
        subprocess.run(["sh", "-c", "sleep 0.2; :", shown], check=True)
    assert watch.leaks
    assert argument_watch.leaks


def test_no_file_of_the_workspace_and_no_object_holds_the_token(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        (checkout.tree / "README.md").write_text("# New\n")
        checkout.stage()
        checkout.push(checkout.commit("Change", AUTHOR), "patchferry/1", expected=None)
        root = checkout.tree.parent
        contents = [path.read_bytes() for path in root.rglob("*") if path.is_file()]
        contents.append(objects(root / "git"))
    contents.append(objects(world.repository.store.path))
    assert b"# New\n" in contents[-2]
    assert not [form for form in forms_of(world.token) for content in contents if form in content]


def objects(git_dir: Path) -> bytes:
    """All objects of a repository, unpacked."""
    argv = ["git", f"--git-dir={git_dir}", "cat-file", "--batch", "--batch-all-objects"]
    return subprocess.run(argv, check=True, capture_output=True).stdout


def test_the_token_stands_in_a_private_file_only_while_git_talks_to_the_server(world: HttpWorld) -> None:
    modes: list[int] = []

    def look(_: object) -> None:
        (token,) = world.workspaces.glob("*/secrets-*/token")
        assert token.read_text() == f"{world.token}\n"
        modes.extend(stat.S_IMODE(path.stat().st_mode) for path in (token, token.parent, token.parent.parent))

    world.github.interrupt("GET", REFS, look)
    with world.git.checkout(world.url, BRANCH, Deadline(60)):
        assert list(world.workspaces.glob("*/secrets-*")) == []
    assert modes == [0o600, 0o700, 0o700]


def test_the_git_directory_is_private(world: HttpWorld) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        root = checkout.tree.parent
        assert {stat.S_IMODE(path.stat().st_mode) for path in (root, root / "git")} == {0o700}
        assert list((root / "home").iterdir()) == []
        assert not (root / "git" / "hooks").exists()


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_no_exception_holds_the_token(world: HttpWorld, status: int) -> None:
    world.github.fail("GET", REFS, status=status, body=world.token.encode(), times=None)
    world.github.fail("POST", ".*", status=status, body=world.token.encode(), times=None)

    with pytest.raises(PatchferryError) as raised:
        work(world)

    told = "".join(traceback.format_exception(raised.value))
    assert world.token not in told


# --- askpass


@pytest.fixture
def credentials(tmp_path: Path) -> Iterator[dict[str, str]]:
    with lend(tmp_path, "https://git.example.com:8443", lambda: "s3cret", None) as loan:
        yield {"PATH": os.environ["PATH"], **loan.variables}


def ask(prompt: str, variables: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run([ASKPASS, prompt], env=variables, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_askpass_answers_the_two_questions_about_our_server(credentials: dict[str, str]) -> None:
    assert ask("Username for 'https://git.example.com:8443': ", credentials) == (0, "x-access-token\n")
    assert ask("Password for 'https://x-access-token@git.example.com:8443': ", credentials) == (0, "s3cret\n")


@pytest.mark.parametrize(
    "prompt",
    [
        "Username for 'https://git.example.com': ",
        "Password for 'https://x-access-token@git.example.com': ",
        "Password for 'https://x-access-token@evil.example': ",
        "Password for 'http://x-access-token@git.example.com:8443': ",
        "Password for 'https://git.example.com:8443': ",
        "Password for 'https://somebody@git.example.com:8443': ",
        "Password for 'https://x-access-token@git.example.com:84430': ",
        "Password for 'https://x-access-token@git.example.com:8443.evil.example': ",
        "Password for 'https://x-access-token@git.example.com:8443/path': ",
        "Password for 'https://x-access-token@git-example.com:8443': ",
        " Password for 'https://x-access-token@git.example.com:8443': ",
        "Password: ",
        "Enter passphrase for key '/root/.ssh/id_rsa': ",
        "*",
        "",
    ],
)
def test_askpass_says_nothing_to_any_other_question(prompt: str, credentials: dict[str, str]) -> None:
    code, answer = ask(prompt, credentials)
    assert code != 0
    assert answer == ""


def test_a_token_file_that_is_gone_is_no_answer(credentials: dict[str, str]) -> None:
    Path(credentials["ASKPASS_TOKEN_FILE"]).unlink()
    code, answer = ask("Password for 'https://x-access-token@git.example.com:8443': ", credentials)
    assert code != 0
    assert answer == ""


def test_a_name_that_looks_like_a_pattern_is_text(tmp_path: Path) -> None:
    with lend(tmp_path, "https://*", lambda: "s3cret", None) as loan:
        variables = {"PATH": os.environ["PATH"], **loan.variables}
        assert ask("Password for 'https://x-access-token@evil.example': ", variables)[1] == ""


def test_what_was_lent_is_gone_afterwards_also_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lend(tmp_path, "https://a", lambda: "s3cret", "http://u:p@proxy"):
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


def test_a_token_source_that_fails_leaves_nothing(world: HttpWorld) -> None:
    def broken() -> str:
        raise ZeroDivisionError

    git = GitAdapter(world.workspaces, broken, world.github.url, allow_http=True)
    with pytest.raises(ZeroDivisionError), git.checkout(world.url, BRANCH, Deadline(60)):
        pass
    assert list(world.workspaces.iterdir()) == []
    assert world.github.requests == []
