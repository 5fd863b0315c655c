import pytest

from worker.github.connection import Network

PROXY = "http://me:hunter2@proxy.example"


@pytest.mark.parametrize("no_proxy", [None, "", "localhost", "hub.example.com", "git.example", "xgit.example.com", ","])
def test_a_host_is_reached_through_the_proxy(no_proxy: str | None) -> None:
    assert Network(proxy=PROXY, no_proxy=no_proxy).proxy_for("git.example.com") == PROXY


@pytest.mark.parametrize(
    "no_proxy", ["*", "git.example.com", "GIT.example.com", "example.com", ".example.com", "a, com"]
)
def test_a_host_or_its_domain_can_be_excepted(no_proxy: str) -> None:
    assert Network(proxy=PROXY, no_proxy=no_proxy).proxy_for("git.example.com") is None


def test_without_a_proxy_every_way_is_direct() -> None:
    assert Network().proxy_for("git.example.com") is None


def test_the_representation_hides_the_password() -> None:
    assert "hunter2" not in repr(Network(proxy=PROXY))
