"""What a repository, or code that ran in its tree, may plant to reach the token or to run when git runs.

Each attack is first shown to work on a plain git, so that a test can't pass because the attack is a dud.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.git_worlds import BRANCH, HttpWorld, http_world
from tests.fakes.github import Blob
from tests.fakes.github.exchange import Answer, Request
from tests.fakes.github.transport import Listener
from worker.deadline import Deadline
from worker.errors import Reason, Refused
from worker.ports import Author

AUTHOR = Author("Patchferry", "patchferry@example.com")
ATTRIBUTES = "* filter=evil diff=evil merge=evil\n"


@dataclass(frozen=True)
class Trap:
    """`script` writes `marker` when it runs; `url` is a server that keeps the requests of whoever calls."""

    script: Path
    marker: Path
    url: str
    requests: list[Request]

    def sprung(self) -> bool:
        return self.marker.exists() or bool(self.requests)

    def reset(self) -> None:
        self.marker.unlink(missing_ok=True)
        self.requests.clear()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HttpWorld]:
    files = {"README.md": "# Shop\n", ".gitattributes": ATTRIBUTES}
    with http_world(tmp_path, files) as made:
        yield made


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    marker = tmp_path / "marker"
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\necho sprung >> '{marker}'\ncat >/dev/null 2>&1 </dev/null\nexit 0\n")
    script.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "pre-push", "reference-transaction", "post-checkout", "post-index-change", "commit-msg"):
        (hooks / name).symlink_to(script)
    requests: list[Request] = []

    def answer(request: Request) -> Answer:
        requests.append(request)
        return Answer(404, b"")

    listener = Listener(answer)
    listener.start()
    yield Trap(script, marker, listener.url, requests)
    listener.stop()


def url_instead_of(trap: Trap, world: HttpWorld) -> str:
    return f'[url "{trap.url}/"]\n\tinsteadOf = {world.github.url}/\n\tpushInsteadOf = {world.github.url}/\n'


def http_proxy(trap: Trap, _world: HttpWorld) -> str:
    return f"[http]\n\tproxy = {trap.url}\n"


def credential_helper(trap: Trap, _world: HttpWorld) -> str:
    return f"[credential]\n\thelper = {trap.script}\n"


def hooks_path(trap: Trap, _world: HttpWorld) -> str:
    return f"[core]\n\thooksPath = {trap.script.parent / 'hooks'}\n"


def fsmonitor(trap: Trap, _world: HttpWorld) -> str:
    return f"[core]\n\tfsmonitor = {trap.script}\n"


def filters(trap: Trap, _world: HttpWorld) -> str:
    return f'[filter "evil"]\n\tclean = {trap.script}\n\tsmudge = {trap.script}\n\tprocess = {trap.script}\n'


def external_diff(trap: Trap, _world: HttpWorld) -> str:
    return f'[diff]\n\texternal = {trap.script}\n[diff "evil"]\n\ttextconv = {trap.script}\n\tcommand = {trap.script}\n'


Attack = Callable[[Trap, HttpWorld], str]
ATTACKS: list[Attack] = [url_instead_of, http_proxy, credential_helper, hooks_path, fsmonitor, filters, external_diff]
attacks = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)


def plain_git(home: Path, cwd: Path, *arguments: str) -> None:
    """Git as a careless program runs it."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_TERMINAL_PROMPT": "0", "no_proxy": ""}
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=cwd, env=env, check=False, capture_output=True)


def plain_work(home: Path, tree: Path, url: str) -> None:
    """What a careless worker does in a tree with a git directory inside."""
    plain_git(home, tree, "add", "--all")
    plain_git(home, tree, "diff", "--cached")
    plain_git(home, tree, "commit", "-qm", "x")
    plain_git(home, tree, "push", url, "HEAD:refs/heads/plain")


def our_work(world: HttpWorld, plant: Callable[[Path], object]) -> None:
    """A task in which untrusted code does `plant` to the work tree before we stage, commit and push."""
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        plant(checkout.tree)
        (checkout.tree / "README.md").write_text("# New\n")
        checkout.count_words(["Shop"])
        checkout.stage()
        checkout.push(checkout.commit("Change", AUTHOR), "patchferry/1", expected=None)


@attacks
def test_settings_planted_in_a_home_do_nothing(
    attack: Attack, trap: Trap, world: HttpWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "evil-home"
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".gitconfig").write_text(attack(trap, world))
    (home / ".config" / "git" / "config").write_text(attack(trap, world))

    tree = repository_with(tmp_path, "")
    plain_work(home, tree, world.url)
    assert trap.sprung()
    trap.reset()

    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    our_work(world, lambda tree: (tree.parent / "home" / ".gitconfig").write_text(attack(trap, world)))

    assert not trap.sprung()
    assert "patchferry/1" in world.branches()


@attacks
def test_settings_planted_in_the_tree_are_refused_and_do_nothing(
    attack: Attack, trap: Trap, world: HttpWorld, tmp_path: Path
) -> None:
    tree = repository_with(tmp_path, attack(trap, world))
    plain_work(tmp_path / "no-home", tree, world.url)
    assert trap.sprung()
    trap.reset()

    def plant(tree: Path) -> None:
        plain_git(tmp_path / "no-home", tree, "init", "-q")
        with (tree / ".git" / "config").open("a") as config:
            config.write(attack(trap, world))
        trap.reset()

    with pytest.raises(Refused) as refused:
        our_work(world, plant)

    assert refused.value.reason is Reason.FORBIDDEN_PATH
    assert not trap.sprung()
    assert list(world.branches()) == [BRANCH]


