"""A private RabbitMQ node of an installed rabbitmq-server: own data, ports, log and cookie, gone with its owner.

Standard library only. It runs as the current user, root or not, and needs neither /var/lib/rabbitmq nor a host name.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from scripts.rabbitmq_package import BrokerError, programs

_START_SECONDS = 60
_STEP_SECONDS = 0.05
_PORTS = range(20_000, 32_000)  # below the ports that outgoing connections get, so that a restart finds them free
# Reads from its owner and nothing ever comes: the end of file is the owner's end, however it came, and then everything
# goes. The port mapper is started here because the one that Erlang would start outlives the node.
_GUARD = """
"$1" -address 127.0.0.1 </dev/null &
until "$1" -names >/dev/null || ! kill -0 "$!"; do sleep 0.02; done
("$2" </dev/null; echo "$?" >"$3/ended") &
read -r _
trap '' TERM
(sleep 10; kill -KILL 0) &
kill -TERM 0
wait %2
rm -rf "$3"
kill -KILL 0
"""


class Node:
    """A RabbitMQ node of this process's own; a context manager. Raises BrokerError when it can't be started.

    `url` is its AMQP address and `management_url` that of its HTTP API, both for guest on 127.0.0.1.
    """

    def __init__(self) -> None:
        self._server, self._epmd = programs()
        self._amqp, self._http, self._distribution, self._mapper = _free_ports(4)
        self.url = f"amqp://guest:guest@127.0.0.1:{self._amqp}/"
        self.management_url = f"http://guest:guest@127.0.0.1:{self._http}"
        self._home = Path(tempfile.mkdtemp(prefix="patchferry-rabbitmq-"))
        self._guard: subprocess.Popen[bytes] | None = None
        _write_configuration(self._home, self._amqp, self._http)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the node and wait until it answers; after `kill` with the queues and messages that it had."""
        with (self._home / "output").open("wb") as output:
            self._guard = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD, "rabbitmq-guard", self._epmd, self._server, str(self._home)],
                env=self._environment(),
                cwd=self._home,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            self._await_start()
        except BaseException:
            self.stop()
            raise

    def kill(self) -> None:
        """End it as a power cut would; what it had confirmed is still on disk."""
        if self._guard is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._guard.pid, signal.SIGKILL)
        with self._guard as guard:
            guard.wait()
        self._guard = None
        while answers(self.url):  # a killed process lets go of its port a moment later
            time.sleep(_STEP_SECONDS)

    def restart(self) -> None:
        """Kill and start it: same address, same data."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """End it and delete everything that it wrote; as often as one likes."""
        self.kill()
        shutil.rmtree(self._home, ignore_errors=True)

    def _await_start(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while not (answers(self.url) and answers(self.management_url)):
            if (self._home / "ended").exists() or time.monotonic() > end:
                said = (self._home / "output").read_text(errors="replace").strip()
                raise BrokerError(f"the private RabbitMQ node did not start; it said: {said[-1500:]}")
            time.sleep(_STEP_SECONDS)

    def _environment(self) -> dict[str, str]:
        home = self._home
        return {
            "PATH": os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/bin:/bin",
            "HOME": str(home),  # the cookie is made there
            "LANG": "C.UTF-8",
            "ERL_CRASH_DUMP_SECONDS": "0",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._mapper),
            "ERL_INETRC": str(home / "inetrc"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "none.config"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(home / "none.conf"),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "generated"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_NODENAME": f"patchferry-{self._amqp}@localhost",
            "RABBITMQ_SCHEDULER_BIND_TYPE": "u",  # several nodes share the cores
            "RABBITMQ_SCHEMA_DIR": str(home / "schema"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
            ),
        }


def answers(url: str) -> bool:
    """Whether something speaks AMQP (amqp://, amqps://) or listens at all (http://) at this address."""
    parts = urlsplit(url)
    port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
    try:
        with socket.create_connection((parts.hostname or "localhost", port), timeout=5) as connection:
            if parts.scheme == "http":
                return True
            if parts.scheme == "amqps":
                context = ssl.create_default_context()
                with context.wrap_socket(connection, server_hostname=parts.hostname) as encrypted:
                    return _greets(encrypted)
            return _greets(connection)
    except OSError:
        return False


def _greets(connection: socket.socket) -> bool:
    connection.sendall(b"AMQP\x00\x00\x09\x01")
    return connection.recv(1) == b"\x01"  # a method frame: connection.start; other versions answer with "AMQP…"


def _free_ports(count: int) -> list[int]:
    free: list[int] = []
    for port in random.sample(_PORTS, 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            free.append(port)
        if len(free) == count:
            return free
    raise BrokerError(f"hardly a port between {_PORTS.start} and {_PORTS.stop} is free on 127.0.0.1")


def _write_configuration(home: Path, amqp: int, http: int) -> None:
    (home / "plugins").write_text("[rabbitmq_management].\n")
    (home / "inetrc").write_text('{host, {127,0,0,1}, ["localhost"]}.\n{lookup, [file, native]}.\n')
    (home / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{amqp}\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {http}\n"
    )
