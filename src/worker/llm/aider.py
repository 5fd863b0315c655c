"""The Engine port on Aider, which runs in a process of its own with the model's variables and no others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from sys import executable
from typing import Any

from worker.deadline import Deadline
from worker.llm import child, formats, ollama, prices
from worker.llm.cold import Cold
from worker.llm.providers import Access
from worker.llm.room import HOSTED_WINDOW, OWN_SERVERS_WINDOW, room
from worker.ports import EditRequest, EditResult

_INSPECTION_SECONDS = 10.0
# At the deadline it is this side that ends the process, and says so.
_GRACE_SECONDS = 5.0


class AiderEngine:
    """Edits files with Aider 0.86.2 and the model of a litellm name.

    `provider_environment` may hold every provider's variables; the process gets those of this model's provider only.
    `runner` has its processes; without one each edit starts `engine_python` anew.
    `context_tokens` 0 means: ask Ollama, or litellm's table. `model_timeout` is seconds for one question with its
    `retries`: how often it is put again when a later answer may help, with pauses of `retry_pause` seconds, doubled
    each time, or what the server asks for, up to `longest_pause`.
    """

    def __init__(
        self,
        *,
        model: str,
        provider_environment: Mapping[str, str],
        engine_python: Path | str = executable,
        runner: child.Runner | None = None,
        context_tokens: int = 0,
        max_output_tokens: int = 8192,
        model_timeout: float = 600.0,
        model_prices: Path | None = None,
        ollama_keep_alive: str = "30m",
        edit_format: formats.Wanted = "diff",
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
        self._runner = runner or Cold(str(engine_python))
        self._context_tokens = context_tokens
        self._prices = model_prices
        self._keep_alive = ollama_keep_alive
        self._wanted_format = edit_format
        self._max_output = max_output_tokens
        self._limits = {
            "max_output": max_output_tokens,
            "call_seconds": model_timeout,
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

    def room(self, deadline: Deadline) -> int:
        """From the window that is known, or that models of this provider have at least."""
        deadline.check()
        access = Access.find(self._model, self._variables)
        known = self._window(access, deadline) or prices.entry_for(self._model, self._prices).max_input_tokens
        return room(known or (HOSTED_WINDOW if access.hosted else OWN_SERVERS_WINDOW), self._max_output)

    def edit(self, request: EditRequest, deadline: Deadline) -> EditResult:
        """Ask the model to make the change in the work tree."""
        deadline.check()
        access = Access.find(self._model, self._variables)
        job = self._job(request, access, deadline)
        done = child.perform(self._runner, job, access.environment, deadline)
        return EditResult(
            summary=done.summary,
            rounds=done.rounds,
            usage=done.usage,
            engine=done.engine,
            model=self._model,
            seconds=done.seconds,
            notes=done.notes,
        )

    def _job(self, request: EditRequest, access: Access, deadline: Deadline) -> dict[str, Any]:
        local = access.provider.name == "ollama"
        entry = prices.entry_for(self._model, self._prices)
        shown = [request.tree / name for name in request.files]
        return self._limits | {
            "edit_format": formats.choose(self._model, self._wanted_format, shown, self._max_output),
            "tree": str(request.tree),
            "files": request.files,
            "all_files": request.all_files,
            "forbidden": request.forbidden,
            "prompt": request.prompt,
            # Ollama's older name for the same models has an endpoint of its own, without roles.
            "model": f"ollama_chat/{self._bare_name()}" if local else self._model,
            "credentials": " or ".join(access.provider.keys) or "the provider's variables",
            "window": self._window(access, deadline),
            "total_seconds": deadline.remaining() + _GRACE_SECONDS,
            "keep_alive": self._keep_alive if local else None,
            "prompt_limit": entry.max_input_tokens or 0,
            "price": entry.price or (prices.FREE if local else None),
            "budget_tokens": request.budget_tokens,
            "budget_usd": request.budget_usd,
            "addresses": [{"host": host, "port": port} for host, port in access.addresses],
        }

    def _window(self, access: Access, deadline: Deadline) -> int:
        """The operator's number, or Ollama's; for other providers the engine looks into litellm's table."""
        if access.provider.name == "ollama":
            timeout = min(_INSPECTION_SECONDS, deadline.remaining())
            found = ollama.inspect(self._bare_name(), access.base or "", access.environment, timeout=timeout)
            return self._context_tokens or found.window
        return self._context_tokens

    def _bare_name(self) -> str:
        return self._model.partition("/")[2]
