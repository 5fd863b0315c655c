"""One request to the model and its answer, as far as it came: limited in time and size, its failure named."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import litellm

from patchferry_engine.classify import Failure, classify
from patchferry_engine.failures import Abort
from patchferry_engine.protocol import Job
from patchferry_engine.reported import end_of
from patchferry_engine.wire import Wire

Messages = Sequence[dict[str, Any]]

_LOOP = 100  # equal pieces in a row
_SHORT = 2  # characters; rulers and indentation come in rows of such pieces
_AGAIN = 1.0  # seconds


class _TimeIsUp(BaseException):
    """Ends one call; not an Exception, so that no library takes it for a failure of its own."""


@dataclass
class Answer:
    """What came back, in litellm's shape; `failure` says why it must not be used."""

    chunks: list[Any] = field(default_factory=list)
    failure: Failure | None = None
    _piece: str = ""
    _equal: int = 0

    @property
    def text(self) -> str:
        return "".join(_content(chunk) for chunk in self.chunks)

    @property
    def loops(self) -> bool:
        return self._equal >= _LOOP and len(self._piece) > _SHORT

    def add(self, chunk: Any) -> None:
        self.chunks.append(chunk)
        piece = _content(chunk)
        if piece:
            self._equal = self._equal + 1 if piece == self._piece else 1
            self._piece = piece


def attempt(job: Job, wire: Wire, messages: Messages, settings: dict[str, Any], seconds: float) -> Answer:
    """Ask once. What the server does wrong is told in the answer; MemoryError is raised."""
    answer = Answer()
    wire.begin()
    try:
        with _alarm(seconds):
            _receive(answer, job, wire, messages, {**settings, "timeout": seconds})
    except _TimeIsUp:
        late = f"{job.model} did not answer within {job.call_seconds:.0f} s"
        answer.failure = Failure("model_unavailable", late, again=True)
    except MemoryError:
        raise
    except Abort as abort:
        answer.failure = Failure(abort.reason, abort.sentence)
    except Exception as error:  # noqa: BLE001 - litellm raises many unrelated classes; classify names them all
        answer.failure = classify(error, job.model, job.credentials)
    finally:
        wire.hang_up()
    answer.failure = wire.refused or _incomplete(answer, job.model, wire, settings["max_tokens"]) or answer.failure
    return answer


def _receive(answer: Answer, job: Job, wire: Wire, messages: Messages, settings: dict[str, Any]) -> None:
    stream = litellm.completion(
        model=job.model,
        messages=list(messages),
        stream=True,
        stream_options={"include_usage": True},
        num_retries=0,  # the SDK's own too
        **settings,
    )
    for chunk in stream:
        answer.add(chunk)
        if answer.loops:
            raise Abort("malformed", f"{job.model} repeated the same words without end; try another model")
        if len(answer.chunks) > wire.longest:
            raise Abort("malformed", f"the answer of {job.model} does not end")
    # litellm makes up a finish reason when the server sent none; this attribute is what the server said.
    wire.reported.end = wire.reported.end or end_of(stream.received_finish_reason)


def _incomplete(answer: Answer, model: str, wire: Wire, limit: int) -> Failure | None:
    """Why an answer is not whole, by the server's own word."""
    match wire.reported.end:
        case "length":
            return Failure(
                "context",
                f"the answer of {model} was cut off at {limit:,} tokens; raise PATCHFERRY_MAX_OUTPUT_TOKENS "
                "(a quarter of PATCHFERRY_CONTEXT_TOKENS at most), or ask for a smaller change",
            )
        case "refused":
            return Failure("engine", f"the provider of {model} refused the request because of its content policy")
        case "broken":
            return Failure("model_unavailable", f"{model} gave up in the middle of its answer", again=True)
        case None if answer.failure is None and answer.chunks:
            return Failure("model_unavailable", f"the answer of {model} was cut off on its way", again=True)
        case _:
            return None


def _content(chunk: Any) -> str:
    if not chunk.choices:
        return ""
    delta = chunk.choices[0].delta
    return (getattr(delta, "content", None) or "") + (getattr(delta, "reasoning_content", None) or "")


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise _TimeIsUp in this thread, the main one, when the block takes longer; again if something swallowed it."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise _TimeIsUp

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
