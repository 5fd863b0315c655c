"""Pull requests, computed from git; PyGithub is the client where a real one says more."""

from __future__ import annotations

import github as pygithub
import httpx
import pytest

from tests.contract.github_stand_in.conftest import FIX, PULLS, client, opened
from tests.fakes.github import GitHub, Repository


def test_a_pull_request_lives_from_the_branch_to_the_merge(hub: pygithub.Github, shop: Repository, fix: str) -> None:
    repository = hub.get_repo("acme/shop")
    issue = shop.add_issue("Wrong sum")
    pull = repository.create_pull("main", "fix", title="Fix", body=f"Fixes #{issue.number}", draft=True)
    assert (pull.number, pull.draft, pull.head.sha, pull.mergeable_state) == (2, True, fix, "draft")
    assert (pull.commits, pull.additions, pull.deletions, pull.changed_files) == (1, 2, 1, 2)
    assert [(one.filename, one.status) for one in pull.get_files()] == [
        ("calc.py", "modified"),
        ("test_calc.py", "added"),
    ]
    assert [one.commit.message.splitlines()[-1] for one in pull.get_commits()] == ["Patchferry-Task: 0123456789abcdef"]
    pull.edit(body="Fixes #1, thanks")
    pull.create_issue_comment("done")
    [ours] = shop.pull_requests
    assert (ours.body, [one.body for one in ours.comments]) == ("Fixes #1, thanks", ["done"])
    ours.merge()
    assert repository.get_pull(2).merged
    assert shop.read_file("main", "calc.py") == FIX["calc.py"]


def test_a_pull_request_is_an_issue_too(api: httpx.Client, shop: Repository, fix: str) -> None:
    pull = shop.add_pull_request("Fix", head="fix")
    issue = api.get(f"/repos/acme/shop/issues/{pull.number}").json()
    assert issue["pull_request"]["html_url"] == pull.url
    assert shop.add_issue("Next").number == pull.number + 1
    assert api.get(f"{PULLS}/{pull.number + 1}").status_code == 404
    assert fix == pull.head_sha


def test_it_follows_its_branch(api: httpx.Client, shop: Repository, fix: str) -> None:
    pull = shop.add_pull_request("Fix", head="fix")
    later = shop.commit({"calc.py": "better\n"}, branch="fix")
    assert later != fix
    answer = api.get(f"{PULLS}/{pull.number}").json()
    assert (answer["head"]["sha"], answer["commits"]) == (later, 2)
    assert shop.store.refs("refs/pull/1/")["refs/pull/1/head"] == later


def test_it_closes_when_its_branch_is_deleted(api: httpx.Client, shop: Repository, fix: str) -> None:
    pull = shop.add_pull_request("Fix", head="fix")
    shop.delete_branch("fix")
    answer = api.get(f"{PULLS}/{pull.number}").json()
    assert (answer["state"], answer["merged"], answer["head"]["sha"]) == ("closed", False, fix)


def test_it_is_merged_when_its_head_reaches_the_base(api: httpx.Client, shop: Repository, fix: str) -> None:
    pull = shop.add_pull_request("Fix", head="fix")
    shop.store.git("update-ref", "refs/heads/main", fix)
    assert api.get(f"{PULLS}/{pull.number}").json()["merged"] is True


def test_one_that_is_behind_is_merged_with_what_came_meanwhile(api: httpx.Client, shop: Repository, fix: str) -> None:
    shop.commit({"README.md": "# Store\n"})
    pull = shop.add_pull_request("Fix", head="fix")
    assert api.get(f"{PULLS}/1").json()["mergeable"] is True
    pull.merge()
    assert (shop.read_file("main", "README.md"), shop.read_file("main", "calc.py")) == ("# Store\n", FIX["calc.py"])
    newest = shop.log("main")[0]
    assert newest.message == "Merge pull request #1 from acme/fix"
    assert newest.parents[1] == fix


def test_a_conflict_is_not_mergeable(api: httpx.Client, shop: Repository, fix: str) -> None:
    shop.commit({"calc.py": "theirs\n"})
    answer = opened(api).json()
    assert (answer["mergeable"], answer["mergeable_state"], answer["head"]["sha"]) == (False, "dirty", fix)
    with pytest.raises(ValueError, match="has conflicts"):
        shop.pull_requests[0].merge()


def test_one_may_come_from_a_fork(github: GitHub, api: httpx.Client, shop: Repository) -> None:
    fork = shop.fork("mallory")
    head = fork.commit(FIX, branch="fix")
    with client(github, github.token_for("mallory")) as theirs:
        created = opened(theirs, head="mallory:fix").json()
        assert theirs.get(fork.api_url).json()["parent"]["full_name"] == "acme/shop"
    assert (created["head"]["repo"]["full_name"], created["changed_files"]) == ("mallory/shop", 2)
    fork.delete()
    left = api.get(f"{PULLS}/1").json()
    assert (left["head"]["repo"], left["head"]["sha"], left["state"]) == (None, head, "closed")


def test_they_are_listed_by_head_base_and_state(api: httpx.Client, shop: Repository, fix: str) -> None:
    shop.commit(FIX, branch="other")
    shop.add_pull_request("Fix", head="fix").close()
    shop.add_pull_request("Other", head="other")
    expected = {
        "head=acme:fix&state=all": [1],
        "head=acme:fix": [],
        "head=fix&state=all": [2, 1],  # GitHub takes no notice of a head without an owner
        "base=main&state=closed": [1],
        "base=other&state=all": [],
        "state=all&direction=asc": [1, 2],
    }
    listed = {query: [one["number"] for one in api.get(f"{PULLS}?{query}").json()] for query in expected}
    assert listed == expected
    assert fix


def test_it_is_closed_and_reopened_by_an_edit(api: httpx.Client, shop: Repository, fix: str) -> None:
    pull = shop.add_pull_request("Fix", head="fix")
    states = [api.patch(f"{PULLS}/1", json={"state": state}).json()["state"] for state in ("closed", "open")]
    assert (states, pull.head_sha) == (["closed", "open"], fix)


def test_reviews_and_threads_are_read_and_answered(api: httpx.Client, shop: Repository, fix: str) -> None:
    pull = shop.add_pull_request("Fix", head="fix")
    review = pull.review("alice", "Nearly", "CHANGES_REQUESTED")
    first = pull.review_comment("alice", "Why?", path="calc.py", line=2, review=review)
    reply = api.post(f"{PULLS}/1/comments/{first.id}/replies", json={"body": "Because"}).json()
    assert (reply["in_reply_to_id"], reply["path"], reply["commit_id"]) == (first.id, "calc.py", fix)
    assert [one["body"] for one in api.get(f"{PULLS}/1/comments").json()] == ["Why?", "Because"]
    assert api.get(f"{PULLS}/1/reviews").json()[0]["state"] == "CHANGES_REQUESTED"
    assert api.post(f"{PULLS}/comments/{first.id}/reactions", json={"content": "eyes"}).status_code == 201
    assert api.get(f"{PULLS}/comments/{first.id}").json()["reactions"]["eyes"] == 1
    assert api.post(f"{PULLS}/2/comments/{first.id}/replies", json={"body": "x"}).status_code == 404
