"""One question to the model: sized before it is sent, limited in time, repeated a few times, counted."""

from __future__ import annotations

import time
from typing import Any

import litellm

from patchferry_engine.attempt import Answer, Messages, attempt
from patchferry_engine.classify import Failure
from patchferry_engine.failures import Abort
from patchferry_engine.guard import Guard
from patchferry_engine.meter import Meter, Tokens
from patchferry_engine.protocol import Job
from patchferry_engine.wire import Wire

MARGIN = 1.3  # our count is an estimate with another model's tokenizer
# Characters. Tokenizers need the square of the length of a run without words: a minute for 150,000 letters in a row.
_SLICE = 1_000


class Caller:
    """Asks the model. `window` is what prompt (with margin) and reserved answer must fit into; 0: unknown."""

    def __init__(self, job: Job, meter: Meter, guard: Guard, wire: Wire, *, window: int, reserved: int) -> None:
        self._job = job
        self._meter = meter
        self._guard = guard
        self._wire = wire
        self._window = window
        self._reserved = reserved
        self._end = time.monotonic() + job.total_seconds

    def ask(self, messages: Messages, settings: dict[str, Any]) -> list[Any]:
        """The chunks of a complete answer, in litellm's shape; all attempts share `call_seconds`. Raises Abort."""
        size = count(self._job.model, messages)
        self._fit(size)
        end = min(time.monotonic() + self._job.call_seconds, self._end)
        repeated = 0
        while True:
            self._meter.before(size)
            answer = attempt(self._job, self._wire, messages, settings, max(end - time.monotonic(), 0.1))
            try:
                self._meter.count(self._tokens(answer, size, settings["max_tokens"]))
            finally:
                self._guard.check()
            if answer.failure is None:
                return answer.chunks
            self._pause(answer.failure, repeated, end)
            repeated += 1

    def _fit(self, size: int) -> None:
        needed = int(size * MARGIN) + self._reserved
        if self._window and needed > self._window:
            raise Abort(
                "context",
                f"the request needs about {needed:,} tokens with its answer, but the window of {self._job.model} is "
                f"{self._window:,}; choose a model with a larger window, or correct PATCHFERRY_CONTEXT_TOKENS",
            )

    def _tokens(self, answer: Answer, size: int, most: int) -> Tokens:
        """The server's counts where it sent credible ones, else ours; of a failed call what is known to be used."""
        told = self._wire.reported
        if answer.failure and not answer.chunks and not told.prompt:
            return Tokens(0, 0)
        prompt = told.prompt if _credible(told.prompt, size) else size
        written = told.answer if _credible(told.answer, most) else 0
        if not written or told.end is None:
            # The first count of a stream that was cut off is not its last one.
            written = max(written, count(self._job.model, answer.text))
        return Tokens(prompt, written, min(told.cached, prompt))

    def _pause(self, failure: Failure, repeated: int, end: float) -> None:
        pause = failure.after if failure.after is not None else self._job.retry_pause * 2**repeated
        enough_time = time.monotonic() + pause < end
        if not failure.again or repeated >= self._job.retries or pause > self._job.longest_pause or not enough_time:
            raise failure.abort()
        time.sleep(pause)


def count(model: str, what: Messages | str) -> int:
    """An estimate in tokens, made on this machine, in time that is linear in the text."""
    if isinstance(what, str):
        slices = (what[at : at + _SLICE] for at in range(0, len(what), _SLICE))
        return sum(int(litellm.token_counter(model=model, text=one)) for one in slices)
    shape = [{**message, "content": ""} for message in what]
    texts = sum(count(model, str(message["content"])) for message in what)
    return int(litellm.token_counter(model=model, messages=shape)) + texts


def _credible(tokens: int, expected: int) -> bool:
    """Whether a server's count may be true: tokenizers differ by a factor, not by magnitudes."""
    return 0 < tokens <= 8 * expected + 10_000
