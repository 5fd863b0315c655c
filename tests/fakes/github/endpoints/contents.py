"""Files and folders of a commit."""

from __future__ import annotations

from typing import Any

from tests.fakes.github.exchange import Answer
from tests.fakes.github.routing import NOT_FOUND, ApiError, Call, route
from tests.fakes.github.shapes.code import content

_KINDS = {"040000": "dir", "160000": "submodule", "120000": "symlink"}


@route("GET", "/repos/{owner}/{repo}/contents/{path}")
def get_contents(call: Call) -> Answer:
    repository, store = call.repository, call.repository.store
    ref, path = call.query("ref", repository.default_branch), call.parameters["path"].strip("/")
    commit = store.resolve(ref)
    found = [] if commit is None else _entries(call, commit, ref, path)
    if commit is None or not found:
        raise ApiError(404, NOT_FOUND)
    if found[0]["type"] == "dir":
        return Answer(200, _entries(call, commit, ref, path + "/"))
    data = store.read_file(commit, path)
    entry = found[0]
    return Answer(
        200,
        content(repository, ref, path, kind=entry["type"], sha=entry["sha"], size=entry["size"], data=data),
    )


def _entries(call: Call, commit: str, ref: str, path: str) -> list[dict[str, Any]]:
    """What `git ls-tree` shows for a path; with a slash at the end it is the folder's content."""
    lines = call.repository.store.git("ls-tree", "-z", "-l", commit, "--", path).decode().split("\0")
    entries = []
    for line in filter(None, lines):
        facts, _, name = line.partition("\t")
        mode, _, sha, size = facts.split()
        kind = _KINDS.get(mode, "file")
        known = 0 if size == "-" else int(size)
        entries.append(content(call.repository, ref, name, kind=kind, sha=sha, size=known, data=None))
    return entries
