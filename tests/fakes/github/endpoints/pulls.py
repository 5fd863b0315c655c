"""Pull requests."""

from __future__ import annotations

from typing import Any

from tests.fakes.github.accounts import Role
from tests.fakes.github.changes import count
from tests.fakes.github.endpoints.paging import page
from tests.fakes.github.exchange import Answer
from tests.fakes.github.pulls import PullRequest
from tests.fakes.github.repository import Repository
from tests.fakes.github.routing import NOT_FOUND, ApiError, Call, invalid, route
from tests.fakes.github.shapes import code
from tests.fakes.github.shapes import pulls as shapes

_LONGEST = {"title": 256, "body": 65_536}


@route("GET", "/repos/{owner}/{repo}/pulls")
def list_pulls(call: Call) -> Answer:
    state, base, head = call.query("state", "open"), call.query("base", ""), call.query("head", "")
    chosen = [
        one
        for one in call.repository.pull_requests
        if state in {one.state, "all"}
        and base in {"", one.base_branch}
        and (":" not in head or head == f"{one.head_owner}:{one.head_branch}")  # GitHub ignores a head without owner
    ]
    order = call.query("sort", "created")
    chosen.sort(key=lambda one: one.updated_at if order == "updated" else one.created_at)
    if call.query("direction", "desc" if order == "created" else "asc") == "desc":
        chosen.reverse()
    return page(call, [shapes.simple(one) for one in chosen])


@route("POST", "/repos/{owner}/{repo}/pulls")
def create_pull(call: Call) -> Answer:
    author, repository = call.author(), call.repository
    body = call.body("title", "body", "head", "base", "draft", "maintainer_can_modify")
    call.may_write("pull_requests")
    _check_texts(body)
    owner, head = _head(call, body["head"])
    base = body["base"]
    if base not in repository.branches():
        raise invalid("PullRequest", code="invalid", field="base")
    if body.get("draft") and not repository.allow_drafts:
        raise ApiError(422, "Draft pull requests are not supported in this repository.")
    _refuse_pointless(repository, owner, head, base)
    pull = repository.add_pull_request(
        body["title"],
        head=head,
        base=base,
        body=body.get("body") or "",
        author=author.login,
        draft=body.get("draft", False),
        head_repository=owner,
    )
    created = shapes.full(pull)
    return Answer(201, created, {"Location": created["url"]})


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}")
def get_pull(call: Call) -> Answer:
    return Answer(200, shapes.full(find_pull(call)))


@route("PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}")
def edit_pull(call: Call) -> Answer:
    author, pull = call.author(), find_pull(call)
    body = call.body("title", "body", "state", "base", "maintainer_can_modify")
    call.may_write("pull_requests")
    if pull.author is not author and call.role < Role.WRITE:
        raise ApiError(403, "Must have admin rights to Repository.")
    _check_texts({"title": pull.title, **body})
    pull.title = body.get("title", pull.title)
    pull.base_branch = body.get("base", pull.base_branch)
    pull.edit(body.get("body", pull.body) or "")
    if "state" in body and not pull.merged:
        pull.close() if body["state"] == "closed" else pull.reopen()
    return Answer(200, shapes.full(pull))


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files")
def list_files(call: Call) -> Answer:
    pull = find_pull(call)
    return page(call, [code.diff_entry(pull.repository, pull.head_sha, one) for one in pull.files()])


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/commits")
def list_commits(call: Call) -> Answer:
    pull = find_pull(call)
    return page(call, [code.commit(pull.repository, one) for one in pull.commits()])


def find_pull(call: Call) -> PullRequest:
    """The pull request of the path, as git has it now. Raises 404."""
    number = call.number("pull_number")
    found = next((one for one in call.repository.pull_requests if one.number == number), None)
    if found is None:
        raise ApiError(404, NOT_FOUND)
    return found


def _check_texts(body: dict[str, Any]) -> None:
    if not body.get("title"):
        raise invalid("PullRequest", code="missing_field", field="title")
    for name, longest in _LONGEST.items():
        if len(body.get(name) or "") > longest:
            message = f"{name} is too long (maximum is {longest} characters)"
            raise invalid("PullRequest", field=name, message=message)


def _head(call: Call, text: str) -> tuple[Repository, str]:
    """The repository and the branch that `head` names: `branch`, or `owner:branch` of a fork. Raises 422."""
    owner, _, branch = text.rpartition(":")
    repository = call.repository
    name = f"{owner}/{repository.name}" if owner else repository.full_name
    found = call.github.find_repository(name)
    if found is None or branch not in found.branches():
        raise invalid("PullRequest", code="invalid", field="head")
    if call.github.role(call.token, found) < Role.WRITE:
        raise invalid("PullRequest", message="must be a collaborator")
    return found, branch


def _refuse_pointless(repository: Repository, owner: Repository, head: str, base: str) -> None:
    label = f"{owner.owner.login}:{head}"
    for one in repository.pull_requests:
        if one.state == "open" and label == f"{one.head_owner}:{one.head_branch}" and base == one.base_branch:
            raise invalid("PullRequest", message=f"A pull request already exists for {label}.")
    if owner is repository and not count(repository.store, f"refs/heads/{base}", f"refs/heads/{head}"):
        raise invalid("PullRequest", message=f"No commits between {base} and {head}")
