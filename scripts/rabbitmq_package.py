"""The rabbitmq-server package: where its programs are, and its installation without its service."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BEHIND_THE_WRAPPER = Path("/usr/lib/rabbitmq/lib")
_ERLANG = Path("/usr/lib/erlang")
POLICY = Path("/usr/sbin/policy-rc.d")
_ADVICE = "install the package rabbitmq-server, or start docker, or set RABBITMQ_URL to a broker that runs"


class BrokerError(Exception):
    """Says in one sentence why there is no broker and what to do."""


def programs() -> tuple[str, str]:
    """The server's start script and Erlang's port mapper. Raises BrokerError when they are not installed."""
    # the wrapper on the path insists on being root or rabbitmq, and on /var/lib/rabbitmq: take what it wraps
    behind = sorted(BEHIND_THE_WRAPPER.glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    server = str(behind[-1]) if behind else shutil.which("rabbitmq-server")
    epmd = shutil.which("epmd") or next(map(str, _ERLANG.glob("erts-*/bin/epmd")), None)
    if server is None or epmd is None:
        raise BrokerError(f"RabbitMQ is not installed: {_ADVICE}")
    return server, epmd


def installed() -> bool:
    """Whether the programs are there."""
    try:
        programs()
    except BrokerError:
        return False
    return True


def may_install() -> bool:
    """Whether this is root on a Debian or Ubuntu."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install() -> None:
    """Install Debian's or Ubuntu's package; it stays, its service is not started. Raises BrokerError."""
    with _no_services():
        for step in (["update"], ["install", "--yes", "--no-install-recommends", "rabbitmq-server"]):
            done = subprocess.run(
                ["apt-get", "-qq", *step],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                print("\n".join(done.stdout.splitlines()[-12:]), file=sys.stderr)
                raise BrokerError(f"apt-get {step[0]} failed for the reason above: {_ADVICE}")


@contextmanager
def _no_services() -> Iterator[None]:
    """Debian asks this file whether a package may start its service; 101 means no."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
