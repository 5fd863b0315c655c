"""A RabbitMQ in a docker container that is removed with its owner."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from urllib.parse import urlsplit

from scripts.rabbitmq import answers
from scripts.rabbitmq_package import BrokerError

IMAGE = "rabbitmq:4-management-alpine"

_ASK_SECONDS = 20
_START_SECONDS = 90
# Reads from its owner and nothing ever comes: the end of file is the owner's end, however it came.
_GUARD = 'read -r _; docker rm --force --volumes "$1" >/dev/null 2>&1'


def engine_answers() -> bool:
    """Whether there is a docker whose engine can be reached."""
    try:
        return _docker("version", "--format", "{{.Server.Version}}").returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class Container:
    """A running RabbitMQ with `url` and `management_url`. Raises BrokerError when it does not come up."""

    def __init__(self) -> None:
        name = f"patchferry-rabbitmq-{secrets.token_hex(4)}"
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "rabbitmq-guard", name], stdin=subprocess.PIPE, start_new_session=True
        )
        try:
            self._start(name)
            self.url = f"amqp://guest:guest@{_published(name, 5672)}/"
            self.management_url = f"http://guest:guest@{_published(name, 15672)}"
            self._await_start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Remove the container; as often as one likes."""
        with self._guard as guard:
            assert guard.stdin is not None
            guard.stdin.close()
            guard.wait()

    def _start(self, name: str) -> None:
        ports = [part for port in (5672, 15672) for part in ("--publish", f"127.0.0.1::{port}")]
        run = ["docker", "run", "--detach", "--name", name, *ports, IMAGE]
        started = subprocess.run(
            run, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=sys.stderr, check=False
        )
        if started.returncode != 0:
            raise BrokerError(f"docker could not run {IMAGE}")

    def _await_start(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while not (answers(self.url) and answers(self.management_url)):
            if time.monotonic() > end:
                raise BrokerError(
                    f"RabbitMQ in docker did not answer at {urlsplit(self.url).netloc.rpartition('@')[2]}"
                )
            time.sleep(0.2)


def _published(name: str, port: int) -> str:
    told = _docker("port", name, str(port)).stdout.strip().partition("\n")[0]
    engine = urlsplit(os.environ.get("DOCKER_HOST", ""))
    host = engine.hostname if engine.scheme == "tcp" and engine.hostname else "127.0.0.1"
    return f"{host}:{told.rpartition(':')[2]}"


def _docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=_ASK_SECONDS,
        check=False,
    )
