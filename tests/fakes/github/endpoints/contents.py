"""Files and folders of a commit."""

from __future__ import annotations

import base64
from typing import Any

from tests.fakes.github.exchange import Answer
from tests.fakes.github.repository import Repository
from tests.fakes.github.routing import NOT_FOUND, ApiError, Call, route
from tests.fakes.github.shapes.code import content

_ROOT = "."  # the path of GET /contents/, by not_described.json
_MOST_BYTES = 1_000_000
_KINDS = {"040000": "dir", "160000": "submodule", "120000": "symlink"}


@route("GET", "/repos/{owner}/{repo}/contents/{path}")
def get_contents(call: Call) -> Answer:
    repository = call.repository
    ref, path = call.query("ref", repository.default_branch), call.parameters["path"].strip("/")
    commit = repository.store.resolve(ref)
    if commit is None:
        raise ApiError(404, NOT_FOUND if repository.branches() else "This repository is empty.")
    found = [] if path == _ROOT else _entries(repository, commit, ref, path)
    if path == _ROOT or (found and found[0]["type"] == "dir"):
        return Answer(200, _entries(repository, commit, ref, "" if path == _ROOT else f"{path}/"))
    if not found:
        raise ApiError(404, NOT_FOUND)
    return Answer(200, {**found[0], **_encoded(repository.store.read_file(commit, path) or b"")})


def _encoded(data: bytes) -> dict[str, str]:
    """https://docs.github.com/en/rest/repos/contents#get-repository-content: over 1 MB there is no content."""
    if len(data) > _MOST_BYTES:
        return {"encoding": "none", "content": ""}
    return {"encoding": "base64", "content": base64.encodebytes(data).decode()}


def _entries(repository: Repository, commit: str, ref: str, path: str) -> list[dict[str, Any]]:
    """What `git ls-tree` shows for a path; with a slash at the end it is the folder's content."""
    lines = repository.store.git("ls-tree", "-z", "-l", commit, "--", *filter(None, [path])).decode().split("\0")
    entries = []
    for line in filter(None, lines):
        facts, _, name = line.partition("\t")
        mode, _, sha, size = facts.split()
        known = 0 if size == "-" else int(size)
        entries.append(content(repository, ref, name, kind=_KINDS.get(mode, "file"), sha=sha, size=known))
    return entries
