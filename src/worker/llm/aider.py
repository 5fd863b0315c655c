"""The Engine port on Aider, which runs in a process of its own with the model's variables and no others."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from sys import executable
from typing import Any

import structlog

from worker import process
from worker.deadline import Deadline
from worker.errors import PatchferryError, Reason, Refused
from worker.llm import ollama, outcome, prices
from worker.llm.providers import Access
from worker.ports import EditRequest, EditResult, Usage
from worker.redact import Redactor

FOLDER = Path(__file__).parent / "engine"

_INSPECTION_SECONDS = 10.0
_LARGEST_OUTPUT = 1_000_000  # bytes of Aider's own talk, for the debug log
_SECRET_WORDS = ("KEY", "TOKEN", "SECRET", "CREDENTIAL", "PASSWORD", "PROXY")
_log = structlog.get_logger(__name__)


class AiderEngine:
    """Edits files with Aider 0.86.2 and the model of a litellm name.

    `provider_environment` may hold every provider's variables; the process gets those of this model's provider only.
    `context_tokens` 0 means: ask Ollama, or litellm's table. `model_timeout` is seconds for one call, `retries` how
    often a call is repeated that a later one may answer, with pauses of `retry_pause` seconds, doubled each time, or
    what the server asks for, up to `longest_pause`.
    """

    def __init__(
        self,
        *,
        model: str,
        provider_environment: Mapping[str, str],
        engine_python: Path | str = executable,
        context_tokens: int = 0,
        max_output_tokens: int = 8192,
        model_timeout: float = 600.0,
        model_prices: Path | None = None,
        ollama_keep_alive: str = "30m",
        edit_format: str = "diff",
        https_proxy: str | None = None,
        no_proxy: str | None = None,
        ssl_cert_file: Path | str | None = None,
        retries: int = 2,
        retry_pause: float = 2.0,
        longest_pause: float = 30.0,
    ) -> None:
        network = {"HTTPS_PROXY": https_proxy, "NO_PROXY": no_proxy, "SSL_CERT_FILE": ssl_cert_file}
        self._variables = {**provider_environment, **{name: str(value) for name, value in network.items() if value}}
        self._model = model
        self._python = str(engine_python)
        self._context_tokens = context_tokens
        self._model_timeout = model_timeout
        self._prices = model_prices
        self._keep_alive = ollama_keep_alive
        self._limits = {
            "max_output": max_output_tokens,
            "edit_format": edit_format,
            "retries": retries,
            "retry_pause": retry_pause,
            "longest_pause": longest_pause,
        }

    def check(self, deadline: Deadline) -> None:
        """Raise when the model can't be used; asks the Ollama server, and no other provider."""
        deadline.check()
        access = Access.find(self._model, self._variables)
        prices.entry_for(self._model, self._prices)
        self._window(access, deadline)

    def edit(self, request: EditRequest, deadline: Deadline) -> EditResult:
        """Ask the model to make the change in the work tree."""
        deadline.check()
        access = Access.find(self._model, self._variables)
        with (
            tempfile.TemporaryDirectory(prefix="patchferry-engine-") as home,
            process.Channel(outcome.LARGEST_REPORT) as channel,
        ):
            job = self._job(request, access, Path(home), deadline)
            try:
                finished = self._run(job, access, Path(home), channel, deadline)
            except PatchferryError as error:
                error.usage = outcome.usage_in(channel.received)
                raise
        redact = Redactor(_secrets(access.environment)).redact
        _log.debug(
            "engine finished",
            returncode=finished.returncode,
            stdout=redact(finished.stdout.decode(errors="replace")),
            stderr=redact(finished.stderr.decode(errors="replace")),
        )
        received = bytes(channel.received)
        usage = outcome.usage_in(received)
        match outcome.ending_of(received):
            case outcome.Done() as done:
                return EditResult(
                    summary=redact(done.summary),
                    rounds=done.rounds,
                    usage=usage or Usage(),
                    engine=done.engine,
                    model=self._model,
                    seconds=finished.seconds,
                    notes=tuple(redact(note) for note in done.notes),
                )
            case outcome.Failed() as failed:
                raise failed.error(usage)
            case None:
                sentence = f"the engine ended without a report (status {finished.returncode})"
                raise Refused(Reason.ENGINE, sentence, usage=usage)

    def _run(
        self, job: Mapping[str, Any], access: Access, home: Path, channel: process.Channel, deadline: Deadline
    ) -> process.Finished:
        try:
            return process.run(
                [self._python, "-I", "-X", "utf8", str(FOLDER), str(channel.child_end)],
                env=_environment(access, home),
                cwd=home,
                deadline=deadline,
                stdin=json.dumps(job).encode(),
                max_output=_LARGEST_OUTPUT,
                channel=channel,
            )
        except OSError as error:
            sentence = f"PATCHFERRY_ENGINE_PYTHON cannot be started ({error.strerror})"
            raise Refused(Reason.CONFIGURATION, sentence) from error

    def _job(self, request: EditRequest, access: Access, home: Path, deadline: Deadline) -> dict[str, Any]:
        """The fields of patchferry_engine.protocol.Job."""
        entry = prices.entry_for(self._model, self._prices)
        local = access.provider.name == "ollama"
        if entry.input_cost_per_token is None or entry.output_cost_per_token is None:
            entry = prices.FREE.model_copy(update={"max_input_tokens": entry.max_input_tokens}) if local else entry
        return self._limits | {
            "tree": str(request.tree),
            "home": str(home),
            "files": request.files,
            "all_files": request.all_files,
            "forbidden": request.forbidden,
            "prompt": request.prompt,
            "model": f"ollama_chat/{self._bare_name()}" if local else self._model,
            "window": self._window(access, deadline),
            "call_seconds": self._model_timeout,
            # A little more than there is: at the deadline it is this side that ends the process, and says so.
            "total_seconds": deadline.remaining() + 5,
            "keep_alive": self._keep_alive if local else None,
            "price": _price(entry),
            "budget_tokens": request.budget_tokens,
            "budget_usd": request.budget_usd,
            "addresses": [{"host": host, "port": port} for host, port in access.addresses],
        }

    def _window(self, access: Access, deadline: Deadline) -> int:
        if access.provider.name != "ollama":
            return self._context_tokens
        timeout = min(_INSPECTION_SECONDS, deadline.remaining())
        found = ollama.inspect(self._bare_name(), access.base or "", access.environment, timeout=timeout)
        return self._context_tokens or found.window

    def _bare_name(self) -> str:
        return self._model.partition("/")[2]


def _environment(access: Access, home: Path) -> dict[str, str]:
    """Everything that the engine's process sees."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MODE": "PRODUCTION",
        "GIT_PYTHON_REFRESH": "quiet",
        **access.environment,
    }


def _price(entry: prices.Entry) -> dict[str, float | None] | None:
    if entry.input_cost_per_token is None or entry.output_cost_per_token is None:
        return None
    return {
        "prompt": entry.input_cost_per_token,
        "answer": entry.output_cost_per_token,
        "cached": entry.cache_read_input_token_cost,
    }


def _secrets(variables: Mapping[str, str]) -> list[str]:
    return [value for name, value in variables.items() if any(word in name for word in _SECRET_WORDS)]
