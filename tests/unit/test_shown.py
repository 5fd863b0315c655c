from __future__ import annotations

import io
import json
import sys

import pytest

from patchferry.ended import Ended
from patchferry.exits import Exit
from patchferry.output import Format, print_patch
from patchferry.running import exit_code
from patchferry.shown import planned, show
from worker.dry_run import URL, PlannedCall
from worker.errors import CutOff, PatchferryError, Reason, Refused, Retry
from worker.report import RunReport
from worker.tasks import Answered, Branched, Ignored, Opened, Outcome
from worker.usage import Usage

SHA = "0123456789abcdef0123456789abcdef01234567"
USAGE = Usage(1200, 80, 1, 0.0016)
PATCH = "--- a/calc.py\n+++ b/calc.py\n@@ -1 +1 @@\n-old\n+new\n"
REPORT = RunReport(
    task_id="0" * 16, engine="aider 0.86.2", model="ollama_chat/x", base="f" * 40, head=SHA, rounds=1, usage=USAGE,
    files=1, added=1, deleted=1, clone_seconds=0.1, edit_seconds=2.0, total_seconds=2.5, deadline_seconds=3600,
    patchferry="0.1.0",
)  # fmt: skip
ADDRESS = "https://github.com/acme/shop/pull/7"
OPENED = Opened(ADDRESS, 7, "patchferry/issue-1-0", REPORT, PATCH)
FOUND = Opened(ADDRESS, 7, "patchferry/issue-1-0")
PLANNED = Opened(URL, 0, "patchferry/issue-1-0", REPORT, PATCH)
BRANCHED = Branched("patchferry/task-0", SHA, REPORT, PATCH)
EMPTY: dict[str, object] = {
    "dry_run": False, "url": None, "number": None, "branch": None, "sha": None, "diff": "", "report": None,
    "planned": [], "reason": None, "sentence": None, "usage": None,
}  # fmt: skip
CALLS = (
    PlannedCall("POST", "/repos/acme/shop/issues/1/comments", "comment on #1", "On it"),
    PlannedCall("POST", "/repos/acme/shop/pulls", "open the pull request", "Fixes #1"),
)
DRY = Ended(PLANNED, dry_run=True, planned=CALLS, pushes=((SHA, "patchferry/issue-1-0"),))
MADE = {
    "diff": PATCH,
    "report": json.loads(json.dumps(REPORT.as_json())),
    "usage": {"tokens_in": 1200, "tokens_out": 80, "calls": 1, "cost_usd": 0.0016},
}


def refused(said: str = "", usage: Usage | None = None) -> Refused:
    error = Refused(Reason.NO_CHANGE, "the model changed nothing", usage=usage)
    error.said = said
    return error


def shown(ended: Ended, capsys: pytest.CaptureFixture[str], output: Format = Format.TEXT) -> tuple[str, list[str]]:
    show(ended, output)
    printed = capsys.readouterr()
    return printed.out, printed.err.splitlines()


