"""What is renamed, transferred, archived or deleted, and what GitHub answers then."""

from __future__ import annotations

import httpx

from tests.fakes.github import GitHub, Repository

REPOSITORY = "/repos/acme/shop"


def test_a_deleted_issue_is_gone(api: httpx.Client, shop: Repository) -> None:
    shop.add_issue("Wrong sum").delete()
    assert api.get(f"{REPOSITORY}/issues/1").status_code == 410
    assert api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"}).status_code == 410
    assert api.get(f"{REPOSITORY}/issues/2").status_code == 404


def test_a_deleted_account_leaves_its_words(github: GitHub, api: httpx.Client, shop: Repository) -> None:
    shop.add_issue("Wrong sum", author="mallory").comment("mallory", "hello")
    github.delete_user("mallory")
    assert api.get(f"{REPOSITORY}/issues/1").json()["user"] is None
    assert api.get(f"{REPOSITORY}/issues/1/comments").json()[0]["user"] is None
    assert api.get(f"{REPOSITORY}/collaborators/mallory/permission").status_code == 404


def test_a_renamed_repository_redirects_reads_and_writes(api: httpx.Client, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    shop.rename("acme/store")
    read = api.get(f"{REPOSITORY}/issues/1?")
    assert (read.status_code, read.headers["Location"].partition("/repositories/")[2]) == (301, f"{shop.id}/issues/1")
    write = api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"})
    assert (write.status_code, issue.comments) == (307, [])
    followed = api.post(write.headers["Location"], json={"body": "hello"})
    assert (followed.status_code, len(issue.comments)) == (201, 1)
    assert api.get(read.headers["Location"]).json()["repository_url"] == shop.api_url


def test_a_transferred_issue_redirects(github: GitHub, api: httpx.Client, shop: Repository) -> None:
    elsewhere = github.add_repository("acme/store")
    shop.add_issue("Wrong sum").transfer(elsewhere)
    moved = api.get(f"{REPOSITORY}/issues/1")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{elsewhere.api_url}/issues/1")


def test_an_archived_repository_is_read_only(api: httpx.Client, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    shop.archive()
    assert api.get(REPOSITORY).json()["archived"] is True
    refused = api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"})
    assert (refused.status_code, issue.comments) == (403, [])


def test_a_deleted_repository_is_not_there(api: httpx.Client, shop: Repository) -> None:
    shop.delete()
    assert api.get(REPOSITORY).status_code == 404


def test_a_repository_without_issues_has_none(api: httpx.Client, shop: Repository) -> None:
    shop.add_issue("Wrong sum")
    shop.has_issues = False
    assert api.get(f"{REPOSITORY}/issues/1").status_code == 410
