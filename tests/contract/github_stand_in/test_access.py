"""Who may see and do what, by token, role and repository."""

from __future__ import annotations

import httpx
import pytest

from tests.contract.github_stand_in.conftest import client
from tests.fakes.github import GitHub, Repository

REPOSITORY = "/repos/acme/shop"


def test_the_token_says_who_asks(api: httpx.Client) -> None:
    answer = api.get("/user")
    assert answer.json()["login"] == "patchferry-bot"
    assert answer.headers["X-OAuth-Scopes"] == "repo"


def test_a_bad_token_is_a_bad_credential(github: GitHub, shop: Repository) -> None:
    with client(github, "ghp_wrong") as api:
        answer = api.get(shop.api_url)
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def test_an_installation_has_no_user(github: GitHub, shop: Repository) -> None:
    with client(github, github.installation_token("ferry", "acme/shop", issues="write")) as api:
        assert api.get("/user").status_code == 403
        shop.add_issue("Wrong sum")
        comment = api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"}).json()
    assert (comment["user"]["login"], comment["user"]["type"]) == ("ferry[bot]", "Bot")


def test_a_private_repository_does_not_exist_for_strangers(github: GitHub) -> None:
    github.add_repository("acme/secret", private=True)
    with client(github, github.token_for("mallory")) as stranger:
        assert stranger.get("/repos/acme/secret").status_code == 404
    with client(github, github.token_for("acme", scopes=("public_repo",))) as owner:
        assert owner.get("/repos/acme/secret").status_code == 404
    with client(github, github.token_for("acme")) as owner:
        assert owner.get("/repos/acme/secret").json()["permissions"]["admin"]


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        ("admin", "admin"),
        ("maintain", "write"),
        ("write", "write"),
        ("triage", "read"),
        ("read", "read"),
    ],
)
def test_a_role_has_a_legacy_permission(api: httpx.Client, shop: Repository, role: str, permission: str) -> None:
    shop.grant("mallory", role)
    answer = api.get(f"{REPOSITORY}/collaborators/mallory/permission").json()
    assert (answer["role_name"], answer["permission"]) == (role, permission)


def test_strangers_read_what_is_public_and_nothing_else(github: GitHub, api: httpx.Client) -> None:
    assert api.get(f"{REPOSITORY}/collaborators/mallory/permission").json()["permission"] == "read"
    secret = github.add_repository("acme/secret", private=True)
    secret.grant("patchferry-bot", "write")
    assert api.get("/repos/acme/secret/collaborators/mallory/permission").json()["permission"] == "none"


def test_somebody_who_does_not_exist_is_not_a_user(api: httpx.Client) -> None:
    answer = api.get(f"{REPOSITORY}/collaborators/nobody/permission")
    assert (answer.status_code, answer.json()["message"]) == (404, "nobody is not a user")


def test_permissions_are_not_shown_to_those_who_may_not_push(github: GitHub, shop: Repository) -> None:
    with client(github, github.token_for("mallory")) as api:
        answer = api.get(f"{shop.api_url}/collaborators/alice/permission")
    assert answer.status_code == 403
    assert answer.json()["message"] == "Must have push access to view collaborator permission."


def test_a_fine_grained_token_needs_the_permission(github: GitHub, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    reader = github.fine_grained_token("alice", "acme/shop", issues="read")
    with client(github, reader) as api:
        refused = api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"})
    assert (refused.status_code, issue.comments) == (403, [])
    assert refused.json()["message"] == "Resource not accessible by personal access token"
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "issues=write"


def test_a_classic_token_without_scope_writes_nothing(github: GitHub, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    with client(github, github.token_for("alice", scopes=())) as api:
        assert api.get(f"{REPOSITORY}/issues/1").status_code == 200
        assert api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"}).status_code == 404
    assert issue.comments == []


def test_strangers_comment_on_nothing_unsigned(github: GitHub, shop: Repository) -> None:
    shop.add_issue("Wrong sum")
    with client(github) as api:
        assert api.get(f"{REPOSITORY}/issues/1").status_code == 200
        assert api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"}).status_code == 401
        assert api.get("/rate_limit").json()["rate"]["limit"] == 60


def test_a_request_needs_a_user_agent(api: httpx.Client) -> None:
    del api.headers["User-Agent"]
    assert api.get(REPOSITORY).status_code == 403
