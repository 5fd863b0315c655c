"""What the locks promise: hashed, without addresses, Aider pinned, no known vulnerable version, a slim gateway."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements"
LOCKS = sorted(path.name for path in REQUIREMENTS.glob("*.lock"))
# In parts: a file that spelled them would be found by the search below.
REGISTRY_HOSTS = tuple(
    ".".join(parts).encode()
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
    )
)


def entries(lock: str) -> dict[str, tuple[Requirement, list[str]]]:
    """What a lock says: name -> requirement and hashes."""
    text = (REQUIREMENTS / lock).read_text().replace("\\\n", " ")
    found: dict[str, tuple[Requirement, list[str]]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        parsed = Requirement(requirement)
        found[canonicalize_name(parsed.name)] = (parsed, hashes)
    return found


def asked_for(extras: list[str], groups: Sequence[str] = ()) -> list[Requirement]:
    """What pyproject.toml asks for."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = list(declared["project"]["dependencies"])
    for extra in extras:
        asked += declared["project"]["optional-dependencies"][extra]
    for group in groups:
        asked += declared["dependency-groups"][group]
    return [Requirement(line) for line in asked]


def needed_by(requirement: Requirement) -> list[Requirement]:
    """What the installed distribution needs on this machine, with the extras that were asked for."""
    chosen = [{"extra": extra} for extra in requirement.extras or {""}]
    needed = map(Requirement, distribution(requirement.name).requires or ())
    return [one for one in needed if one.marker is None or any(map(one.marker.evaluate, chosen))]


def version(lock: str, name: str) -> str:
    return str(entries(lock)[canonicalize_name(name)][0].specifier)


def test_the_locks_are_the_known_ones() -> None:
    assert LOCKS == ["dev.lock", "gateway.lock", "uv.lock", "worker.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_one_version_with_its_hashes(lock: str) -> None:
    for name, (requirement, hashes) in entries(lock).items():
        assert re.fullmatch(r"==[\w.+!]+", str(requirement.specifier)), name
        assert requirement.url is None, name
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), name


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_holds_an_address_or_an_option(lock: str) -> None:
    text = (REQUIREMENTS / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


@pytest.mark.parametrize("lock", ["dev.lock", "worker.lock"])
def test_aider_is_the_one_that_we_know(lock: str) -> None:
    assert version(lock, "aider-chat") == "==0.86.2"


@pytest.mark.parametrize("lock", ["dev.lock", "worker.lock", "gateway.lock"])
def test_the_overrides_are_in_force(lock: str) -> None:
    overrides = [
        Requirement(line) for line in (REQUIREMENTS / "overrides.txt").read_text().splitlines() if line[0] != "#"
    ]
    held = [one for one in overrides if canonicalize_name(one.name) in entries(lock)]
    assert {one.name: version(lock, one.name) for one in held} == {one.name: str(one.specifier) for one in held}
    assert held
    if lock != "gateway.lock":
        assert held == overrides


def test_the_gateway_carries_no_coding_model() -> None:
    held = entries("gateway.lock").keys()
    assert not held & {"aider-chat", "litellm", "numpy", "scipy", "openai", "tiktoken", "tree-sitter", "gitpython"}
    assert {"fastapi", "uvicorn", "faststream", "aio-pika"} <= held


@pytest.mark.parametrize("extra", ["worker", "gateway"])
def test_a_lock_is_complete_and_needs_nothing_that_is_not_in_it(extra: str) -> None:
    walked: set[tuple[str, frozenset[str]]] = set()
    waiting = asked_for([extra])
    while waiting:
        one = waiting.pop()
        step = (canonicalize_name(one.name), frozenset(one.extras))
        if step not in walked:
            walked.add(step)
            waiting += needed_by(one)
    assert {name for name, _ in walked} <= entries(f"{extra}.lock").keys()


@pytest.mark.parametrize("lock", ["worker.lock", "gateway.lock"])
def test_what_is_deployed_is_what_was_tested(lock: str) -> None:
    tested = entries("dev.lock")
    assert {name: str(one.specifier) for name, (one, _) in entries(lock).items()} == {
        name: str(tested[name][0].specifier) for name in entries(lock)
    }


@pytest.mark.parametrize(
    ("lock", "extras", "groups"),
    [("dev.lock", ["worker", "gateway"], ["dev"]), ("worker.lock", ["worker"], []), ("gateway.lock", ["gateway"], [])],
)
def test_a_lock_holds_what_the_project_asks_for(lock: str, extras: list[str], groups: list[str]) -> None:
    for wanted in asked_for(extras, groups):
        locked, _ = entries(lock)[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(str(locked.specifier).removeprefix("==")), wanted


def test_no_tracked_file_names_the_host_of_a_registry() -> None:
    git = shutil.which("git")
    assert git is not None
    tracked = subprocess.run(
        [git, "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    files = [ROOT / path for path in tracked.split("\0") if path and (ROOT / path).is_file()]
    assert [file.name for file in files if any(host in file.read_bytes() for host in REGISTRY_HOSTS)] == []
