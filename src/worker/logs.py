"""Structured logs: one event a line, every logger through one pipeline, secrets taken out as the last step.

Ours are `structlog.get_logger(__name__)`; the loggers of libraries join through the standard library's root logger.
"""

from __future__ import annotations

import logging
import math
import re
import sys
import threading
from collections.abc import Mapping, MutableMapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.types import EventDict, Processor

from worker.redact import Redactor

# Below these levels they print tokens, headers or bodies.
_LEAST_LEVELS = {
    "github": logging.INFO,
    "git": logging.INFO,
    "faststream": logging.INFO,
    "urllib3": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiormq": logging.WARNING,
    "aiormq.connection": logging.CRITICAL,  # logs as an error what it raises as well
    "aio_pika": logging.WARNING,
    "asyncio": logging.WARNING,
}
# Control characters, those that turn the direction of text, and halves of characters that no stream can write.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MANY_LINES = frozenset({"exception", "stack"})

_log = structlog.get_logger(__name__)


def configure(
    log_format: Literal["auto", "json", "text"],
    level: str,
    redactor: Redactor,
    stream: TextIO | None = None,
    *,
    render: Processor | None = None,
) -> None:
    """Send all logs of at least `level` to `stream` (stderr when None), uncaught exceptions and warnings included.

    `auto` means what `render` makes of an event, a line or structlog.DropEvent; without it text when the stream is a
    terminal, else JSON. Called once, before anything is logged.
    """
    stream = stream or sys.stderr
    text = log_format == "text" or (log_format == "auto" and stream.isatty())
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_facts(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _cleaned_by(redactor),
                *([render] if render and log_format == "auto" else _renderers(text=text, colors=stream.isatty())),
            ],
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_facts(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    _route_everything_to(handler, getattr(logging, level))
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def printable(text: str) -> str:
    """`text` with all that could steer a terminal written as an escape; line breaks and tabs stay."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def bind_task(
    *, task_id: str, repository: str, kind: str, delivery_id: str | None = None
) -> AbstractContextManager[None]:
    """Put these on every line that is logged inside the context, by this thread and what it starts by to_thread."""
    fields = {"task_id": task_id, "repository": repository, "kind": kind}
    if delivery_id is not None:
        fields["delivery_id"] = delivery_id
    return structlog.contextvars.bound_contextvars(**fields)


class _Handler(logging.StreamHandler[TextIO]):
    """Reports a record that can't be rendered without showing what is in it, as the standard library would."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the standard library's name
        if self.stream.closed or isinstance(sys.exception(), OSError | structlog.DropEvent):
            return  # there is nowhere left to say it, or nothing to say
        problem = type(sys.exception()).__name__
        place = f"{record.pathname}:{record.lineno}"
        self.stream.write(self.format(_record(record.name, f"log line lost at {place}: {problem}")) + self.terminator)


def _record(name: str, message: str) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 0, message, None, None)


def _facts() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _renderers(*, text: bool, colors: bool) -> list[Processor]:
    if not text:
        return [structlog.processors.JSONRenderer()]
    console = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)
    return [_printable, console]


def _route_everything_to(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name, least in _LEAST_LEVELS.items():
        logging.getLogger(name).setLevel(max(level, least))
    faststream = logging.getLogger("faststream")  # brings a handler of its own, which knows no redaction
    faststream.handlers.clear()
    faststream.propagate = True


def _cleaned_by(redactor: Redactor) -> Processor:
    def cleaned(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return {str(key): _clean(value, redactor) for key, value in event.items()}

    return cleaned


def _clean(value: object, redactor: Redactor) -> Any:
    """Turn a value into what JSON can hold, without secrets."""
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, Mapping):
        return {redactor.redact(str(key)): _clean(one, redactor) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one, redactor) for one in value]
    return redactor.redact(value.decode(errors="replace") if isinstance(value, bytes) else str(value))


def _printable(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> EventDict:
    """Keep text from a repository or an issue from steering the terminal or forging a line."""
    return {key: _escaped(value, key in _MANY_LINES) for key, value in event.items()}


def _escaped(value: Any, many_lines: bool) -> Any:  # noqa: FBT001
    if not isinstance(value, str):
        return value
    value = printable(value)
    return value if many_lines else value.replace("\n", "\\n")


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        _log.critical("uncaught exception", exc_info=(kind, error, trace))


def _uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None:
        name = found.thread.name if found.thread else None
        _log.critical(
            "uncaught exception in a thread",
            thread=name,
            exc_info=(found.exc_type, found.exc_value, found.exc_traceback),
        )
