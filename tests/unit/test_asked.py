from __future__ import annotations

from pathlib import Path

import click
import pytest

from patchferry.asked import Here, OnGitHub, Text, asked
from worker.github.addresses import Addresses, Target

GITHUB = Addresses("https://api.github.com")
ENTERPRISE = Addresses("https://git.example.com/api/v3")
TEXT = Text("Round prices", "to whole cents")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory and the home; it holds the folders `shop` and `acme/shop`."""
    (tmp_path / "acme" / "shop").mkdir(parents=True)
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    "request_",
    [
        "acme/shop#12",
        " acme/shop#12\n",
        "https://github.com/acme/shop/issues/12",
        "https://github.com/acme/shop/issues/12#issuecomment-1",
        "https://ada:secret@github.com/acme/shop/issues/12",
    ],
)
def test_an_issue_is_named_by_its_number_or_its_address(request_: str) -> None:
    assert asked(GITHUB, request_, None, None) == OnGitHub("acme/shop", 12)


@pytest.mark.parametrize(
    "repo",
    [
        "acme/tea",
        "https://github.com/acme/tea",
        "https://GitHub.com/acme/tea.git/",
        "https://ada:secret@github.com/acme/tea",
        "git@github.com:acme/tea.git",
        "ssh://git@github.com/acme/tea.git",
    ],
)
def test_a_repository_on_github_is_named_as_its_clone_address_or_by_owner_and_name(repo: str) -> None:
    assert asked(GITHUB, "Round prices\n\nto whole cents\n", repo, None) == OnGitHub("acme/tea", TEXT)
    assert asked(GITHUB, None, repo, 12) == OnGitHub("acme/tea", 12)
    assert asked(GITHUB, "ACME/tea#12", repo, None) == OnGitHub("acme/tea", 12)


@pytest.mark.parametrize("repo", [".", "shop", "./acme/shop", "~/shop", "acme/shop"])
def test_a_folder_that_is_there_is_meant_before_a_repository_of_that_name(repo: str) -> None:
    assert asked(GITHUB, "Round prices\nto whole cents", repo, None) == Here(Path(repo).expanduser(), TEXT)
    assert asked(GITHUB, None, repo, 12) == Here(Path(repo).expanduser(), 12)


def test_a_host_of_ones_own_is_the_only_one() -> None:
    assert asked(ENTERPRISE, None, "git@git.example.com:acme/tea.git", 1) == OnGitHub("acme/tea", 1)
    with pytest.raises(click.UsageError, match=r"no repository on https://git\.example\.com"):
        asked(ENTERPRISE, None, "git@github.com:acme/tea.git", 1)


@pytest.mark.parametrize(("words", "what"), [("12", 12), ("#12", 12), ("acme/tea#3", Target("acme/tea", 3))])
def test_a_number_or_an_address_instead_of_a_text_names_an_issue(words: str, what: int | Target) -> None:
    assert asked(GITHUB, words, "shop", None) == Here(Path("shop"), what)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("# Round prices\n\nto whole cents\n", TEXT),
        ("#hashtag", Text("#hashtag", "")),
        ("Port-to-C#", Text("Port-to-C#", "")),
        ("12 files too many", Text("12 files too many", "")),
        ("See https://example.com/a#1", Text("See https://example.com/a#1", "")),
    ],
)
def test_the_first_line_of_a_text_is_its_title_without_the_mark_of_a_heading(words: str, text: Text) -> None:
    assert asked(GITHUB, words, "shop", None) == Here(Path("shop"), text)


@pytest.mark.parametrize(
    ("request_", "repo", "issue", "says"),
    [
        (None, None, None, "Say which issue: owner/repo#12 or its address; or --repo with a text."),
        (None, None, 12, "--issue needs --repo; or write owner/repo#12."),
        ("Round prices", None, None, "A text needs --repo: the path of a clone, or owner/name."),
        ("shop#12", None, None, "shop#12 names no issue; write owner/repo#12"),
        ("https://gitlab.com/acme/tea/issues/1", None, None, "is not an address on https://github.com"),
        (None, "shop", None, "Say what to change: a text (its first line is the title), - to read it, or --issue."),
        ("# \n", "shop", None, "Say what to change"),
        ("Round prices", "shop", 12, "Give either --issue or a text, not both."),
        ("https://gitlab.com/acme/tea/issues/1", "shop", None, "is not an address on https://github.com"),
        ("acme/shop#12", "acme/tea", None, "acme/shop#12 is not in acme/tea"),
        ("x", "nowhere", None, "nowhere is no folder here and no repository on https://github.com: give the path"),
        ("x", "", None, "--repo is no folder here"),
        ("x", "https://github.com/acme/tea/issues/12", None, "give the path of a clone, owner/name, or its address."),
        ("x", "http://github.com/acme/tea", None, "no repository on https://github.com"),
        ("x", "https://github.com:8443/acme/tea", None, "no repository on https://github.com"),
        ("half a character: \udcff", "shop", None, "The text is not UTF-8"),
    ],
)
def test_what_does_not_fit_together_is_said_with_what_to_do(
    request_: str | None, repo: str | None, issue: int | None, says: str
) -> None:
    with pytest.raises(click.UsageError) as refused:
        asked(GITHUB, request_, repo, issue)
    assert says in refused.value.message


def test_a_password_in_an_address_is_not_repeated() -> None:
    for request_, repo in [("https://a:secret@example.com/x/y/issues/1", None), ("x", "https://a:secret@example.com/")]:
        with pytest.raises(click.UsageError) as refused:
            asked(GITHUB, request_, repo, None)
        assert "secret" not in refused.value.message
