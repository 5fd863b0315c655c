"""What `patchferry run` was asked to do, read from its arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import click

from worker.git.local import parse_origin
from worker.github.addresses import Addresses, Target, is_repository

_NUMBER = re.compile(r"#?([1-9][0-9]{0,17})")
_HEADING = re.compile(r"^#{1,6}(\s+|$)")
_USER = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True)
class Text:
    """A request in words; the first line is its title."""

    title: str
    body: str


@dataclass(frozen=True)
class OnGitHub:
    """A pull request is wanted: for the issue of that number, or for a text. `repository` is owner/name."""

    repository: str
    what: int | Text


@dataclass(frozen=True)
class Here:
    """A branch is wanted in the repository at `path`: for an issue of its origin, for any issue, or for a text."""

    path: Path
    what: int | Target | Text


def asked(addresses: Addresses, request: str | None, repo: str | None, issue: int | None) -> OnGitHub | Here:
    """Raises click.UsageError with a sentence when the arguments don't fit together."""
    words = _USER.sub("", _utf8(request or "").strip())
    if repo is None:
        return _issue_on_github(addresses, words, issue)
    what = _what(addresses, words, issue)
    where = _repository(addresses, _USER.sub("", repo))
    if isinstance(where, Path):
        return Here(where, what)
    if not isinstance(what, Target):
        return OnGitHub(where, what)
    if what.repository.lower() != where.lower():
        raise click.UsageError(f"{words} is not in {where}: give one of them, or the path of a clone as --repo.")
    return OnGitHub(where, what.number)


def _utf8(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:  # what was not UTF-8 has become half characters
        raise click.UsageError("The text is not UTF-8: save it as UTF-8.") from error
    return text


def _issue_on_github(addresses: Addresses, words: str, issue: int | None) -> OnGitHub:
    if issue is not None:
        raise click.UsageError("--issue needs --repo; or write owner/repo#12.")
    if not words:
        raise click.UsageError("Say which issue: owner/repo#12 or its address; or --repo with a text.")
    if len(words.split()) > 1:
        raise click.UsageError("A text needs --repo: the path of a clone, or owner/name.")
    try:
        target = addresses.target(words)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error
    return OnGitHub(target.repository, target.number)


def _what(addresses: Addresses, words: str, issue: int | None) -> int | Target | Text:
    if issue is not None:
        if words:
            raise click.UsageError("Give either --issue or a text, not both.")
        return issue
    if number := _NUMBER.fullmatch(words):
        return int(number[1])
    title, _, body = words.partition("\n")
    title = _HEADING.sub("", title, count=1).strip()
    if not title:
        raise click.UsageError("Say what to change: a text (its first line is the title), - to read it, or --issue.")
    return _target(addresses, words) or Text(title, body.strip())


def _target(addresses: Addresses, words: str) -> Target | None:
    """The issue that a single word names."""
    if len(words.split()) > 1:
        return None
    try:
        return addresses.target(words)
    except ValueError as error:
        if "://" in words:
            raise click.UsageError(f"{error}.") from error
        return None


def _repository(addresses: Addresses, repo: str) -> Path | str:
    """A folder on this machine, or owner/name when `repo` is such a name or an address on our git host."""
    folder = Path(repo).expanduser()
    if repo and folder.exists():
        return folder
    origin = parse_origin(repo)
    ours = origin is not None and origin.host == addresses.host
    if repo.startswith(("http://", "https://")):
        ours = ours and addresses.contains(repo)
    name = origin.name if origin and ours else repo
    if not is_repository(name):
        sentence = f"{repo or '--repo'} is no folder here and no repository on {addresses.origin}"
        raise click.UsageError(f"{sentence}: give the path of a clone, owner/name, or its address.")
    return name
