"""Other people's words in our Markdown: nothing in them acts on GitHub."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.markdown import code, inert, unlinked, without_closing

# What GitHub's scanner would see; written apart from the code under test.
KEYWORDS = ("close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved")


@pytest.mark.parametrize("keyword", [*KEYWORDS, "FIXES", "Closes"])
@pytest.mark.parametrize(
    ("reference", "left"),
    [
        (" #7", " 7"),
        (": #7", ": 7"),
        ("  #7", "  7"),
        (" acme/shop#7", " acme/shop 7"),
        (" GH-7", " GH 7"),
        (" https://github.com/acme/shop/issues/7", " github.com/acme/shop/issues/7"),
    ],
)
def test_a_reference_after_a_closing_keyword_is_taken_apart(keyword: str, reference: str, left: str) -> None:
    assert without_closing(f"({keyword}{reference})") == f"({keyword}{left})"


@pytest.mark.parametrize(
    "text",
    ["see #7", "prefix #7", "fixes the bug of #7", "Fixes #", "closes it", "a fix: see acme/shop#7", "#7 closes"],
)
def test_other_references_stay(text: str) -> None:
    assert without_closing(text) == text


def test_a_reference_to_the_issue_itself_stays_and_one_that_begins_like_it_does_not() -> None:
    assert without_closing("Fixes #12, fixes #123, fixes #1", own=12) == "Fixes #12, fixes 123, fixes 1"


def test_a_mention_notifies_nobody_and_reads_the_same() -> None:
    assert unlinked("ask @alice about a@b.example and @") == "ask @\u200balice about a@\u200bb.example and @"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("push to `main` refused", "push to `main` refused"),
        ("![x](http://h/t.png)", "!\\[x](http://h/t.png)"),
        ("<!-- patchferry:state=done --> <img src=x>", "&lt;!-- patchferry:state=done --> &lt;img src=x>"),
        ("`@alice``", "\\`@\u200balice\\`\\`"),
        ("\\`@alice`", "\\\\`@\u200balice\\`"),
        ("a `b` @alice `c", "a `b` @\u200balice \\`c"),
    ],
)
def test_in_a_sentence_only_what_github_takes_for_code_stays_as_it_is(text: str, safe: str) -> None:
    assert inert(text) == safe


@given(st.text())
def test_a_name_is_one_span_of_code_whatever_it_holds(name: str) -> None:
    shown = code(name)
    assert shown.count("`") == 2
    assert shown.isprintable()
    assert len(shown) <= 202
    assert inert(shown) == shown


def test_what_nobody_sees_is_left_out() -> None:
    assert code("a\u202eb\u200c\nc\x1b[31m") == "`ab c [31m`"
