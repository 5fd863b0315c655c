"""Branches, refs, commits and comparisons."""

from __future__ import annotations

from typing import Any

from tests.fakes.github import changes
from tests.fakes.github.endpoints.paging import page
from tests.fakes.github.exchange import Answer
from tests.fakes.github.repository import Repository
from tests.fakes.github.routing import NOT_FOUND, ApiError, Call, route
from tests.fakes.github.shapes import code as shapes
from tests.fakes.github.shapes.people import node_id
from tests.fakes.github.store import CommitData

_MOST_FILES = 300  # on a page of a commit
_MOST_COMMITS = 250  # on a page of a comparison, which has all files on its first page


@route("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref}")
def matching_refs(call: Call) -> Answer:
    _refuse_empty(call.repository)
    found = call.repository.store.refs(f"refs/{call.parameters['ref']}")
    call.query("per_page", "")  # GitHub does not page these, whatever PyGithub asks for
    return Answer(200, [_ref(call.repository, name, sha) for name, sha in found.items()])


@route("GET", "/repos/{owner}/{repo}/git/ref/{ref}")
def get_ref(call: Call) -> Answer:
    _refuse_empty(call.repository)
    name = f"refs/{call.parameters['ref']}"
    sha = call.repository.store.refs(name).get(name)
    if sha is None:
        raise ApiError(404, NOT_FOUND)
    return Answer(200, _ref(call.repository, name, sha))


@route("GET", "/repos/{owner}/{repo}/branches/{branch}")
def get_branch(call: Call) -> Answer:
    repository, name = call.repository, call.parameters["branch"]
    if name not in repository.branches():
        raise ApiError(404, "Branch not found")
    api = f"{repository.api_url}/branches/{name}"
    protected = repository.rules.protects(name)
    branch = {
        "name": name,
        "commit": shapes.commit(repository, _find_commit(repository, f"refs/heads/{name}")),
        "_links": {"self": api, "html": f"{repository.html_url}/tree/{name}"},
        "protected": protected,
        "protection": {"enabled": protected},
        "protection_url": f"{api}/protection",
    }
    return Answer(200, branch)


@route("GET", "/repos/{owner}/{repo}/commits/{ref}")
def get_commit(call: Call) -> Answer:
    repository = call.repository
    _refuse_empty(repository)
    data = _find_commit(repository, call.parameters["ref"])
    files = changes.of_commit(repository.store, data)
    entries = page(call, [shapes.diff_entry(repository, data.sha, one) for one in files], size=_MOST_FILES)
    commit = {**shapes.commit(repository, data), "stats": shapes.stats(files), "files": entries.body}
    return Answer(200, commit, entries.headers)


@route("GET", "/repos/{owner}/{repo}/compare/{basehead}")
def compare(call: Call) -> Answer:
    repository, store = call.repository, call.repository.store
    left, _, right = call.parameters["basehead"].partition("...")
    base, head = (store.resolve(name.rpartition(":")[2] or "HEAD") for name in (left, right))
    if base is None or head is None:
        raise ApiError(404, NOT_FOUND)
    fork = changes.merge_base(store, base, head)
    ahead, behind = changes.count(store, base, head), changes.count(store, head, base)
    status = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind", (False, False): "identical"}
    address = f"{repository.html_url}/compare/{left}...{right}"
    files = changes.between(store, fork, head) if call.query("page", "1") == "1" else []
    commits = [shapes.commit(repository, one) for one in store.commits(f"{base}..{head}")[::-1]]
    listed = page(call, commits, size=_MOST_COMMITS)
    answer: dict[str, Any] = {
        "url": f"{repository.api_url}/compare/{left}...{right}",
        "html_url": address,
        "permalink_url": f"{repository.html_url}/compare/{base[:7]}...{head[:7]}",
        "diff_url": f"{address}.diff",
        "patch_url": f"{address}.patch",
        "base_commit": shapes.commit(repository, _find_commit(repository, base)),
        "merge_base_commit": shapes.commit(repository, _find_commit(repository, fork)),
        "status": status[bool(ahead), bool(behind)],
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "commits": listed.body,
        "files": [shapes.diff_entry(repository, head, one) for one in files],
    }
    return Answer(200, answer, listed.headers)


def _refuse_empty(repository: Repository) -> None:
    if not repository.branches():
        raise ApiError(409, "Git Repository is empty.")


def _find_commit(repository: Repository, revision: str) -> CommitData:
    sha = repository.store.resolve(revision)
    if sha is None:
        raise ApiError(422, f"No commit found for SHA: {revision}")
    return repository.store.commits(sha, limit=1)[0]


def _ref(repository: Repository, name: str, sha: str) -> dict[str, Any]:
    return {
        "ref": name,
        "node_id": node_id("REF", int(sha[:8], 16)),
        "url": f"{repository.api_url}/git/{name}",
        "object": {"type": "commit", "sha": sha, "url": f"{repository.api_url}/git/commits/{sha}"},
    }
