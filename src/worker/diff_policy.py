"""Whether a diff may be published. It judges what git staged, whatever the engine or the model said of it."""

from __future__ import annotations

import re

from worker.errors import Reason, Refused
from worker.markdown import code
from worker.ports import Diff, FileChange
from worker.tasks import Rules

# What turns a merged change into rights: CI definitions, ownership, and our own configuration.
FORBIDDEN_PATHS = (
    ".github/workflows/",
    ".github/actions/",
    ".github/CODEOWNERS",
    ".github/patchferry.yml",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitmodules",
)
# What Windows can't store, and what a model writes by mistake: `C:\\x`, `file:///x`.
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_NOT_EVERYWHERE = re.compile(r'[\\:*?"<>|]|[. ](/|$)')
_SYMLINK = "120000"
_SUBMODULE = "160000"
_OPEN_OR_CLOSE = re.compile(r"^\+(<{5,9}|>{5,9})( |$)", re.MULTILINE)


def check(diff: Diff, rules: Rules) -> None:
    """Raise Refused with NO_CHANGE, FORBIDDEN_PATH, TOO_LARGE or MALFORMED when the diff must not be published."""
    if not diff.changes:
        only = f", only {code(diff.ignored[0])}, which .gitignore hides" if diff.ignored else ""
        raise Refused(Reason.NO_CHANGE, f"the model changed nothing{only}")
    for change in diff.changes:
        _check_kind(change)
        _check_path(change.path, rules.forbidden_paths)
        if change.status == "added":
            _check_name(change.path)
        if change.size > rules.max_file_bytes:
            what = f"{code(change.path)} would have {change.size:,} bytes"
            more = f"more than the {rules.max_file_bytes:,} allowed (PATCHFERRY_MAX_FILE_BYTES)"
            raise Refused(Reason.TOO_LARGE, f"{what}, {more}")
    if len(diff.changes) > rules.max_changed_files:
        what = f"{len(diff.changes)} files were changed, more than the {rules.max_changed_files} allowed"
        raise Refused(Reason.TOO_LARGE, f"{what} (PATCHFERRY_MAX_CHANGED_FILES)")
    size = len(diff.patch.encode("utf-8", "surrogateescape"))
    if size > rules.max_diff_bytes:
        what = f"the diff has {size:,} bytes, more than the {rules.max_diff_bytes:,} allowed"
        raise Refused(Reason.TOO_LARGE, f"{what} (PATCHFERRY_MAX_DIFF_BYTES)")
    if _OPEN_OR_CLOSE.search(diff.patch):
        raise Refused(Reason.MALFORMED, "the change holds conflict or edit markers, so an edit went wrong")


def forbidden(path: str, extra: tuple[str, ...] = ()) -> bool:
    """Whether a path must not be changed: compared without case, as some file systems do."""
    folded = path.casefold()
    return any(
        folded.startswith(rule.casefold()) if rule.endswith("/") else folded == rule.casefold()
        for rule in (*FORBIDDEN_PATHS, *extra)
    ) or ".git" in folded.split("/")


def _check_kind(change: FileChange) -> None:
    if change.mode == _SYMLINK:
        raise Refused(Reason.FORBIDDEN_PATH, f"{code(change.path)} is a symbolic link, which must not be changed")
    if change.mode == _SUBMODULE:
        raise Refused(Reason.FORBIDDEN_PATH, f"{code(change.path)} is a submodule, which must not be changed")
    if change.status == "type_changed":
        raise Refused(Reason.FORBIDDEN_PATH, f"{code(change.path)} would become another kind of file")
    if change.status != "deleted" and change.added is None:
        # The engine writes text: bytes that make it binary would only hide it from those who review.
        raise Refused(Reason.FORBIDDEN_PATH, f"{code(change.path)} would be binary, which nobody could review")


def _check_path(path: str, extra: tuple[str, ...]) -> None:
    if forbidden(path, extra):
        raise Refused(Reason.FORBIDDEN_PATH, f"{code(path)} must not be changed by Patchferry")


def _check_name(path: str) -> None:
    if not path.isprintable() or _NOT_EVERYWHERE.search(path):
        sentence = f"{code(path)} is a name that not every system can store, or that does not show what it is"
        raise Refused(Reason.FORBIDDEN_PATH, sentence)
