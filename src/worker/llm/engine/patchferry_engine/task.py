"""One job from beginning to end, after everything is imported."""

from __future__ import annotations

import os
from typing import Any

import aider
import litellm

from patchferry_engine.calls import Caller
from patchferry_engine.chat import Chat
from patchferry_engine.failures import Abort
from patchferry_engine.guard import Guard
from patchferry_engine.meter import Meter
from patchferry_engine.policy import PathPolicy
from patchferry_engine.prose import prose
from patchferry_engine.protocol import Job, Price, Report
from patchferry_engine.wire import Wire

VERSION = "0.86.2"
_SUMMARY = 4_000  # characters


def perform(job: Job, report: Report) -> None:
    """Edit the files and report how it ended. Raises Abort."""
    if aider.__version__ != VERSION:
        raise Abort(
            "configuration",
            f"PATCHFERRY_ENGINE_PYTHON has aider-chat {aider.__version__}; Patchferry needs {VERSION}",
        )
    os.environ.update(job.variables)  # only now: /proc shows the environment that a process was started with
    _keep_litellm_home(job)
    entry = _entry(job.model)
    price = job.price or _price(entry)
    if price is None and job.budget_usd is not None:
        raise Abort(
            "configuration",
            f"the price of {job.model} is unknown, so PATCHFERRY_BUDGET_USD cannot be kept; add an entry "
            f'"{job.model}" with input_cost_per_token and output_cost_per_token to PATCHFERRY_MODEL_PRICES',
        )
    policy = PathPolicy(job.tree, job.forbidden)
    guard = Guard(policy, job.addresses, [job.home])
    meter = Meter(price, job.budget_tokens, job.budget_usd, report)
    caller, settings = _caller(job, entry, meter, guard)
    guard.install()
    chat = Chat(job, policy, caller, settings)
    chat.run()
    guard.check()
    if chat.unapplied:
        raise Abort("malformed", f"{job.model} answered {chat.rounds} times with edits that could not be applied")
    whole = job.edit_format == "whole"
    summary = next((text for reply in reversed(chat.replies) if (text := prose(reply, whole=whole))), "")
    report.done(summary=summary[:_SUMMARY], rounds=chat.rounds, engine=f"aider {VERSION}", notes=[])


def _caller(job: Job, entry: dict[str, Any], meter: Meter, guard: Guard) -> tuple[Caller, dict[str, Any]]:
    """The caller, and what every call is sent with.

    A window of the job is shared by prompt and answer; litellm's max_input_tokens is for the prompt alone.
    """
    window = job.window or job.prompt_limit or int(entry.get("max_input_tokens") or 0)
    longest = int(entry.get("max_output_tokens") or job.max_output)
    if job.window:
        longest = min(longest, job.window // 4)
    answer = min(job.max_output, longest)
    settings: dict[str, Any] = {"max_tokens": answer}
    if job.keep_alive is not None:
        settings |= {"keep_alive": job.keep_alive, "num_ctx": job.window}
    wire = Wire(job.model, answer)
    wire.install()
    return Caller(job, meter, guard, wire, window=window, reserved=answer if job.window else 0), settings


def _keep_litellm_home(job: Job) -> None:
    """No download of tokenizers, and no questions to the Ollama server about a model that the worker knows already."""
    litellm.disable_hf_tokenizer_download = True
    litellm.suppress_debug_info = True
    litellm.drop_params = True
    litellm.REPEATED_STREAMING_CHUNK_LIMIT = 10**9  # ours says what happened
    if job.keep_alive is not None:
        litellm.model_cost.setdefault(job.model, {"litellm_provider": "ollama_chat", "mode": "chat"})


def _entry(model: str) -> dict[str, Any]:
    """What litellm's own table, the one in its package, says about a model."""
    provider, _, bare = model.partition("/")
    table: dict[str, dict[str, Any]] = litellm.model_cost
    if model in table:
        return table[model]
    entry = table.get(bare, {})
    # Such as "vertex_ai-language-models" for vertex_ai.
    return entry if str(entry.get("litellm_provider")).startswith(provider) else {}


def _price(entry: dict[str, Any]) -> Price | None:
    if "input_cost_per_token" not in entry or "output_cost_per_token" not in entry:
        return None
    cached = entry.get("cache_read_input_token_cost")
    return Price(float(entry["input_cost_per_token"]), float(entry["output_cost_per_token"]), cached)
