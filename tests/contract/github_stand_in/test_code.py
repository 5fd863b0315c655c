"""Commits, refs, comparisons and files, read over the API."""

from __future__ import annotations

import github as pygithub
import httpx
import pytest

from tests.fakes.github import GitHub, Repository


def test_commits_say_what_they_changed(hub: pygithub.Github, shop: Repository) -> None:
    shop.commit({"old.txt": "a\nb\nc\n", "bin": b"\0\1"})
    sha = shop.commit({"old.txt": None, "new.txt": "a\nb\nc\n", "ümläut é.txt": "x\n", "bin": b"\0\2"})
    commit = hub.get_repo("acme/shop").get_commit(sha)
    changes = {one.filename: (one.status, one.additions, one.previous_filename) for one in commit.files}
    assert changes == {
        "bin": ("modified", 0, None),
        "new.txt": ("renamed", 0, "old.txt"),
        "ümläut é.txt": ("added", 1, None),
    }
    assert (commit.stats.additions, commit.stats.deletions, len(commit.parents)) == (1, 0, 1)


def test_a_commit_that_does_not_exist_is_refused(api: httpx.Client) -> None:
    answer = api.get(f"/repos/acme/shop/commits/{'0' * 40}")
    assert (answer.status_code, answer.json()["message"]) == (422, f"No commit found for SHA: {'0' * 40}")


def test_an_empty_repository_has_no_refs(github: GitHub, api: httpx.Client) -> None:
    empty = github.add_repository("acme/empty")
    assert api.get(f"{empty.api_url}/git/matching-refs/heads/fix").status_code == 409
    assert api.get("/repos/acme/shop/git/matching-refs/heads/fix").json() == []
    assert api.get("/repos/acme/shop/git/ref/heads/fix").status_code == 404


def test_branches_are_compared(hub: pygithub.Github, shop: Repository, fix: str) -> None:
    shop.commit({"README.md": "# Store\n"})
    comparison = hub.get_repo("acme/shop").compare("main", "fix")
    assert (comparison.status, comparison.ahead_by, comparison.behind_by) == ("diverged", 1, 1)
    assert [one.filename for one in comparison.files] == ["calc.py", "test_calc.py"]
    assert [one.sha for one in comparison.commits] == [fix]


def test_files_and_folders_are_read(hub: pygithub.Github, shop: Repository) -> None:
    shop.commit({".github/PULL_REQUEST_TEMPLATE/a.md": "A", ".github/PULL_REQUEST_TEMPLATE/b.md": "B"})
    repository = hub.get_repo("acme/shop")
    readme, folder = repository.get_contents("README.md"), repository.get_contents(".github/PULL_REQUEST_TEMPLATE")
    assert not isinstance(readme, list)
    assert readme.decoded_content == b"# Shop\n"
    assert isinstance(folder, list)
    assert [one.path.rpartition("/")[2] for one in folder] == ["a.md", "b.md"]
    root = repository.get_contents("")
    assert isinstance(root, list)
    assert [(one.path, one.type) for one in root] == [(".github", "dir"), ("README.md", "file"), ("calc.py", "file")]
    with pytest.raises(pygithub.UnknownObjectException):
        repository.get_contents("nowhere.md")
