from __future__ import annotations

import socket

import httpx
import pytest

from worker.health import Health


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("", 0))
        found: int = free.getsockname()[1]
    return found


def test_a_worker_is_alive_while_its_loop_ticks_whatever_the_broker_does(port: int) -> None:
    now = [100.0]
    with Health(port, ready=lambda: False, clock=lambda: now[0]) as health:
        url = f"http://127.0.0.1:{health.port}/health/live"
        assert httpx.get(url).status_code == 200
        now[0] += 31
        assert httpx.get(url).status_code == 503
        health.tick()
        assert httpx.get(url).status_code == 200


def test_a_worker_is_ready_while_it_is_connected(port: int) -> None:
    connected = [True]
    with Health(port, ready=lambda: connected[0]) as health:
        url = f"http://127.0.0.1:{health.port}/health/ready"
        assert httpx.get(url).status_code == 200
        connected[0] = False
        assert httpx.get(url).status_code == 503
        assert httpx.get(f"http://127.0.0.1:{health.port}/").status_code == 404


def test_without_a_port_nothing_listens() -> None:
    with Health(0, ready=lambda: True) as health:
        assert health.port == 0
