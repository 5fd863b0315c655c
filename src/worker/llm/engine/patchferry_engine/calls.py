"""One question to the model: sized before it is sent, limited in time, repeated a few times, counted."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import litellm

from patchferry_engine.classify import Failure, classify
from patchferry_engine.failures import Abort
from patchferry_engine.guard import Guard
from patchferry_engine.meter import Meter, Tokens
from patchferry_engine.protocol import Job

Messages = Sequence[dict[str, Any]]

MARGIN = 1.3  # our count is an estimate with another model's tokenizer
_LARGEST_ANSWER = 2_000_000  # characters; far beyond any real one


class _TimeIsUp(BaseException):
    """Ends one call; not an Exception, so that no library takes it for a failure of its own."""


@dataclass
class Answer:
    """What came back so far. `finish` is why the server ended it ("stop", "length"); None: it has not said so."""

    chunks: list[Any] = field(default_factory=list)
    characters: int = 0
    usage: Any = None
    finish: str | None = None

    @property
    def text(self) -> str:
        return "".join(_content(chunk) for chunk in self.chunks)


class Caller:
    """Asks the model. `window` is what prompt (with margin) and reserved answer must fit into; 0: unknown."""

    def __init__(self, job: Job, meter: Meter, guard: Guard, *, window: int, reserved: int) -> None:
        self._job = job
        self._meter = meter
        self._guard = guard
        self._window = window
        self._reserved = reserved
        self._end = time.monotonic() + job.total_seconds

    def ask(self, messages: Messages, settings: dict[str, Any]) -> list[Any]:
        """The chunks of a complete answer, in litellm's shape. Raises Abort."""
        size = count(self._job.model, messages)
        self._fit(size)
        attempt = 0
        while True:
            self._meter.before(size)
            answer = Answer()
            failure = self._try(answer, messages, settings)
            self._guard.check()
            self._meter.count(self._tokens(answer, size, failed=failure is not None))
            if failure is None:
                return answer.chunks
            self._pause(failure, attempt)
            attempt += 1

    def _fit(self, size: int) -> None:
        needed = int(size * MARGIN) + self._reserved
        if self._window and needed > self._window:
            raise Abort(
                "context",
                f"the request needs about {needed:,} tokens with its answer, but the window of {self._job.model} is "
                f"{self._window:,}; choose a model with a larger window, or correct PATCHFERRY_CONTEXT_TOKENS",
            )

    def _try(self, answer: Answer, messages: Messages, settings: dict[str, Any]) -> Failure | None:
        limit = min(self._job.call_seconds, max(self._end - time.monotonic(), 0.1))
        try:
            with _alarm(limit):
                self._receive(answer, messages, {**settings, "timeout": limit})
        except _TimeIsUp:
            return Failure("model_unavailable", f"{self._job.model} did not answer within {limit:.0f} s", again=True)
        except Exception as error:  # noqa: BLE001 - litellm raises many unrelated classes; classify names them all
            return classify(error, self._job.model, self._job.credentials)
        if answer.finish is None:
            return Failure("model_unavailable", f"the answer of {self._job.model} was cut off on its way", again=True)
        if answer.finish == "length":
            return Failure("context", self._too_long(settings["max_tokens"]))
        return None

    def _too_long(self, limit: int) -> str:
        return (
            f"the answer of {self._job.model} was cut off at {limit:,} tokens; raise PATCHFERRY_MAX_OUTPUT_TOKENS "
            "(a quarter of PATCHFERRY_CONTEXT_TOKENS at most), or ask for a smaller change"
        )

    def _receive(self, answer: Answer, messages: Messages, settings: dict[str, Any]) -> None:
        stream = litellm.completion(
            model=self._job.model,
            messages=list(messages),
            stream=True,
            stream_options={"include_usage": True},
            num_retries=0,  # the SDK's own too
            **settings,
        )
        for chunk in stream:
            answer.chunks.append(chunk)
            answer.usage = getattr(chunk, "usage", None) or answer.usage
            answer.characters += len(_content(chunk))
            if answer.characters > _LARGEST_ANSWER:
                raise Abort("malformed", f"the answer of {self._job.model} does not end")
        # litellm makes up a finish reason when the server sent none; this attribute is what the server said.
        answer.finish = stream.received_finish_reason

    def _tokens(self, answer: Answer, size: int, *, failed: bool) -> Tokens:
        """The server's count where it sent one, else ours; of a failed call what is known to have been used."""
        usage = answer.usage
        if usage is None or not usage.prompt_tokens:
            if failed and not answer.chunks:
                return Tokens(0, 0)
            return Tokens(size, count(self._job.model, answer.text))
        details = getattr(usage, "prompt_tokens_details", None)
        cached = getattr(details, "cached_tokens", None) or 0
        return Tokens(usage.prompt_tokens, usage.completion_tokens or 0, min(cached, usage.prompt_tokens))

    def _pause(self, failure: Failure, attempt: int) -> None:
        pause = failure.after if failure.after is not None else self._job.retry_pause * 2**attempt
        enough_time = time.monotonic() + pause < self._end
        if not failure.again or attempt >= self._job.retries or pause > self._job.longest_pause or not enough_time:
            raise failure.abort()
        time.sleep(pause)


def count(model: str, what: Messages | str) -> int:
    """An estimate in tokens, made on this machine."""
    if isinstance(what, str):
        return int(litellm.token_counter(model=model, text=what))
    return int(litellm.token_counter(model=model, messages=list(what)))


def _content(chunk: Any) -> str:
    if not chunk.choices:
        return ""
    delta = chunk.choices[0].delta
    return (getattr(delta, "content", None) or "") + (getattr(delta, "reasoning_content", None) or "")


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise _TimeIsUp in this thread, the main one, when the block takes longer."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise _TimeIsUp

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
