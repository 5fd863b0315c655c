"""The Engine port on the real Aider: what lands in the tree, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.engine_world import (
    FIX,
    FIXED,
    GREETING,
    EngineOn,
    block,
    contents,
    edit,
    on_ollama,
    on_ollama_cold,
    on_openai,
    on_openai_cold,
    plant,
)
from tests.fakes.model import NAME, ScriptedModel
from tests.fakes.model_script import Say
from worker.errors import Reason, Refused
from worker.usage import Usage

WRONG = block("greet.py", "    return 'goodbye'\n", "    return 'hello ' + name\n")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return plant(tmp_path / "tree", {"greet.py": GREETING})


@pytest.mark.parametrize("engine_on", [on_ollama, on_openai, on_ollama_cold, on_openai_cold])
def test_an_edit_lands_in_the_file_and_the_report_says_what_it_took(tree: Path, engine_on: EngineOn) -> None:
    with ScriptedModel([Say(f"The greeting was misspelt.\n\n{FIX}", tokens=(1500, 90))]) as model:
        result = edit(engine_on(model), tree)
    assert contents(tree) == {"greet.py": FIXED}
    assert result.summary == "The greeting was misspelt."
    assert (result.rounds, result.engine, result.model.partition("/")[2]) == (1, "aider 0.86.2", NAME)
    local = engine_on in (on_ollama, on_ollama_cold)
    assert result.usage == Usage(1500, 90, 1, 0.0 if local else None)
    assert 0 < result.seconds < 60


def test_ollama_gets_one_window_one_length_and_a_keep_alive_in_every_call(tree: Path) -> None:
    with ScriptedModel([WRONG, FIX], models={NAME: 131_072}) as model:
        edit(on_ollama(model, max_output_tokens=2_000, ollama_keep_alive="7m"), tree)
    assert [one.path for one in model.requests] == ["/api/show", "/api/chat", "/api/chat"]
    for call in model.calls:
        assert (call.options["num_ctx"], call.options["num_predict"]) == (32_768, 2_000)
        assert call.body["keep_alive"] == "7m"


def test_two_files_and_a_new_file_in_a_new_folder_land_where_the_model_says(tmp_path: Path) -> None:
    tree = plant(tmp_path / "tree", {"src/app/greet.py": GREETING, "src/app/part.py": "old = 1\n"})
    reply = "\n".join(
        [
            block("src/app/greet.py", "    return 'helo ' + name\n", "    return 'hello ' + name\n"),
            block("src/app/part.py", "old = 1\n", "new = 2\n"),
            block("docs/new/page.md", "", "# Page\n"),
        ]
    )
    with ScriptedModel([reply]) as model:
        edit(on_ollama(model), tree, files=["src/app/greet.py", "src/app/part.py"])
    expected = {"src/app/greet.py": FIXED, "src/app/part.py": "new = 2\n", "docs/new/page.md": "# Page\n"}
    assert contents(tree) == expected


def test_a_reply_without_edits_changes_nothing_and_is_handed_on_as_the_summary(tree: Path) -> None:
    with ScriptedModel(["This is not a bug."]) as model:
        result = edit(on_ollama(model), tree)
    assert contents(tree) == {"greet.py": GREETING}
    assert (result.summary, result.rounds) == ("This is not a bug.", 1)


def test_an_edit_that_does_not_match_is_fed_back_and_corrected(tree: Path) -> None:
    with ScriptedModel([WRONG, FIX]) as model:
        result = edit(on_openai(model), tree)
    assert contents(tree) == {"greet.py": FIXED}
    assert (result.rounds, result.usage.calls) == (2, 2)
    assert "failed to match" in model.calls[1].text


def test_edits_that_never_match_end_as_malformed_after_three_corrections(tree: Path) -> None:
    with ScriptedModel([WRONG] * 4) as model, pytest.raises(Refused) as refused:
        edit(on_ollama(model), tree)
    assert refused.value.reason is Reason.MALFORMED
    assert refused.value.usage == Usage(4 * 1200, 4 * 80, 4, 0.0)
    assert contents(tree) == {"greet.py": GREETING}


def test_a_model_that_gives_up_after_a_wrong_edit_is_malformed_too(tree: Path) -> None:
    with ScriptedModel([WRONG, "Sorry, I can't."]) as model, pytest.raises(Refused) as refused:
        edit(on_ollama(model), tree)
    assert refused.value.reason is Reason.MALFORMED


def test_an_answer_cut_off_at_the_length_limit_is_refused_and_not_applied(tree: Path) -> None:
    with ScriptedModel([Say(FIX, finish="length")]) as model, pytest.raises(Refused) as refused:
        edit(on_ollama(model), tree)
    assert refused.value.reason is Reason.CONTEXT
    assert "PATCHFERRY_MAX_OUTPUT_TOKENS" in refused.value.sentence
    assert contents(tree) == {"greet.py": GREETING}


def test_a_file_that_the_model_asks_for_is_shown_to_it(tmp_path: Path) -> None:
    tree = plant(tmp_path / "tree", {"greet.py": GREETING, "words.py": "WORD = 'helo '\n"})
    with ScriptedModel(["Please add `words.py` to the chat.", FIX]) as model:
        result = edit(on_ollama(model), tree)
    assert "WORD = 'helo '" not in model.calls[0].text
    assert "WORD = 'helo '" in model.calls[1].text
    assert (result.rounds, contents(tree)["greet.py"]) == (2, FIXED)


def test_an_edit_that_names_another_file_is_not_asked_for_again(tmp_path: Path) -> None:
    tree = plant(tmp_path / "tree", {"greet.py": GREETING, "words.py": "WORD = 1\n"})
    with ScriptedModel([f"It is unlike `words.py`.\n\n{FIX}"]) as model:
        edit(on_ollama(model), tree)
    assert contents(tree)["greet.py"] == FIXED


def test_the_files_are_shown_in_the_order_of_the_request(tmp_path: Path) -> None:
    names = tuple(f"{letter}.py" for letter in "qwertyuiop")
    tree = plant(tmp_path / "tree", dict.fromkeys(names, "x = 1\n"))
    with ScriptedModel(["No change."]) as model:
        edit(on_ollama(model), tree, files=names)
    places = [model.calls[0].text.index(f"\n{name}\n") for name in names]
    assert places == sorted(places)


def test_windows_line_ends_and_odd_words_in_the_prompt_survive(tmp_path: Path) -> None:
    tree = plant(tmp_path / "tree", {})
    tree.mkdir(exist_ok=True)
    (tree / "greet.py").write_bytes(GREETING.replace("\n", "\r\n").encode())
    prompt = "Fix {this} <|endoftext|> 100 % of {0} \x00 \N{PILE OF POO}"
    with ScriptedModel([f"Half \ud800 a pair.\n\n{FIX}"]) as model:
        result = edit(on_ollama(model), tree, f"{prompt} \ud800")
    assert result.summary == "Half ? a pair."
    assert (tree / "greet.py").read_bytes() == FIXED.replace("\n", "\r\n").encode()
    assert prompt in model.calls[0].text


@pytest.mark.parametrize(("wanted", "format_", "told"), [
    ("auto", "whole", "*file listing*"),  # the scripted model has a billion parameters
    ("diff", "diff", "*SEARCH/REPLACE*"),
    ("udiff", "udiff", "unified diff"),
])  # fmt: skip
def test_the_model_is_asked_for_the_edit_format_of_the_settings(
    tree: Path, wanted: str, format_: str, told: str
) -> None:
    replies = {
        "whole": f"greet.py\n```\n{FIXED}```\n",
        "diff": FIX,
        "udiff": "```diff\n--- greet.py\n+++ greet.py\n@@ ... @@\n-    return 'helo ' + name\n"
        "+    return 'hello ' + name\n```\n",
    }
    with ScriptedModel([replies[format_]]) as model:
        result = edit(on_ollama(model, edit_format=wanted), tree)
    assert told in model.calls[0].text
    assert (contents(tree), result.rounds, result.summary) == ({"greet.py": FIXED}, 1, "")
