"""A scripted model: an HTTP server that speaks the providers' protocols and answers from a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from tests.fakes import model_ollama, model_openai
from tests.fakes.model_script import Behaviour, Request, Say, Status, Step
from tests.fakes.model_server import Server
from tests.fakes.model_wires import wire_of

NAME = "scripted:1b"


class ScriptedModel:
    """Serves while its `with` lasts, on an ephemeral port of 127.0.0.1.

    `script` is one step per question, or a function of the request. A question beyond the script, an unknown path
    and a field that the real server does not know are recorded in `violations`; leaving the `with` then raises
    AssertionError. `models` maps the names that are pulled to their windows in tokens; `parameters` is what the
    Modelfile sets, such as "num_ctx 8192". `shown` replaces the answer to Ollama's question about one model.
    """

    def __init__(
        self,
        script: Sequence[Step | str] | Behaviour,
        *,
        models: Mapping[str, int] | None = None,
        parameters: str = "",
        shown: Step | None = None,
    ) -> None:
        self._behaviour = script if callable(script) else None
        self._steps = [] if callable(script) else [Say(one) if isinstance(one, str) else one for one in script]
        self._models = dict(models or {NAME: 32_768})
        self._parameters = parameters
        self._shown = shown
        self._lock = Lock()
        self.closing = Event()
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self._server = Server(self)

    @classmethod
    def replayed(cls, text: str, *, models: Mapping[str, int] | None = None) -> Self:
        """A model that answers every question with the same text, whatever was asked."""
        return cls(lambda _request: Say(text), models=models)

    @property
    def ollama_url(self) -> str:
        """For OLLAMA_API_BASE."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def openai_url(self) -> str:
        """For OPENAI_API_BASE."""
        return f"{self.ollama_url}/v1"

    @property
    def calls(self) -> list[Request]:
        """The requests that asked the model something."""
        return [one for one in self.requests if wire_of(one.path)]

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), name="scripted-model", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        if kind is None and self.violations:
            raise AssertionError("; ".join(self.violations))

    def decide(self, request: Request) -> Step:
        """Called by the server for each question."""
        wire = wire_of(request.path)
        with self._lock:
            self.requests.append(request)
            self.violations += [f"{request.path}: {problem}" for problem in wire.problems(request)] if wire else []
        if request.model not in self._models:
            return Status(404, f"model '{request.model}' not found", code="model_not_found")
        if self._behaviour:
            return self._behaviour(request)
        with self._lock:
            if self._steps:
                return self._steps.pop(0)
            self.violations.append(f"{request.path}: a question beyond the script")
        return Status(500, "the script is over")

    def look_up(self, request: Request) -> dict[str, Any] | Step:
        """Called by the server for everything else."""
        with self._lock:
            self.requests.append(request)
        if (request.method, request.path) == ("POST", "/api/show"):
            if self._shown:
                return self._shown
            if request.model in self._models:
                return model_ollama.describe(request.model, self._models[request.model], self._parameters)
            return Status(404, f"model '{request.model}' not found")
        fixed = {
            "/": {},
            "/api/version": {"version": "0.13.0"},
            "/api/tags": model_ollama.listing(self._models),
            "/api/ps": model_ollama.running(self._models),
            "/v1/models": model_openai.listing(self._models),
        }
        if request.method in {"GET", "HEAD"} and request.path in fixed:
            return fixed[request.path]
        with self._lock:
            self.violations.append(f"unknown request {request.method} {request.path}")
        return Status(404, "404 page not found")
