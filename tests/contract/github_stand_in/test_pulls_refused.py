"""Pull requests that GitHub does not open, in its words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.github_stand_in.conftest import client, opened
from tests.fakes.github import GitHub, Repository


def refusal(answer: httpx.Response) -> tuple[int, Any]:
    """The status, and the error's own message or field, else the message of all."""
    body = answer.json()
    error = body.get("errors", [{}])[0]
    return answer.status_code, error.get("message") or error.get("field") or body["message"]


def test_a_second_one_for_the_same_branch_is_refused(api: httpx.Client, shop: Repository, fix: str) -> None:
    assert opened(api).json()["head"]["sha"] == fix
    assert refusal(opened(api)) == (422, "A pull request already exists for acme:fix.")
    shop.pull_requests[0].close()
    assert opened(api).status_code == 201


def test_one_without_commits_is_refused(api: httpx.Client, shop: Repository) -> None:
    shop.store.git("branch", "fix", "main")
    assert refusal(opened(api)) == (422, "No commits between main and fix")


@pytest.mark.parametrize("field", ["head", "base"])
def test_one_between_branches_that_do_not_exist_is_refused(api: httpx.Client, fix: str, field: str) -> None:
    assert fix
    assert refusal(opened(api, **{field: "nowhere"})) == (422, field)


def test_a_draft_is_refused_where_the_plan_has_none(github: GitHub, api: httpx.Client) -> None:
    plain = github.add_repository("acme/plain", {"a": "1"}, private=True, allow_drafts=False)
    plain.grant("patchferry-bot", "write")
    plain.commit({"a": "2"}, branch="fix")
    request = {"title": "Fix", "head": "fix", "base": "main"}
    refused = api.post(f"{plain.api_url}/pulls", json={**request, "draft": True})
    assert refusal(refused) == (422, "Draft pull requests are not supported in this repository.")
    assert api.post(f"{plain.api_url}/pulls", json=request).json()["draft"] is False


def test_a_title_that_is_too_long_is_refused(api: httpx.Client, fix: str) -> None:
    assert fix
    assert refusal(opened(api, title="x" * 257)) == (422, "title is too long (maximum is 256 characters)")


def test_somebody_who_may_not_push_opens_none_from_here(github: GitHub, shop: Repository, fix: str) -> None:
    with client(github, github.token_for("mallory")) as api:
        assert refusal(opened(api)) == (422, "must be a collaborator")
    assert (shop.pull_requests, shop.branches()["fix"]) == ([], fix)
