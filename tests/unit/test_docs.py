"""What the documents name exists: links, paths, settings, commands, targets; and their examples can be used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from patchferry.cli import COMMANDS, group
from worker.config.fields import GROUPS, PREFIX, variable
from worker.config.sources import is_provider_variable
from worker.llm import prices
from worker.models import QuickFix, parse

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted(ROOT.glob("docs/adr/[0-9]*.md"))
PROGRAMS = {".venv/bin/pytest", ".venv/bin/python", "export", "make", "npm", "ollama", "patchferry"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", page.read_text())


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(page.read_text()) if kind == language]


def code(page: Path) -> list[str]:
    """Everything that is set as code: each line of shell, and each span."""
    lines = "".join(blocks(page, "sh")).splitlines()
    return [line.split(" #")[0] for line in lines] + re.findall(r"`([^`\n]+)`", prose(page))


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def settings() -> set[str]:
    return {variable(name) for group in GROUPS for name in group.model_fields}


@every_page
def test_links_lead_to_a_file_and_its_heading(page: Path) -> None:
    for target in re.findall(r"\[[^\]]+\]\(([^)\s]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        there = (page.parent / path).resolve() if path else page
        assert there.is_relative_to(ROOT), target
        assert there.is_file(), target
        assert not anchor or anchor in anchors(there), target


@every_page
def test_paths_lead_to_files(page: Path) -> None:
    for path in re.findall(r"\b(?:src|tests|scripts|docs|requirements)/[\w./*-]*\w", "\n".join(code(page))):
        assert path == "docs/CODEOWNERS" or list(ROOT.glob(path)), path


@every_page
def test_variables_are_settings(page: Path) -> None:
    doors = set(re.findall(r"\bPATCHFERRY_LIVE_\w+", (ROOT / "Makefile").read_text()))
    for name in re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b(?!\.md)", page.read_text()):
        known = {name, PREFIX + name} & settings() or name in doors or is_provider_variable(name)
        assert known, name


@every_page
def test_commands_and_their_options_exist(page: Path) -> None:
    for line in code(page):
        found = re.search(r"(?:^|/)patchferry ([a-z]+)(.*)", line)
        if found is None:
            continue
        assert found[1] in COMMANDS, line
        told = CliRunner().invoke(group(), [found[1], "--help"], env={"COLUMNS": "200"}).output
        for option in re.findall(r"(?<!\S)--?[a-z][a-z-]*", found[2]):
            assert re.search(rf"(?<!\S){option}(?!\S)", told), line


@every_page
def test_targets_of_make_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {found for line in code(page) for found in re.findall(r"(?:^|&& )make ([a-z-]+)", line)}
    assert named <= targets


@every_page
def test_shell_examples_start_programs_that_people_have(page: Path) -> None:
    lines = "".join(blocks(page, "sh")).splitlines()
    assert {line.split()[0] for line in lines if line.strip()} <= PROGRAMS


@every_page
def test_no_page_speaks_of_somebodys_own_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.~])/(?:home|root|Users|work|tmp)/", page.read_text())


def test_the_readme_can_be_read_in_one_go() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_the_message_of_the_architecture_is_one() -> None:
    (example,) = blocks(ROOT / "docs" / "ARCHITECTURE.md", "json")
    assert isinstance(parse(example.encode()), QuickFix)


def test_the_price_list_of_the_model_page_is_one(tmp_path: Path) -> None:
    (example,) = blocks(ROOT / "docs" / "LLM_CONFIGURATION.md", "json")
    path = tmp_path / "prices.json"
    path.write_text(example)
    assert prices.entry_for("openai/Qwen/Qwen2.5-Coder-32B-Instruct", path).price == prices.FREE
    assert prices.entry_for("anthropic/claude-sonnet-4-5", path).price is not None


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts_on_one_page(decision: Path) -> None:
    text = decision.read_text()
    assert text.startswith(f"# {decision.name[:4]}. ")
    assert {"context", "decision", "why-not"} <= anchors(decision)
    assert len(text.splitlines()) <= 60
    assert f"({decision.name})" in (ROOT / "docs" / "adr" / "README.md").read_text()


def test_decisions_that_other_files_name_exist() -> None:
    files = [path for folder in ("src", "scripts", "requirements") for path in (ROOT / folder).rglob("*.*")]
    texts = [path.read_text() for path in files if path.suffix in {".py", ".txt", ".sh"}]
    named = {number for text in texts for number in re.findall(r"docs/adr/(\d{4})", text)}
    assert named <= {path.name[:4] for path in DECISIONS}
    assert named
