"""Commits and their files as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.fakes.github.shapes.people import node_id, simple_user

if TYPE_CHECKING:
    from tests.fakes.github.changes import FileChange
    from tests.fakes.github.repository import Repository
    from tests.fakes.github.store import CommitData


def commit(repository: Repository, data: CommitData) -> dict[str, Any]:
    """A commit without `stats` and `files`, as in lists."""
    api = f"{repository.api_url}/commits/{data.sha}"
    git = f"{repository.api_url}/git"
    return {
        "url": api,
        "sha": data.sha,
        "node_id": node_id("C", int(data.sha[:8], 16)),
        "html_url": f"{repository.html_url}/commit/{data.sha}",
        "comments_url": f"{api}/comments",
        "commit": {
            "url": f"{git}/commits/{data.sha}",
            "author": _git_user(data.author),
            "committer": _git_user(data.committer),
            "message": data.message,
            "comment_count": 0,
            "tree": {"sha": data.tree, "url": f"{git}/trees/{data.tree}"},
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "payload": None,
                "signature": None,
                "verified_at": None,
            },
        },
        "author": _account(repository, data.author[1]),
        "committer": _account(repository, data.committer[1]),
        "parents": [
            {
                "sha": sha,
                "url": f"{repository.api_url}/commits/{sha}",
                "html_url": f"{repository.html_url}/commit/{sha}",
            }
            for sha in data.parents
        ],
    }


def diff_entry(repository: Repository, sha: str, change: FileChange) -> dict[str, Any]:
    """One file of a commit, a comparison or a pull request whose head is `sha`."""
    path = quote(change.path)
    entry: dict[str, Any] = {
        "sha": change.sha,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{repository.html_url}/blob/{sha}/{path}",
        "raw_url": f"{repository.html_url}/raw/{sha}/{path}",
        "contents_url": f"{repository.api_url}/contents/{path}?ref={sha}",
    }
    if change.patch is not None:
        entry["patch"] = change.patch
    if change.previous is not None:
        entry["previous_filename"] = change.previous
    return entry


def stats(files: list[FileChange]) -> dict[str, int]:
    added, deleted = sum(one.additions for one in files), sum(one.deletions for one in files)
    return {"additions": added, "deletions": deleted, "total": added + deleted}


def content(repository: Repository, ref: str, path: str, *, kind: str, sha: str, size: int) -> dict[str, Any]:
    """An entry of /contents, as in the list of a folder."""
    address = f"{repository.api_url}/contents/{quote(path)}?ref={ref}"
    tree = "trees" if kind == "dir" else "blobs"
    git = f"{repository.api_url}/git/{tree}/{sha}"
    html = f"{repository.html_url}/{'tree' if kind == 'dir' else 'blob'}/{ref}/{quote(path)}"
    return {
        "type": kind,
        "size": size,
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "url": address,
        "git_url": git,
        "html_url": html,
        "download_url": None if kind == "dir" else f"{repository.html_url}/raw/{ref}/{quote(path)}",
        "_links": {"self": address, "git": git, "html": html},
    }


def _git_user(person: tuple[str, str, str]) -> dict[str, str]:
    name, email, date = person
    return {"name": name, "email": email, "date": date}


def _account(repository: Repository, email: str) -> dict[str, Any] | None:
    """GitHub knows a commit's author by their e-mail; here by `<id>+<login>@users.noreply.github.com`."""
    local, _, host = email.partition("@")
    user = repository.github.find_user(local.partition("+")[2]) if host == "users.noreply.github.com" else None
    return simple_user(repository.github, user) if user else None
