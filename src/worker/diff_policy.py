"""Whether a diff may be published. It judges what git staged, whatever the engine or the model said of it."""

from __future__ import annotations

import re

from worker.errors import Reason, Refused
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
_SYMLINK = "120000"
_SUBMODULE = "160000"
_OPEN_OR_CLOSE = re.compile(r"^\+(<{5,9}|>{5,9})( |$)", re.MULTILINE)


def check(diff: Diff, rules: Rules) -> None:
    """Raise Refused with NO_CHANGE, FORBIDDEN_PATH, TOO_LARGE or MALFORMED when the diff must not be published."""
    if not diff.changes:
        only = f", only `{diff.ignored[0]}`, which .gitignore hides" if diff.ignored else ""
        raise Refused(Reason.NO_CHANGE, f"the model changed nothing{only}")
    for change in diff.changes:
        _check_kind(change)
        _check_path(change.path, rules.forbidden_paths)
        if change.size > rules.max_file_bytes:
            what = f"`{change.path}` would have {change.size:,} bytes, more than the {rules.max_file_bytes:,} allowed"
            raise Refused(Reason.TOO_LARGE, f"{what} (PATCHFERRY_MAX_FILE_BYTES)")
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
        raise Refused(Reason.FORBIDDEN_PATH, f"`{change.path}` is a symbolic link, which must not be changed")
    if change.mode == _SUBMODULE:
        raise Refused(Reason.FORBIDDEN_PATH, f"`{change.path}` is a submodule, which must not be changed")
    if change.status == "type_changed":
        raise Refused(Reason.FORBIDDEN_PATH, f"`{change.path}` would become another kind of file")


def _check_path(path: str, extra: tuple[str, ...]) -> None:
    if forbidden(path, extra):
        raise Refused(Reason.FORBIDDEN_PATH, f"`{path}` must not be changed by Patchferry")