@pytest.mark.parametrize(
    ("ended", "differs"),
    [
        (Ended(OPENED), {"outcome": "opened", "url": ADDRESS, "number": 7, "branch": OPENED.branch,
                         "sha": SHA, **MADE}),
        (Ended(FOUND), {"outcome": "opened", "url": ADDRESS, "number": 7, "branch": FOUND.branch}),
        (DRY, {"outcome": "opened", "dry_run": True, "branch": PLANNED.branch, "planned": planned(DRY), **MADE}),
        (Ended(BRANCHED), {"outcome": "branched", "branch": BRANCHED.branch, "sha": SHA, **MADE}),
        (Ended(BRANCHED, dry_run=True), {"outcome": "branched", "dry_run": True, "branch": BRANCHED.branch, **MADE}),
        (
            Ended(Answered("it is closed", Reason.ISSUE)),
            {"outcome": "failed", "reason": "issue", "sentence": "it is closed"},
        ),
        (
            Ended(refused(usage=USAGE)),
            {"outcome": "failed", "reason": "no_change", "sentence": "the model changed nothing",
             "usage": MADE["usage"]},
        ),
        (Ended(Ignored("eve has no write access")), {"outcome": "ignored", "sentence": "eve has no write access"}),
        (
            Ended(CutOff(Reason.INTERRUPTED, "interrupted by hand")),
            {"outcome": "stopped", "reason": "interrupted", "sentence": "interrupted by hand"},
        ),
    ],
)  # fmt: skip
def test_a_program_gets_one_object_in_which_every_key_stands(
    ended: Ended, differs: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = shown(ended, capsys, Format.JSON)
    assert json.loads(out) == EMPTY | differs


def test_a_push_is_planned_before_the_pull_request() -> None:
    assert [(call["verb"], call["path"]) for call in planned(DRY)] == [
        ("POST", "/repos/acme/shop/issues/1/comments"),
        ("PUSH", "refs/heads/patchferry/issue-1-0"),
        ("POST", "/repos/acme/shop/pulls"),
    ]
    assert planned(Ended(FOUND, dry_run=True, planned=CALLS[:1])) == [
        {"verb": "POST", "path": "/repos/acme/shop/issues/1/comments", "summary": "comment on #1", "body": "On it"}
    ]


def test_a_pull_request_is_its_address_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(Ended(OPENED), capsys) == (
        f"{ADDRESS}\n",
        ["1 file, +1 -1 lines · 1,200 tokens in, 80 out, $0.0016 · 2.5 s"],
    )
    assert shown(Ended(FOUND), capsys) == (f"{ADDRESS}\n", [f"There is a pull request for it already: {ADDRESS}"])


def test_a_branch_is_its_diff_on_stdout_and_what_to_do_with_it_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = shown(Ended(BRANCHED), capsys)
    assert out == PATCH
    assert err[0] == (
        "The branch patchferry/task-0 is at 0123456. Look: git diff ...patchferry/task-0 · "
        "take it: git merge patchferry/task-0"
    )


def test_a_dry_run_is_the_diff_and_what_github_would_be_sent(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = shown(DRY, capsys)
    assert out == (
        f"{PATCH}\nWithout --dry-run:\n"
        "  POST  /repos/acme/shop/issues/1/comments: comment on #1\n"
        "  PUSH  refs/heads/patchferry/issue-1-0: push the commit 0123456\n"
        "  POST  /repos/acme/shop/pulls: open the pull request\n"
    )
    assert err[0] == "Dry run: nothing was written."


def test_a_failure_is_a_sentence_the_models_own_words_and_what_it_cost(capsys: pytest.CaptureFixture[str]) -> None:
    said = "It looks\x1b[2J right."
    assert shown(Ended(refused(said, USAGE)), capsys) == (
        "",
        [
            "patchferry: the model changed nothing",
            "The model said: It looks\\x1b[2J right.",
            "Spent: 1,200 tokens in, 80 out, $0.0016.",
        ],
    )
    assert shown(Ended(Answered("it is closed", Reason.ISSUE)), capsys) == ("", ["patchferry: it is closed"])
    assert shown(Ended(Ignored("eve has no write access")), capsys) == ("", ["patchferry: eve has no write access"])


@pytest.mark.parametrize(
    ("outcome", "stopped", "code"),
    [
        (OPENED, None, 0),
        (BRANCHED, Exit.INTERRUPTED, 0),
        (Answered("it is closed", Reason.ISSUE), None, 1),
        (Answered("no such model", Reason.MODEL_UNKNOWN), None, 3),
        (Ignored("eve has no write access"), None, 1),
        (Refused(Reason.NO_CHANGE, "the model changed nothing"), None, 1),
        (Refused(Reason.CONFIGURATION, "GITHUB_TOKEN is not set"), None, 3),
        (Retry(Reason.MODEL_UNAVAILABLE, "the model is down"), None, 1),
        (CutOff(Reason.INTERRUPTED, "told to stop"), Exit.CUT_OFF, 4),
        (CutOff(Reason.INTERRUPTED, "interrupted by hand"), Exit.INTERRUPTED, 130),
    ],
)
def test_each_end_has_its_exit_code(outcome: Outcome | PatchferryError, stopped: Exit | None, code: int) -> None:
    assert exit_code(Ended(outcome), stopped) == code


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "new"), [(None, "\x1b[32m+new\x1b[0m\n"), ("1", "+new\n")])
def test_a_diff_on_a_terminal_is_coloured_and_cannot_steer_it(
    monkeypatch: pytest.MonkeyPatch, no_color: str | None, new: str
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    print_patch(PATCH + "+\x1b[2J\n")
    shown = terminal.getvalue()
    assert new in shown
    assert "\\x1b[2J" in shown
    assert shown.count("\n") == PATCH.count("\n") + 1


def test_a_diff_in_a_pipe_is_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stdout", pipe)
    print_patch(PATCH + "+\x1b[2J\n")
    assert pipe.getvalue() == PATCH + "+\x1b[2J\n"


def test_what_a_stream_cannot_encode_becomes_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    print_patch("+price: 5 €\n")
    assert stream.buffer.getvalue() == b"+price: 5 \\u20ac\n"
