"""Stages a work tree that untrusted code wrote, and describes what differs from the base."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from worker.errors import Reason, Refused
from worker.git import changes
from worker.git.command import GitCommand
from worker.git.failures import GitFailedError, readable, said
from worker.git.worktree import nested_repository
from worker.ports import Diff

MAX_PATCH_BYTES = 5_000_000
_PLAIN = ("--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty")


def stage(git: GitCommand) -> Diff:
    """Add everything that .gitignore does not hide; name what it does hide.

    Raises Refused(FORBIDDEN_PATH) for what git can't store or must not enter, Refused(TOO_LARGE) for a patch over
    `MAX_PATCH_BYTES`: a patch that is cut would hide the rest from every check that reads it.
    """
    _refuse_repositories(git)
    try:
        git("add", "--all")
    except GitFailedError as error:
        raise Refused(Reason.FORBIDDEN_PATH, f"the change holds something that git can't store: {error}") from error
    raw, counts = changes.parse(git("diff", "--cached", "--raw", "--numstat", "-z", "--no-abbrev", *_PLAIN, "HEAD"))
    sizes = _sizes(git, {change.blob for change in raw if change.has_blob})
    described = tuple(changes.describe(change, counts, sizes) for change in raw)
    return Diff(changes=described, patch=_patch(git), ignored=_ignored(git))


def _refuse_repositories(git: GitCommand) -> None:
    """With none in the tree, `git add` has nowhere to go in and no foreign settings to obey."""
    try:
        nested = nested_repository(git.tree)
    except OSError as error:
        raise Refused(Reason.FORBIDDEN_PATH, f"the work tree can't be read: {error.strerror}") from error
    if nested is not None:
        shown = said(readable(os.fsencode(nested)))
        raise Refused(Reason.FORBIDDEN_PATH, f"the change holds a git repository of its own: {shown}")


def _sizes(git: GitCommand, blobs: Iterable[str]) -> Mapping[str, int]:
    request = "".join(f"{blob}\n" for blob in sorted(blobs)).encode()
    answer = git("cat-file", "--batch-check=%(objectname) %(objectsize)", stdin=request).decode()
    return {blob: int(size) for blob, size in (line.split(" ") for line in answer.splitlines())}


def _patch(git: GitCommand) -> str:
    patch = git("diff", "--cached", *_PLAIN, "HEAD", max_output=MAX_PATCH_BYTES + 1)
    if len(patch) > MAX_PATCH_BYTES:
        sentence = f"the change is larger than {MAX_PATCH_BYTES // 1_000_000} MB as a patch; ask for a smaller one"
        raise Refused(Reason.TOO_LARGE, sentence)
    return patch.decode(errors="replace")


def _ignored(git: GitCommand) -> tuple[str, ...]:
    """Paths that are hidden by the repository's .gitignore; a folder that is hidden as a whole ends in `/`."""
    output = git("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
    return tuple(changes.text_of(path) for path in output.split(b"\0") if path)
