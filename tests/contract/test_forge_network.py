"""The adapter behind a private CA and a proxy: taken from its settings, never from the environment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.tls import HOST, Authority, Door
from worker.errors import Reason, Refused
from worker.github.forge import GitHubForge
from worker.github.tokens import StaticToken

TOKEN = StaticToken("ghp_0123456789abcdefghijklmnopqrstuvwxyz")
USER = {"login": "ada", "id": 1, "url": "https://api.github.com/users/ada"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority: Authority) -> Iterator[Door]:
    with Door(USER, authority.context) as made:
        yield made


@pytest.fixture
def proxy(authority: Authority) -> Iterator[Door]:
    with Door(USER, authority.context, proxy=True) as made:
        yield made


def test_a_private_authority_is_trusted_when_it_is_named(authority: Authority, server: Door) -> None:
    assert GitHubForge(f"{server.url}/api/v3", TOKEN, ca_file=str(authority.ca_file)).login() == "ada"
    assert server.seen == ["GET /api/v3/user"]


def test_a_private_authority_that_is_not_named_is_not_trusted(
    authority: Authority, server: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.ca_file))
    with pytest.raises(Refused, match="SSL_CERT_FILE") as refused:
        GitHubForge(server.url, TOKEN).login()
    assert refused.value.reason is Reason.CONFIGURATION
    assert server.seen == []


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_is_no_certificate_is_named(tmp_path: Path, server: Door, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    with pytest.raises(Refused, match="SSL_CERT_FILE") as refused:
        GitHubForge(server.url, TOKEN, ca_file=str(ca_file)).login()
    assert refused.value.reason is Reason.CONFIGURATION


def test_github_is_reached_through_a_proxy_that_sees_no_token(authority: Authority, proxy: Door) -> None:
    forge = GitHubForge(f"https://{HOST}/api/v3", TOKEN, ca_file=str(authority.ca_file), proxy=proxy.url)
    assert forge.login() == "ada"
    assert proxy.seen == [f"CONNECT {HOST}:443", "GET /api/v3/user"]
