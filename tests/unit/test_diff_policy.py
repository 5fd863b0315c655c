from __future__ import annotations

from typing import Literal

import pytest

from worker import diff_policy
from worker.errors import Reason, Refused
from worker.ports import Diff, FileChange
from worker.tasks import Rules


def change(
    path: str = "calc.py",
    mode: str = "100644",
    status: Literal["added", "modified", "deleted", "type_changed"] = "modified",
    size: int = 10,
    lines: int | None = 1,
) -> FileChange:
    return FileChange(path, status, mode, lines, lines, size)


def verdict(*changes: FileChange, patch: str = "+ok\n", rules: Rules | None = None) -> Reason | None:
    try:
        diff_policy.check(Diff(changes, patch), rules or Rules())
    except Refused as refused:
        return refused.reason
    return None


def test_an_ordinary_change_is_allowed() -> None:
    assert verdict(change(), change("new/file.py", status="added"), change("tool.sh", "100755")) is None


def test_an_empty_diff_is_no_change() -> None:
    assert verdict() == Reason.NO_CHANGE


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml",
        ".GitHub/Workflows/ci.yml",
        ".github/actions/x/action.yml",
        ".github/CODEOWNERS",
        "CODEOWNERS",
        "docs/CODEOWNERS",
        ".github/patchferry.yml",
        ".gitmodules",
        "sub/.git/config",
        ".git/config",
    ],
)
def test_paths_that_would_turn_into_rights_are_refused(path: str) -> None:
    assert verdict(change(path)) == Reason.FORBIDDEN_PATH


def test_paths_that_only_look_like_them_are_allowed() -> None:
    assert verdict(change(".github/workflows.md"), change("src/CODEOWNERS.py"), change(".gitignore")) is None


def test_the_operator_may_forbid_more() -> None:
    rules = Rules(forbidden_paths=("infra/", "LICENSE"))
    assert verdict(change("infra/main.tf"), rules=rules) == Reason.FORBIDDEN_PATH
    assert verdict(change("LICENSE"), rules=rules) == Reason.FORBIDDEN_PATH
    assert verdict(change("infrastructure.md"), rules=rules) is None


@pytest.mark.parametrize("mode", ["120000", "160000"])
def test_symlinks_and_submodules_are_refused(mode: str) -> None:
    assert verdict(change(mode=mode)) == Reason.FORBIDDEN_PATH


def test_a_file_that_becomes_another_kind_is_refused() -> None:
    assert verdict(change(status="type_changed")) == Reason.FORBIDDEN_PATH


def test_a_change_that_hides_as_binary_is_refused_and_a_binary_file_may_go() -> None:
    assert verdict(change(lines=None)) == Reason.FORBIDDEN_PATH
    assert verdict(change("logo.png", status="deleted", lines=None)) is None


@pytest.mark.parametrize(
    "path",
    ["C:\\x.py", "..\\x.py", "file:/tmp/x.py", "a\u202eyp.txt", ".g\u200cit/config", "a\nb", "ends./x", "ends ", "<x>"],
)
def test_a_new_name_that_other_systems_cannot_store_or_that_misleads_is_refused(path: str) -> None:
    assert verdict(change(path, status="added")) == Reason.FORBIDDEN_PATH
    assert verdict(change(path)) is None


def test_odd_names_that_frameworks_use_are_allowed() -> None:
    names = ("app/@modal/(group)/[id]/page.tsx", "C#/é.cs", "{{x}}/$id.tsx", "a b.md", "~x", "-f", "+page@.svelte")
    assert verdict(*(change(name, status="added") for name in names)) is None


def test_each_cap_is_refused_by_the_name_of_its_setting() -> None:
    rules = Rules(max_changed_files=1, max_file_bytes=100, max_diff_bytes=50)
    for changes, patch, setting in [
        ((change(), change("b.py")), "", "MAX_CHANGED_FILES"),
        ((change(size=101),), "", "MAX_FILE_BYTES"),
        ((change(),), "+" * 51, "MAX_DIFF_BYTES"),
    ]:
        with pytest.raises(Refused, match=setting) as caught:
            diff_policy.check(Diff(changes, patch), rules)
        assert caught.value.reason == Reason.TOO_LARGE


@pytest.mark.parametrize("line", ["+<<<<<<< SEARCH", "+>>>>>>> REPLACE", "+<<<<<<< HEAD", "+>>>>>>>"])
def test_edit_and_conflict_markers_that_a_change_adds_are_refused(line: str) -> None:
    assert verdict(change(), patch=f"@@ -1 +1 @@\n-x\n{line}\n") == Reason.MALFORMED


def test_markers_that_stood_there_before_and_headings_are_allowed() -> None:
    assert verdict(change(), patch="@@ -1 +1 @@\n <<<<<<< HEAD\n->>>>>>> x\n+=======\n+a <<<<<<< b\n") is None
