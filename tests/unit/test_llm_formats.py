from __future__ import annotations

from pathlib import Path

import pytest

from worker.llm.formats import EditFormat, Wanted, by_name, choose


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("anthropic/claude-sonnet-4-5", "diff"),
        ("openai/gpt-5", "diff"),
        ("openai/gpt-4o", "diff"),
        ("deepseek/deepseek-chat", "diff"),
        ("ollama_chat/qwen2.5-coder:14b", "diff"),
        ("ollama_chat/qwen2.5-coder", "diff"),
        ("ollama_chat/qwen3-coder:30b-a3b-q4_K_M", "diff"),
        ("openai/Qwen/Qwen2.5-Coder-32B-Instruct", "diff"),
        ("bedrock/anthropic.claude-3-7-sonnet-20250219-v1:0", "diff"),
        ("ollama_chat/qwen2.5-coder:7b", "whole"),
        ("ollama_chat/qwen2.5-coder:1.5b-instruct", "whole"),
        ("openai/meta-llama/Llama-3.1-8B-Instruct", "whole"),
        ("openai/gpt-4o-mini", "whole"),
        ("ollama_chat/gemma3:27b", "whole"),
        ("gemini/gemini-2.5-pro", "diff-fenced"),
        ("openrouter/google/gemini-2.5-flash", "diff-fenced"),
        ("openai/gpt-4-turbo", "udiff"),
    ],
)
def test_the_name_of_a_model_decides(model: str, expected: EditFormat) -> None:
    assert by_name(model) == expected


@pytest.mark.parametrize("wanted", ["diff", "diff-fenced", "udiff", "whole"])
def test_the_operator_decides_over_the_name(wanted: Wanted) -> None:
    assert choose("ollama_chat/qwen2.5-coder:7b", wanted, [], 8192) == wanted


def test_a_file_that_does_not_fit_into_an_answer_is_not_asked_for_as_a_whole(tmp_path: Path) -> None:
    small, large = tmp_path / "small.py", tmp_path / "large.py"
    small.write_bytes(b"x" * 9_000)
    large.write_bytes(b"x" * 9_001)
    model = "ollama_chat/qwen2.5-coder:7b"
    assert choose(model, "auto", [small, tmp_path / "new.py"], 4_000) == "whole"
    assert choose(model, "auto", [small, large], 4_000) == "diff"
    assert choose(model, "whole", [large], 4_000) == "whole"
