"""Finds the pull request template of a repository with few requests: one listing tells what else is worth a look.

Source for places and names: https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/creating-a-pull-request-template-for-your-repository
"""

from __future__ import annotations

from collections.abc import Iterator

from github.ContentFile import ContentFile
from github.Repository import Repository

MAX_BYTES = 20_000
_NAMES = frozenset({"pull_request_template", "pull_request_template.md", "pull_request_template.txt"})


def pull_request_template(repository: Repository) -> str | None:
    """The text, cut at 20 kB, or None. Raises Rejected(404) for a repository without a commit.

    Looked up in the order that GitHub uses: .github/, the root, docs/. Costs 1 request without a template, 2 to 4
    with one or with those folders.
    """
    for listing in _listings(repository):
        for entry in listing:
            if entry.type == "file" and entry.name.lower() in _NAMES:
                return _text(entry)
    return None


def _listings(repository: Repository) -> Iterator[list[ContentFile]]:
    root = _entries(repository, "")
    folders = {entry.name for entry in root if entry.type == "dir"}
    if ".github" in folders:
        yield _entries(repository, ".github")
    yield root
    if "docs" in folders:
        yield _entries(repository, "docs")


def _entries(repository: Repository, path: str) -> list[ContentFile]:
    found = repository.get_contents(path)
    return found if isinstance(found, list) else [found]


def _text(entry: ContentFile) -> str | None:
    if entry.encoding != "base64":  # GitHub leaves the content of a file over 1 MB out
        return None
    return entry.decoded_content[:MAX_BYTES].decode(errors="ignore")
