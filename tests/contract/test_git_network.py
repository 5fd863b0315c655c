"""A private certificate authority and a proxy between us and the git host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.git_worlds import BRANCH, HttpWorld, http_world
from tests.fakes.processes import ProcessWatch
from tests.fakes.relay import TlsDoor, TunnelProxy
from tests.fakes.tls import HOST, Authority
from worker.deadline import Deadline
from worker.errors import Reason, Refused, Retry
from worker.git.adapter import GitAdapter
from worker.ports import Author


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HttpWorld]:
    with http_world(tmp_path, {"README.md": "# Shop\n"}) as made:
        yield made


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def https(world: HttpWorld, authority: Authority) -> Iterator[TlsDoor]:
    """The world's server, speaking TLS with a certificate of the authority."""
    with TlsDoor(int(world.github.url.rpartition(":")[2]), authority.context) as door:
        yield door


def adapter(
    world: HttpWorld,
    origin: str,
    *,
    ca_file: Path | None = None,
    proxy: str | None = None,
    no_proxy: str | None = None,
) -> GitAdapter:
    return GitAdapter(world.workspaces, lambda: world.token, origin, ca_file=ca_file, proxy=proxy, no_proxy=no_proxy)


def work(git: GitAdapter, origin: str) -> str:
    """Clone and push. Returns the sha."""
    with git.checkout(f"{origin}/acme/shop.git", BRANCH, Deadline(60)) as checkout:
        (checkout.tree / "README.md").write_text("# New\n")
        checkout.stage()
        sha = checkout.commit("Change", Author("Patchferry", "patchferry@example.com"))
        checkout.push(sha, "patchferry/1", expected=None)
    return sha


def test_a_server_with_a_private_certificate_works_with_its_authority(
    world: HttpWorld, https: TlsDoor, authority: Authority
) -> None:
    origin = f"https://127.0.0.1:{https.port}"

    sha = work(adapter(world, origin, ca_file=authority.ca_file), origin)

    assert world.branches()["patchferry/1"] == sha


def test_without_its_authority_the_server_is_refused_before_it_sees_the_token(
    world: HttpWorld, https: TlsDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = f"https://127.0.0.1:{https.port}"
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")

    with pytest.raises(Refused) as refused:
        work(adapter(world, origin), origin)

    assert refused.value.reason is Reason.CONFIGURATION
    assert "SSL_CERT_FILE" in refused.value.sentence
    assert world.github.requests == []


def test_a_bundle_that_is_missing_is_a_matter_of_configuration(
    world: HttpWorld, https: TlsDoor, tmp_path: Path
) -> None:
    origin = f"https://127.0.0.1:{https.port}"

    with pytest.raises(Refused) as refused:
        work(adapter(world, origin, ca_file=tmp_path / "absent.pem"), origin)

    assert refused.value.reason is Reason.CONFIGURATION


def test_a_server_that_only_a_proxy_can_reach_is_reached(
    world: HttpWorld, https: TlsDoor, authority: Authority
) -> None:
    origin = f"https://{HOST}"
    with TunnelProxy(https.port) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        sha = work(adapter(world, origin, ca_file=authority.ca_file, proxy=address), origin)

    assert world.branches()["patchferry/1"] == sha
    assert {head.split("\r\n")[0] for head in proxy.asked} == {f"CONNECT {HOST}:443 HTTP/1.1"}


def test_the_password_of_a_proxy_reaches_the_proxy_and_shows_in_no_process(
    world: HttpWorld, https: TlsDoor, authority: Authority
) -> None:
    origin = f"https://{HOST}"
    world.github.slow_down("GET", ".*", 0.1, times=None)
    with (
        TunnelProxy(https.port, demand="Basic bWU6cGE1NXBocmFzZQ==") as proxy,
        ProcessWatch("pa55phrase", lambda arguments: b"remote-http" in arguments) as watch,
    ):
        address = f"http://me:pa55phrase@127.0.0.1:{proxy.port}"
        work(adapter(world, origin, ca_file=authority.ca_file, proxy=address), origin)

    assert len(proxy.authorized) >= 2
    assert watch.seen
    assert watch.leaks == set()


def test_hosts_that_are_excepted_do_not_go_through_the_proxy(
    world: HttpWorld, https: TlsDoor, authority: Authority
) -> None:
    origin = f"https://127.0.0.1:{https.port}"
    with TunnelProxy(https.port) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        work(adapter(world, origin, ca_file=authority.ca_file, proxy=address, no_proxy="localhost,127.0.0.1"), origin)
    assert proxy.asked == []


def test_a_proxy_in_the_environment_of_the_worker_is_not_used_by_itself(
    world: HttpWorld, https: TlsDoor, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = f"https://127.0.0.1:{https.port}"
    with TunnelProxy(https.port) as proxy:
        for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        work(adapter(world, origin, ca_file=authority.ca_file), origin)
    assert proxy.asked == []


def test_a_proxy_that_refuses_is_a_matter_of_configuration_and_one_in_trouble_is_not(
    world: HttpWorld, https: TlsDoor
) -> None:
    origin = f"https://{HOST}"
    with (
        TunnelProxy(https.port, status="407 Proxy Authentication Required") as proxy,
        pytest.raises(Refused) as refused,
    ):
        work(adapter(world, origin, proxy=f"http://127.0.0.1:{proxy.port}"), origin)
    with TunnelProxy(https.port, status="503 Service Unavailable") as proxy, pytest.raises(Retry) as retry:
        work(adapter(world, origin, proxy=f"http://127.0.0.1:{proxy.port}"), origin)

    assert refused.value.reason is Reason.CONFIGURATION
    assert "HTTPS_PROXY" in refused.value.sentence
    assert retry.value.reason is Reason.FORGE_UNAVAILABLE


def test_a_password_that_the_proxy_does_not_accept_is_told_as_the_proxy_s(world: HttpWorld, https: TlsDoor) -> None:
    origin = f"https://{HOST}"
    with TunnelProxy(https.port, demand="Basic bWU6b3RoZXI=") as proxy, pytest.raises(Refused) as refused:
        work(adapter(world, origin, proxy=f"http://me:pa55phrase@127.0.0.1:{proxy.port}"), origin)

    assert refused.value.reason is Reason.CONFIGURATION
    assert "HTTPS_PROXY" in refused.value.sentence
    assert "pa55phrase" not in refused.value.sentence
