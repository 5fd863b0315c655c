"""Git over HTTP, with git itself as the client."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.contract.github_stand_in.conftest import Clone
from tests.fakes.github import Blob, GitHub, Repository


def test_anybody_clones_a_public_repository(shop: Repository, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop)
    assert (clone.folder / "README.md").read_text() == "# Shop\n"


def test_a_push_with_a_token_arrives(shop: Repository, token: str, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop, token)
    sha = clone.commit("fix", "calc.py", "fixed\n")
    pushed = clone.push("fix")
    assert pushed.returncode == 0, pushed.stderr
    assert shop.branches()["fix"] == sha
    assert shop.read_file("fix", "calc.py") == "fixed\n"
    assert shop.log("fix")[0].message == "Change calc.py"


def test_a_shallow_clone_of_one_branch_has_one_commit(shop: Repository, tmp_path: Path) -> None:
    shop.commit({"calc.py": "fixed\n"})
    clone = Clone(tmp_path / "clone", shop, None, "--depth=1", "--single-branch", "--branch=main")
    assert clone.git("rev-list", "--count", "HEAD").stdout.strip() == "1"


def test_the_default_branch_is_what_the_repository_says(github: GitHub, tmp_path: Path) -> None:
    trunk = github.add_repository("acme/old", {"a": "1"}, default_branch="trunk")
    clone = Clone(tmp_path / "clone", trunk)
    assert clone.git("branch", "--show-current").stdout.strip() == "trunk"


def test_files_keep_their_modes(shop: Repository, tmp_path: Path) -> None:
    submodule = shop.branches()["main"].encode()
    shop.commit({"link": Blob(b"calc.py", "120000"), "run": Blob(b"#!", "100755"), "sub": Blob(submodule, "160000")})
    clone = Clone(tmp_path / "clone", shop)
    modes = {line.split("\t")[1]: line[:6] for line in clone.git("ls-tree", "HEAD").stdout.splitlines()}
    assert modes == {"README.md": "100644", "calc.py": "100644", "link": "120000", "run": "100755", "sub": "160000"}


def test_a_large_push_arrives_in_chunks(shop: Repository, token: str, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop, token)
    clone.git("config", "http.postBuffer", "1")
    noise = base64.b64encode(bytes(range(256)) * 4000).decode()[::-1]
    clone.commit("big", "noise.txt", noise)
    pushed = clone.push("big")
    assert pushed.returncode == 0, pushed.stderr
    assert shop.read_file("big", "noise.txt") == noise


def test_of_ten_who_create_a_branch_at_once_one_wins(shop: Repository, token: str, tmp_path: Path) -> None:
    def prepare(number: int) -> Clone:
        clone = Clone(tmp_path / str(number), shop, token)
        clone.commit("fix", "calc.py", f"fixed by {number}\n")
        return clone

    clones = [prepare(number) for number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        pushes = list(pool.map(lambda one: one.push("--force-with-lease=fix:", "fix:refs/heads/fix"), clones))
    winners = [clone for clone, push in zip(clones, pushes, strict=True) if push.returncode == 0]
    assert len(winners) == 1
    assert shop.branches()["fix"] == winners[0].git("rev-parse", "HEAD").stdout.strip()


def test_a_renamed_repository_redirects_git(shop: Repository, token: str, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop, token)
    shop.rename("acme/store")
    fetched = clone.git("fetch", clone.address)
    assert fetched.returncode == 0
    assert "redirecting to" in fetched.stderr
    assert clone.git("-c", "http.followRedirects=false", "fetch", clone.address).returncode != 0


def test_git_meets_planned_failures(github: GitHub, shop: Repository, token: str, tmp_path: Path) -> None:
    refs = github.fail("GET", r"/acme/shop\.git/info/refs\?service=git-receive-pack", status=503)
    pack = github.fail("POST", r"/acme/shop\.git/git-receive-pack", status=502, after_effect=True)
    clone = Clone(tmp_path / "clone", shop, token)
    sha = clone.commit("fix", "calc.py", "fixed\n")
    assert "503" in clone.push("fix").stderr
    assert "fix" not in shop.branches()
    assert "502" in clone.push("fix").stderr
    assert shop.branches()["fix"] == sha
    assert (refs.met, pack.met) == (1, 1)


def test_a_push_counts_as_a_write_and_a_fetch_does_not(
    github: GitHub, shop: Repository, token: str, tmp_path: Path
) -> None:
    clone = Clone(tmp_path / "clone", shop, token)
    assert github.writes() == []
    clone.commit("fix", "calc.py", "fixed\n")
    clone.push("fix")
    assert [one.path for one in github.writes()] == ["/acme/shop.git/git-receive-pack"]


def test_the_api_and_git_see_the_same_branch(shop: Repository, token: str, api: httpx.Client, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop, token)
    sha = clone.commit("fix/one", "calc.py", "fixed\n")
    clone.push("fix/one")
    found = api.get("/repos/acme/shop/git/matching-refs/heads/fix/").json()
    assert [(one["ref"], one["object"]["sha"]) for one in found] == [("refs/heads/fix/one", sha)]
    assert api.get("/repos/acme/shop/branches/fix/one").json()["commit"]["sha"] == sha
