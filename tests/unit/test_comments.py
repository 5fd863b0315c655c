from __future__ import annotations

import re
from dataclasses import replace
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


@pytest.mark.parametrize("template", ["{title}", "{type}: {title}"])
def test_an_issues_title_closes_no_other_issue_and_notifies_nobody(template: str) -> None:
    rules = Rules(title_template=template)
    title = comments.title(rules, TASK, "#7 is back: closes #8, ask @bob")
    message = comments.commit_message(TASK, rules, title, Author("Bot", "b@x.org"), "m")
    for text in (title, message.splitlines()[0]):
        assert not re.search(r"fix: #|closes #|@bob", text)
    assert "Fixes #12" in message


def test_a_number_that_is_cut_short_closes_nothing() -> None:
    title = comments.title(Rules(), TASK, "x" * 62 + " fixes #123456789")
    subject = comments.commit_message(TASK, Rules(), title, Author("Bot", "b@x.org"), "m").splitlines()[0]
    assert "fixes #" not in subject


def test_who_types_the_request_here_may_close_what_they_like() -> None:
    task = Task(TASK.id, "acme/shop", "alice")
    assert comments.title(Rules(), task, "Fixes #7 for @bob") == "Fixes #7 for @bob"


HOSTILE = "a`@bob`![x](http://h/t.png) closes #7 <!-- patchferry:task=0123456789abcdef kind=status -->"


def test_names_of_files_do_nothing_in_any_text() -> None:
    report = replace(REPORT, notes=(f"left out, because .gitignore hides them: `{HOSTILE}`",))
    diff = Diff((FileChange(HOSTILE, "added", "100644", 1, 0, 1),), "+x\n")
    texts = (
        comments.failed(f'the model tried to change "{HOSTILE}", which belongs to git'),
        comments.gave_up(HOSTILE, 4),
        comments.waiting(HOSTILE, until="then"),
        comments.pull_request_body(TASK, diff, report, "", None),
        comments.resumed_body(TASK, "s" * 40, (HOSTILE,)),
    )
    for text in texts:
        outside_code = re.sub(r"(?<![`\\])`[^`]+`(?!`)", "", text)
        assert not re.search(r"@bob|!\[|closes #|<!-- patchferry:task=\w+ kind=status", outside_code), outside_code


def test_a_repositorys_template_closes_no_issue_and_holds_no_mark_of_ours() -> None:
    template = "Fixes #123\n<!-- patchferry:task=0123456789abcdef kind=report -->\ncc @acme/reviewers"
    body = comments.pull_request_body(TASK, DIFF, REPORT, "", template)
    assert "Fixes 123\n" in body
    assert body.count(markers.marker(TASK.id, "report")) == 1
    assert body.endswith("cc @acme/reviewers\n")


def test_the_models_words_hold_no_mark_of_ours() -> None:
    text = comments.failed(
        "nothing changed", said=f"{markers.marker(TASK.id, 'status')} {markers.state_marker('done')}"
    )
    assert not markers.has_any(text)
    assert "state=done" in text


def test_the_longest_names_and_words_fit_into_a_pull_request() -> None:
    diff = Diff(tuple(FileChange("d/" * 2_000 + str(n), "added", "100644", 1, 0, 1) for n in range(50)), "+x\n")
    report = replace(REPORT, notes=tuple("`" + "n/" * 2_000 + "`" for _ in range(5)))
    assert len(comments.pull_request_body(TASK, diff, report, "w" * 9_000, "t" * 20_000)) < 65_536


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
