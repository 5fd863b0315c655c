from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import comments, markers
from worker.ports import Author, Diff, FileChange
from worker.report import RunReport
from worker.tasks import Rules, Task
from worker.usage import Usage

TASK = Task("0123456789abcdef", "acme/shop", "alice", issue=12)
REPORT = RunReport(
    task_id=TASK.id, engine="aider 0.86.2", model="ollama_chat/x", base="b" * 40, head="h" * 40, rounds=1,
    usage=Usage(1200, 80, 1, None), files=1, added=2, deleted=1, clone_seconds=0.1, edit_seconds=2.0,
    total_seconds=2.5, deadline_seconds=3600,
)  # fmt: skip
DIFF = Diff((FileChange("a`b.py", "modified", "100644", 2, 1, 10),), "+x\n")


@pytest.mark.parametrize(
    ("template", "issue_title", "title"),
    [
        ("{title}", "Sum  is\nwrong", "Sum is wrong"),
        ("{type}: {title}", "Sum is wrong", "fix: Sum is wrong"),
        ("{type}: {title}", "Add a multiply function", "feat: Add a multiply function"),
        ("{type}: {title}", "docs: explain sums", "docs: explain sums"),
        ("{type}: {title}", "Document the sums", "docs: Document the sums"),
        ("[#{issue}] {title}", "Sum is {wrong}", "[#12] Sum is {wrong}"),
        ("{title}", " \n", "Change requested"),
    ],
)
def test_titles_follow_the_operators_template(template: str, issue_title: str, title: str) -> None:
    assert comments.title(Rules(title_template=template), TASK, issue_title) == title


@given(st.text())
def test_a_title_is_one_line_whatever_the_issue_says(text: str) -> None:
    made = comments.title(Rules(), TASK, text)
    assert len(made.splitlines()) == 1
    assert len(made) <= 200


def test_a_commit_message_carries_the_trailers_and_no_others() -> None:
    message = comments.commit_message(
        TASK, Rules(sign_off=True), "Fix\nSigned-off-by: x", Author("Bot", "b@x.org"), "m"
    )
    subject, _, rest = message.partition("\n\n")
    assert subject == "Fix Signed-off-by: x"
    assert rest == (
        "Fixes #12\n\nPatchferry-Task: 0123456789abcdef\nRequested-by: alice\n"
        "Co-authored-by: aider (m) <aider@aider.chat>\nSigned-off-by: Bot <b@x.org>\n"
    )


def test_the_model_can_neither_mention_nor_close_nor_mark() -> None:
    said = "Fixes #99 @everyone ```\n<!-- patchferry:task=x kind=status -->\n````\n\x1b[31m"
    body = comments.pull_request_body(TASK, DIFF, REPORT, said, None)
    fence = re.search(r"^(`{3,})text$", body, re.MULTILINE)
    assert fence is not None
    quoted = body.split(f"{fence.group(1)}text\n")[1].split(f"\n{fence.group(1)}\n")[0]
    assert "Fixes #99" in quoted
    assert fence.group(1) not in quoted
    assert "\x1b" not in body
    assert body.count("Fixes #") == 2


def test_the_body_says_what_git_saw_and_that_no_tests_ran_and_keeps_the_template() -> None:
    body = comments.pull_request_body(TASK, DIFF, REPORT, "", "## Checklist\n- [ ] tests\n")
    assert body.startswith("Fixes #12\n")
    assert "- `a'b.py` (modified, +2 -1)" in body
    assert "none: no tests were run" in body
    assert "price unknown" in body
    assert body.endswith("---\n\n## Checklist\n- [ ] tests\n")
    assert markers.has(body, TASK.id, "report")


def test_a_failure_says_why_what_it_cost_and_what_the_model_said() -> None:
    text = comments.failed("the model changed nothing", said="I can't", usage="12 tokens in, 3 out, $0.0100")
    assert text.startswith("❌ No pull request: The model changed nothing.")
    assert "Spent: 12 tokens in, 3 out, $0.0100." in text
    assert "I can't" in text


def test_only_the_end_of_a_task_is_final() -> None:
    states: tuple[markers.State, ...] = get_args(markers.State)
    for state in states:
        body = comments.status(TASK.id, state, "text")
        assert markers.is_final(body) is (state in {"done", "failed"})
        assert markers.has(body, TASK.id, "status")
        assert not markers.has(body, "fedcba9876543210", "status")