def repository_with(folder: Path, config: str) -> Path:
    """A repository with one change to commit, and `config` among its settings."""
    tree = folder / "plain"
    tree.mkdir()
    plain_git(folder / "no-home", tree, "init", "-q")
    (tree / ".gitattributes").write_text(ATTRIBUTES)
    (tree / "README.md").write_text("# Shop\n")
    plain_git(folder / "no-home", tree, "add", "--all")
    plain_git(folder / "no-home", tree, "commit", "-qm", "first")
    (tree / "README.md").write_text("# New\n")
    with (tree / ".git" / "config").open("a") as file:
        file.write(config)
    return tree


@attacks
def test_settings_planted_in_a_submodule_of_the_repository_do_nothing(
    attack: Attack, trap: Trap, world: HttpWorld, tmp_path: Path
) -> None:
    world.commit(BRANCH, {"sub": Blob(b"1" * 40, "160000")})
    inner = repository_with(tmp_path, attack(trap, world))

    with pytest.raises(Refused) as refused:
        our_work(world, lambda tree: inner.rename(tree / "sub"))

    assert refused.value.reason is Reason.FORBIDDEN_PATH
    assert not trap.sprung()


def test_a_bare_repository_among_the_files_runs_nothing(trap: Trap, world: HttpWorld, tmp_path: Path) -> None:
    bare = {
        "bare/HEAD": "ref: refs/heads/main\n",
        "bare/config": f"[core]\n\trepositoryformatversion = 0\n\tfsmonitor = {trap.script}\n\tworktree = .\n",
        "bare/objects/x": "x\n",
        "bare/refs/heads/x": "x\n",
        "bare/README.md": "# Bare\n",
    }
    copy = tmp_path / "copy"
    for path, text in bare.items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text)
    plain_git(tmp_path / "no-home", copy / "bare", "status")
    assert trap.sprung()
    trap.reset()

    world.commit(BRANCH, bare)
    our_work(world, lambda tree: (tree / "bare" / "README.md").write_text("# Changed\n"))

    assert not trap.sprung()
    assert world.read("patchferry/1", "bare/README.md") == b"# Changed\n"


def test_a_tree_that_looks_like_a_git_directory_runs_nothing(trap: Trap, world: HttpWorld) -> None:
    def plant(tree: Path) -> None:
        plain_git(tree, tree, "init", "-q", "--bare", ".")
        with (tree / "config").open("a") as config:
            config.write(fsmonitor(trap, world) + filters(trap, world))
        for hook in ("pre-push", "reference-transaction", "post-index-change"):
            (tree / "hooks" / hook).symlink_to(trap.script)
        trap.reset()

    our_work(world, plant)

    assert not trap.sprung()


def test_a_git_file_that_points_elsewhere_is_refused(trap: Trap, world: HttpWorld, tmp_path: Path) -> None:
    elsewhere = repository_with(tmp_path, fsmonitor(trap, world)) / ".git"
    trap.reset()

    with pytest.raises(Refused) as refused:
        our_work(world, lambda tree: (tree / ".git").write_text(f"gitdir: {elsewhere}\n"))

    assert refused.value.reason is Reason.FORBIDDEN_PATH
    assert not trap.sprung()


def test_settings_that_reached_our_own_git_directory_still_run_nothing(trap: Trap, world: HttpWorld) -> None:
    def plant(tree: Path) -> None:
        git_dir = tree.parent / "git"
        with (git_dir / "config").open("a") as config:
            for attack in (http_proxy, credential_helper, hooks_path, fsmonitor, filters, external_diff):
                config.write(attack(trap, world))
        (git_dir / "hooks").mkdir()
        (git_dir / "hooks" / "pre-push").symlink_to(trap.script)

    our_work(world, plant)

    assert not trap.sprung()
    assert "patchferry/1" in world.branches()


def test_a_server_that_redirects_does_not_see_the_token_elsewhere(trap: Trap, world: HttpWorld) -> None:
    location = {"Location": f"{trap.url}/acme/shop.git/info/refs?service=git-upload-pack"}
    world.github.fail("GET", ".*/info/refs", status=301, headers=location, times=None)

    with pytest.raises(Refused) as refused:
        our_work(world, lambda _tree: None)

    assert refused.value.reason is Reason.REPOSITORY
    assert not trap.sprung()


def test_variables_of_the_worker_do_not_reach_git(
    trap: Trap, world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_ASKPASS", "SSH_ASKPASS", "GIT_EXTERNAL_DIFF", "GIT_SSH", "GIT_PROXY_COMMAND", "GIT_EDITOR"):
        monkeypatch.setenv(name, str(trap.script))
    monkeypatch.setenv("http_proxy", trap.url)
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_TRACE", str(trap.marker))

    our_work(world, lambda _tree: None)

    assert not trap.sprung()
