"""The repository's own pull request template, read from the commit that the change is based on."""

from __future__ import annotations

from collections.abc import Iterable

from worker.ports import Checkout

_LONGEST = 20_000  # bytes, so that the whole body stays below GitHub's limit
_FOLDERS = (".github/", "", "docs/")
_NAMES = ("pull_request_template.md", "pull_request_template.txt", "pull_request_template")


def read(checkout: Checkout) -> str | None:
    """The template that GitHub itself would offer, None without one. Call it before anything is edited.

    https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/creating-a-pull-request-template-for-your-repository
    """
    path = find(checkout.files())
    return None if path is None else checkout.read(path, _LONGEST)


def find(files: Iterable[str]) -> str | None:
    """Its path, compared without case; of several the one in .github/, then the root, then docs/."""
    known = {path.casefold(): path for path in files}
    return next((known[folder + name] for folder in _FOLDERS for name in _NAMES if folder + name in known), None)
