"""Finds or starts a RabbitMQ for one command, and stops what it started however the command ends.

    python -m scripts.broker run -- COMMAND…

The command gets RABBITMQ_URL, and RABBITMQ_MANAGEMENT_URL too when the broker was started here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, Protocol
from urllib.parse import urlsplit

from scripts.rabbitmq import Node, answers
from scripts.rabbitmq_container import Container, engine_answers
from scripts.rabbitmq_package import BrokerError, install, installed, may_install

# A command that was interrupted on the terminal was told already; seconds to wait, and then what to send.
_ESCALATION = {
    signal.SIGINT: ((5, signal.SIGINT), (15, signal.SIGTERM), (20, signal.SIGKILL)),
    signal.SIGTERM: ((0, signal.SIGTERM), (20, signal.SIGKILL)),
    signal.SIGHUP: ((0, signal.SIGTERM), (20, signal.SIGKILL)),
}


class Broker(Protocol):
    """A broker that was started here."""

    @property
    def url(self) -> str:
        """Its AMQP address."""

    @property
    def management_url(self) -> str:
        """The address of its HTTP API."""

    def stop(self) -> None:
        """End it and leave nothing behind."""


class _Told(BaseException):
    """A signal that asks this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


def main(arguments: Sequence[str]) -> int:
    """Run the command. Its exit code; 2 for wrong usage, 3 when there is no broker, 128 + n after signal n."""
    if list(arguments[:2]) != ["run", "--"] or not arguments[2:]:
        print(__doc__, file=sys.stderr)
        return 2
    for number in _ESCALATION:
        signal.signal(number, _raise)
    try:
        with broker_environment() as environment:
            return _run(arguments[2:], environment)
    except BrokerError as error:
        print(f"broker: {error}", file=sys.stderr)
        return 3
    except _Told as told:
        return 128 + told.signal


@contextmanager
def broker_environment() -> Iterator[dict[str, str]]:
    """The environment with the address of a broker, which is there for as long as the context. Raises BrokerError."""
    url = os.environ.get("RABBITMQ_URL")
    if url:
        if not answers(url):
            address = urlsplit(url)
            where = f"{address.hostname}:{address.port or ''}".rstrip(":")
            raise BrokerError(f"nothing speaks AMQP at {where}, where RABBITMQ_URL points: start it or unset that")
        yield dict(os.environ)
        return
    broker = _start()
    try:
        yield {**os.environ, "RABBITMQ_URL": broker.url, "RABBITMQ_MANAGEMENT_URL": broker.management_url}
    finally:
        broker.stop()


def _start() -> Broker:
    if engine_answers():
        _say("starting RabbitMQ in docker")
        try:
            return Container()
        except BrokerError as error:
            _say(f"{error}, so there must be another way")
    if not installed() and may_install():
        _say("installing the package rabbitmq-server, without starting its service")
        install()
    node = Node()
    _say("starting a private RabbitMQ node")
    node.start()
    return node


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        child = subprocess.Popen(command, env=environment)
    except OSError as error:
        print(f"broker: {command[0]} could not be started: {error.strerror}", file=sys.stderr)
        return 127
    try:
        code = child.wait()
    except _Told as told:
        _end(child, told.signal)
        raise
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    return 128 - code if code < 0 else code


def _end(child: subprocess.Popen[bytes], asked: signal.Signals) -> None:
    for seconds, number in _ESCALATION[asked]:
        try:
            child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(number)
    child.wait()


def _raise(number: int, _frame: FrameType | None) -> NoReturn:
    raise _Told(number)


def _say(line: str) -> None:
    print(f"broker: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
