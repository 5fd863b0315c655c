from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, Literal

import pytest
import structlog

from worker.logs import bind_task, configure
from worker.redact import Redactor

SECRET = "planted-secret-0123456789"

Start = Callable[..., Callable[[], list[dict[str, Any]]]]


def fail() -> None:
    raise RuntimeError(SECRET)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("github", "git", "urllib3", "httpx", "aiormq")}
    hooks = sys.excepthook, threading.excepthook
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
def start(stream: io.StringIO) -> Start:
    def begin(level: str = "INFO") -> Callable[[], list[dict[str, Any]]]:
        configure("json", level, Redactor([SECRET]), stream)
        return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]

    return begin


def test_a_line_has_the_event_its_level_its_logger_and_the_time_in_utc(start: Start) -> None:
    lines = start()
    structlog.get_logger("worker.modes").info("cloned", base="abc")
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "cloned", "level": "info", "logger": "worker.modes", "base": "abc"}


def test_lines_of_a_task_bear_its_identity_whoever_logs_them(start: Start) -> None:
    lines = start()
    with bind_task(task_id="0123456789abcdef", repository="o/r", kind="quickfix"):
        structlog.get_logger("ours").info("started")
        logging.getLogger("a.library").warning("slow")
        asyncio.run(asyncio.to_thread(structlog.get_logger("ours").info, "in a thread"))
    structlog.get_logger("ours").info("after")
    *bound, after = lines()
    assert len(bound) == 3
    assert all(
        (one["task_id"], one["repository"], one["kind"]) == ("0123456789abcdef", "o/r", "quickfix") for one in bound
    )
    assert "task_id" not in after


def test_a_secret_is_in_no_part_of_a_line(start: Start, stream: io.StringIO) -> None:
    lines = start()
    log = structlog.get_logger("ours")
    log.info(
        SECRET,
        field=SECRET,
        nested={"list": [SECRET, SECRET.encode()], SECRET: 1},
        other=ValueError(SECRET),
    )
    try:
        fail()
    except RuntimeError:
        log.exception("broken")
        logging.getLogger("a.library").exception("broken %s", SECRET)
    logging.getLogger("a.library").warning("header %s", SECRET, extra={"header": SECRET})
    assert len(lines()) == 4
    assert "RuntimeError: ***" in lines()[1]["exception"]
    assert SECRET not in stream.getvalue()


def test_a_line_that_cannot_be_rendered_is_reported_without_its_content(
    start: Start, stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = start()
    for template in ("%d", "%z"):
        logging.getLogger("a.library").error(template, SECRET)
    assert [line["event"].rsplit(": ", 1)[1] for line in lines()] == ["TypeError", "ValueError"]
    assert SECRET not in stream.getvalue() + capsys.readouterr().err


def test_uncaught_exceptions_and_warnings_are_lines_too(start: Start, stream: io.StringIO) -> None:
    lines = start()
    thread = threading.Thread(target=fail, name="the thread")
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(SECRET, stacklevel=1)
    in_thread, uncaught, warned = lines()
    assert (in_thread["level"], in_thread["thread"]) == ("critical", "the thread")
    assert uncaught["event"] == "uncaught exception"
    assert warned["logger"] == "py.warnings"
    assert SECRET not in stream.getvalue()


def test_values_that_json_does_not_know_become_text(start: Start, stream: io.StringIO) -> None:
    lines = start()
    structlog.get_logger("ours").info("odd", number=float("nan"), path=io, text="a\nb\u2028\ud800", keys={1: {2}})
    (line,) = lines()
    assert line["number"] == "nan"
    assert line["keys"] == {"1": [2]}
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    ("name", "least"),
    [("github", "INFO"), ("git", "INFO"), ("urllib3", "WARNING"), ("httpx", "WARNING"), ("aiormq", "WARNING")],
)
def test_talkative_libraries_stay_above_the_level_at_which_they_print_tokens(
    start: Start, name: str, least: str
) -> None:
    lines = start("DEBUG")
    logger = logging.getLogger(f"{name}.part")
    levels = ["DEBUG", "INFO", "WARNING"]
    for level in levels:
        logger.log(logging.getLevelName(level), "x")
    logging.getLogger("ours").debug("seen")
    assert [line["level"].upper() for line in lines()] == [*levels[levels.index(least) :], "DEBUG"]


def test_faststreams_logger_loses_its_own_handler(start: Start) -> None:
    import faststream.rabbit  # noqa: F401, PLC0415  # sets its logger up at import

    lines = start()
    logging.getLogger("faststream").info("connected")
    assert logging.getLogger("faststream").handlers == []
    assert [line["event"] for line in lines()] == ["connected"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("log_format", "escapes"), [("auto", "some"), ("text", "some"), ("json", "none")])
@pytest.mark.usefixtures("stream")
def test_a_terminal_gets_coloured_text_unless_json_is_asked_for(
    log_format: Literal["auto", "json", "text"], escapes: str
) -> None:
    terminal = Terminal()
    configure(log_format, "INFO", Redactor([SECRET]), terminal)
    structlog.get_logger("ours").info("cloned", secret=SECRET)
    assert ("some" if "\x1b[" in terminal.getvalue() else "none") == escapes
    assert "cloned" in terminal.getvalue()
    assert SECRET not in terminal.getvalue()


def test_a_command_may_draw_the_lines_itself_unless_a_format_is_asked_for(stream: io.StringIO) -> None:
    def draw(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
        if event["event"] == "boring":
            raise structlog.DropEvent
        return f"{event['event']} {event['what']}"

    configure("auto", "INFO", Redactor([SECRET]), stream, render=draw)
    structlog.get_logger("x").info("boring")
    structlog.get_logger("x").info("told", what=SECRET)
    assert stream.getvalue() == "told ***\n"
    configure("json", "INFO", Redactor([SECRET]), stream, render=draw)
    structlog.get_logger("x").info("boring")
    assert json.loads(stream.getvalue().splitlines()[-1])["event"] == "boring"


def test_text_without_a_terminal_has_no_colours_and_plain_tracebacks(stream: io.StringIO) -> None:
    configure("text", "INFO", Redactor([SECRET]), stream)
    try:
        fail()
    except RuntimeError:
        structlog.get_logger("ours").exception("broken")
    assert "\x1b" not in stream.getvalue()
    assert "RuntimeError: ***" in stream.getvalue()


def test_hostile_text_can_neither_steer_a_terminal_nor_forge_a_line(stream: io.StringIO) -> None:
    configure("text", "INFO", Redactor([]), stream)
    structlog.get_logger("ours").info("issue\n2026-01-01 forged", title="\x1b]0;owned\x07\x9b31m\r\u202e\ud800")
    assert stream.getvalue().count("\n") == 1
    assert not set(stream.getvalue()) & set("\x1b\x07\x9b\r\u202e\ud800")
