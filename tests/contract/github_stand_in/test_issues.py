"""Issues, comments, reactions, permissions, and the ways in which GitHub says no."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.contract.github_stand_in.conftest import client
from tests.fakes.github import GitHub, Repository

REPOSITORY = "/repos/acme/shop"


def test_a_comment_is_written_and_edited(api: httpx.Client, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum", "1 + 1 = 0", "alice", labels=["patchferry"])
    created = api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "working"}).json()
    assert created["html_url"] == f"{issue.url}#issuecomment-{created['id']}"
    edited = api.patch(f"{REPOSITORY}/issues/comments/{created['id']}", json={"body": "done"})
    assert edited.json()["body"] == "done"
    assert [(one.author.login, one.body) for one in issue.comments] == [("patchferry-bot", "done")]


def test_only_its_author_and_writers_edit_a_comment(github: GitHub, shop: Repository) -> None:
    comment = shop.add_issue("Wrong sum").comment("alice", "hello")
    with client(github, github.token_for("mallory")) as api:
        assert api.patch(f"{REPOSITORY}/issues/comments/{comment.id}", json={"body": "x"}).status_code == 403
    assert comment.body == "hello"


def test_comments_come_in_pages(api: httpx.Client, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    for number in range(35):
        issue.comment("alice", str(number))
    texts: list[str] = []
    address: str | None = f"{REPOSITORY}/issues/1/comments?per_page=10"
    while address:
        answer = api.get(address)
        texts.extend(one["body"] for one in answer.json())
        address = answer.links.get("next", {}).get("url")
    assert texts == [str(number) for number in range(35)]
    assert len(api.get(f"{REPOSITORY}/issues/1/comments").json()) == 30


def test_a_reaction_is_given_once(api: httpx.Client, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    statuses = [api.post(f"{REPOSITORY}/issues/1/reactions", json={"content": "eyes"}).status_code for _ in range(2)]
    assert statuses == [201, 200]
    assert [(one.user.login, one.content) for one in issue.reactions] == [("patchferry-bot", "eyes")]
    assert api.get(f"{REPOSITORY}/issues/1").json()["reactions"]["eyes"] == 1
    assert [one["content"] for one in api.get(f"{REPOSITORY}/issues/1/reactions").json()] == ["eyes"]


def test_a_locked_issue_takes_comments_of_collaborators_only(
    github: GitHub, api: httpx.Client, shop: Repository
) -> None:
    issue = shop.add_issue("Wrong sum")
    issue.lock()
    assert api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"}).status_code == 201
    with client(github, github.token_for("mallory")) as stranger:
        refused = stranger.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"})
    assert refused.status_code == 403
    assert "locked" in refused.json()["message"]
    assert len(issue.comments) == 1


def test_a_closed_issue_still_takes_comments(api: httpx.Client, shop: Repository) -> None:
    shop.add_issue("Wrong sum").close()
    assert api.get(f"{REPOSITORY}/issues/1").json()["state"] == "closed"
    assert api.post(f"{REPOSITORY}/issues/1/comments", json={"body": "hello"}).status_code == 201


def test_a_comment_without_text_or_with_too_much_is_refused(api: httpx.Client, shop: Repository) -> None:
    issue = shop.add_issue("Wrong sum")
    for text in ("", "x" * 65_537):
        refused = api.post(f"{REPOSITORY}/issues/1/comments", json={"body": text})
        assert (refused.status_code, refused.json()["message"]) == (422, "Validation Failed")
    assert issue.comments == []


def test_issues_are_listed_by_state_and_label(api: httpx.Client, shop: Repository) -> None:
    shop.add_issue("one", labels=["patchferry"])
    shop.add_issue("two").close()
    listed = {
        query: [one["number"] for one in api.get(f"{REPOSITORY}/issues?{query}").json()]
        for query in ("state=open", "state=closed", "state=all", "labels=patchferry&state=all")
    }
    assert list(listed.values()) == [[1], [2], [2, 1], [1]]
    assert [one["name"] for one in api.get(f"{REPOSITORY}/issues/1/labels").json()] == ["patchferry"]


def test_twenty_who_comment_at_once_leave_twenty_comments(github: GitHub, shop: Repository, token: str) -> None:
    issue = shop.add_issue("Wrong sum")

    def post(number: int) -> int:
        with client(github, token) as api:
            return api.post(f"{REPOSITORY}/issues/1/comments", json={"body": str(number)}).status_code

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(post, range(20))) == [201] * 20
    assert sorted(int(one.body) for one in issue.comments) == list(range(20))
    assert len({one.id for one in issue.comments}) == 20
