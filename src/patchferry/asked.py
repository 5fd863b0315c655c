"""What `patchferry run` was asked to do, read from its arguments; pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from worker.github.addresses import Addresses, is_repository


@dataclass(frozen=True)
class Text:
    """A request in words; the first line is its title."""

    title: str
    body: str


@dataclass(frozen=True)
class OnGitHub:
    """A pull request is wanted: for the issue of that number, or for a text."""

    repository: str
    what: int | Text


@dataclass(frozen=True)
class Here:
    """A branch is wanted in the repository at `path`: for an issue of its origin, or for a text."""

    path: Path
    what: int | Text


def asked(addresses: Addresses, request: str | None, repo: str | None, issue: int | None) -> OnGitHub | Here:
    """Raises click.UsageError with a sentence when the arguments don't fit together."""
    if repo is None:
        if issue is not None:
            raise click.UsageError("--issue needs --repo; or write owner/repo#12.")
        if not request:
            raise click.UsageError("Say which issue: owner/repo#12 or its address; or --repo with a text.")
        return _issue_on_github(addresses, request)
    what = _what(request, issue)
    repository = _repository_on_github(addresses, repo)
    return OnGitHub(repository, what) if repository else Here(Path(repo), what)


def _issue_on_github(addresses: Addresses, request: str) -> OnGitHub:
    try:
        target = addresses.target(request)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error
    return OnGitHub(target.repository, target.number)


def _what(request: str | None, issue: int | None) -> int | Text:
    if issue is not None:
        if request:
            raise click.UsageError("Give either --issue or a text, not both.")
        return issue
    title, _, body = (request or "").strip().partition("\n")
    if not title.strip():
        raise click.UsageError("Say what to change: a text (its first line is the title) or --issue.")
    return Text(title.strip(), body.strip())


def _repository_on_github(addresses: Addresses, repo: str) -> str | None:
    """owner/name when `repo` is an address on our git host, or such a name that is no folder here."""
    if "://" in repo:
        name = repo.removeprefix(addresses.origin).strip("/").removesuffix(".git")
        if not addresses.contains(repo) or not is_repository(name):
            raise click.UsageError(f"{repo} is not a repository on {addresses.origin}; see GITHUB_API_URL.")
        return name
    return repo if is_repository(repo) and not Path(repo).exists() else None
