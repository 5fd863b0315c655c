"""What git's words on stderr mean for the task. Git runs with LC_ALL=C, so its own words are stable English."""

from __future__ import annotations

import re
from typing import NamedTuple

from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.git.workspace import disk_full

_MAX_SAID = 600
_MAX_READ = 16_000  # bytes, the last ones: a server may send any number, and looking at them takes time
_DISK_FULL = re.compile(r"No space left on device|Disk quota exceeded|unable to write file .*quota", re.IGNORECASE)
_INVISIBLE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_TOO_LARGE = re.compile(r"Out of memory|memory allocation|died of signal 25|File too large", re.IGNORECASE)
_ADDRESS = re.compile(r"'?https?://[^\s']+'?")


class GitFailedError(Exception):
    """A git command on our own disk failed and nothing outside explains it: a bug of ours."""


class _Meaning(NamedTuple):
    pattern: re.Pattern[str]
    kind: type[Refused | Retry]
    reason: Reason
    sentence: str  # may use {action}, {host}, {said} (git's words) and {server} (the server's)


def _meaning(pattern: str, kind: type[Refused | Retry], reason: Reason, sentence: str) -> _Meaning:
    return _Meaning(re.compile(pattern, re.IGNORECASE), kind, reason, sentence)


# The first that matches counts. Git's words: http.c, remote-curl.c and connect.c of https://github.com/git/git;
# the words behind "remote:" are GitHub's.
_MEANINGS = (
    _meaning(r"archived so it is read-only", Refused, Reason.REPOSITORY, "the repository is archived: {said}"),
    _meaning(
        r"certificate verif|certificate problem|certificate subject name|(setting|reading) (ca )?cert|SSL CA cert",
        Refused,
        Reason.CONFIGURATION,
        "git does not trust the certificate of {host}; point SSL_CERT_FILE at a bundle that holds its CA",
    ),
    _meaning(
        r"tunnel failed, response (407|403)|HTTP code (407|403) from proxy",
        Refused,
        Reason.CONFIGURATION,
        "the proxy refused to connect git to {host}; check HTTPS_PROXY and its credentials",
    ),
    _meaning(
        r"returned error: 429|rate limit|returned error: 5\d\d",
        Retry,
        Reason.FORGE_UNAVAILABLE,
        "{host} could not serve git just now: {said}",
    ),
    _meaning(
        r"Authentication failed|could not read (Username|Password)|unable to read askpass|returned error: 40[13]"
        r"|Permission to .* denied|Write access to repository not granted",
        Refused,
        Reason.CREDENTIALS,
        "{host} refused the token for git ({action}); it needs read and write access to the contents {server}",
    ),
    _meaning(
        r"couldn't find remote ref|Remote branch .* not found|does not appear to be a git repository",
        Refused,
        Reason.REPOSITORY,
        "the branch to {action} is not there: the repository is empty, or the branch was renamed or deleted",
    ),
    _meaning(
        r"repository .* not found|returned error: (404|410|451)|is this a git repository",
        Refused,
        Reason.REPOSITORY,
        "{host} has no such repository, or the token may not see it",
    ),
    _meaning(
        r"mismatched algorithms",
        Refused,
        Reason.REPOSITORY,
        "the repository names objects by SHA-256, which is not supported",
    ),
    _meaning(
        r"invalid refspec|not a valid ref name|invalid branch name",
        Refused,
        Reason.CONFIGURATION,
        "git can't name a branch like that; change PATCHFERRY_BRANCH_PREFIX",
    ),
    _meaning(
        r"returned error: 30\d|unable to update url base from redirection",
        Refused,
        Reason.REPOSITORY,
        "{host} answered git with a redirect: the repository was renamed or moved; use its new name",
    ),
)
_UNKNOWN = _meaning("", Retry, Reason.FORGE_UNAVAILABLE, "git could not {action} ({host}): {said}")


def local_failure(command: str, stderr: bytes) -> Exception:
    """The error for a command that needs no network."""
    text = readable(stderr)
    return _storage(text) or GitFailedError(f"git {command}: {said(text)}")


def remote_failure(action: str, host: str, stderr: bytes) -> PatchferryError:
    """The error for a fetch or push that got no answer about the branch; `action` is "clone" or "push".

    Whatever is not known here counts as transient: attempts are bounded, and the last one is told to the human.
    """
    text = _ADDRESS.sub("", readable(stderr))  # the name of a repository is no message
    if storage := _storage(text):
        return storage
    found = next((meaning for meaning in _MEANINGS if meaning.pattern.search(text)), _UNKNOWN)
    server = said(from_server(stderr))
    sentence = found.sentence.format(
        action=action, host=host, said=said(text), server=f"(it said: {server})" if server else ""
    )
    return found.kind(found.reason, sentence.strip())


def from_server(stderr: bytes) -> str:
    """The lines that the server sent, for people to read."""
    return readable(b"\n".join(line for line in stderr[-_MAX_READ:].splitlines() if line.startswith(b"remote:")))


def readable(output: bytes) -> str:
    """The end of the output for people: without the `remote:` prefixes, colours, control and direction characters."""
    lines = _INVISIBLE.sub("", output[-_MAX_READ:].decode(errors="replace").replace("\r", "\n")).split("\n")
    return "\n".join(line.removeprefix("remote:").strip() for line in lines).strip()


def _storage(text: str) -> PatchferryError | None:
    """What the disk or the limits of `worker.git.command` have to do with it."""
    if _DISK_FULL.search(text):
        return disk_full()
    if _TOO_LARGE.search(text):
        return Refused(Reason.TOO_LARGE, f"the repository is too large to work on: git said: {said(text)}")
    return None


def said(text: str) -> str:
    """The lines of `text` as one line of at most 600 characters."""
    joined = " ".join(line for line in text.splitlines() if line)
    return joined if len(joined) <= _MAX_SAID else joined[: _MAX_SAID - 1] + "…"
