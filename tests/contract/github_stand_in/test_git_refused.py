"""Pushes and clones that GitHub refuses, in the words that git shows."""

from __future__ import annotations

from pathlib import Path

from tests.contract.github_stand_in.conftest import Clone
from tests.fakes.github import GitHub, Repository


def test_a_push_without_a_token_is_refused(shop: Repository, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop)
    clone.commit("fix", "calc.py", "fixed\n")
    assert "could not read Username" in clone.push("fix").stderr
    assert "fix" not in shop.branches()


def test_a_push_by_somebody_who_may_only_read_is_refused(github: GitHub, shop: Repository, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop, github.token_for("mallory"))
    clone.commit("fix", "calc.py", "fixed\n")
    refused = clone.push("fix")
    assert "Permission to acme/shop.git denied to mallory." in refused.stderr
    assert "error: 403" in refused.stderr


def test_a_push_with_a_token_that_may_only_read_is_refused(github: GitHub, shop: Repository, tmp_path: Path) -> None:
    reader = github.fine_grained_token("alice", "acme/shop", contents="read")
    clone = Clone(tmp_path / "clone", shop, reader)
    clone.commit("fix", "calc.py", "fixed\n")
    assert "Write access to repository not granted." in clone.push("fix").stderr


def test_a_revoked_token_is_refused(github: GitHub, tmp_path: Path) -> None:
    secret = github.add_repository("acme/secret", {"a": "1"}, private=True)
    token = github.token_for("acme")
    github.revoke(token)
    assert "Invalid username or token" in Clone(tmp_path / "clone", secret, token).cloned.stderr


def test_a_private_repository_is_for_those_who_may(github: GitHub, tmp_path: Path) -> None:
    secret = github.add_repository("acme/secret", {"a": "1"}, private=True)
    assert Clone(tmp_path / "owner", secret, github.token_for("acme")).cloned.returncode == 0
    assert "Repository not found" in Clone(tmp_path / "other", secret, github.token_for("mallory")).cloned.stderr
    assert "could not read Username" in Clone(tmp_path / "nobody", secret).cloned.stderr


def test_a_lease_that_is_out_of_date_is_refused(shop: Repository, token: str, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop, token)
    shop.commit({"calc.py": "theirs\n"}, branch="fix")
    clone.commit("fix", "calc.py", "ours\n")
    refused = clone.push("--force-with-lease=fix:", "fix")
    assert "stale info" in refused.stderr
    assert shop.read_file("fix", "calc.py") == "theirs\n"


def test_a_protected_branch_refuses_in_githubs_words(shop: Repository, token: str, tmp_path: Path) -> None:
    shop.protect("main")
    clone = Clone(tmp_path / "clone", shop, token)
    clone.commit("main", "calc.py", "fixed\n")
    refused = clone.push("main").stderr
    assert "remote: error: GH006: Protected branch update failed for refs/heads/main." in refused
    assert "! [remote rejected] main -> main (protected branch hook declined)" in refused
    assert clone.push("main:other").returncode == 0


def test_a_ruleset_refuses_in_githubs_words_until_it_is_lifted(shop: Repository, token: str, tmp_path: Path) -> None:
    shop.rules.restrict("patchferry", "Cannot create ref due to creations being restricted.")
    clone = Clone(tmp_path / "clone", shop, token)
    clone.commit("patchferry/issue-1", "calc.py", "fixed\n")
    refused = clone.push("patchferry/issue-1").stderr
    assert "remote: error: GH013: Repository rule violations found for refs/heads/patchferry/issue-1." in refused
    assert "remote: - Cannot create ref due to creations being restricted." in refused
    assert "(push declined due to repository rule violations)" in refused
    shop.rules.lift()
    assert clone.push("patchferry/issue-1").returncode == 0


def test_an_archived_repository_takes_no_push(shop: Repository, token: str, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop, token)
    clone.commit("fix", "calc.py", "fixed\n")
    shop.archive()
    assert "This repository was archived so it is read-only." in clone.push("fix").stderr


def test_nobody_pushes_to_the_refs_of_pull_requests(shop: Repository, token: str, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", shop, token)
    clone.commit("fix", "calc.py", "fixed\n")
    assert "deny updating a hidden ref" in clone.push("fix:refs/pull/1/head").stderr
