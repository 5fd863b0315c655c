"""The environment of git calls, and the addresses that git may talk to."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.errors import Reason, Refused
from worker.git.adapter import GitAdapter
from worker.git.environment import HARDENING, environment
from worker.git.remote import checked_url

ORIGIN = "https://git.example.com:8443"


def test_nothing_is_inherited_but_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GIT_DIR", "GIT_SSH_COMMAND", "GIT_TRACE", "GIT_PROXY_COMMAND", "https_proxy"):
        monkeypatch.setenv(name, "planted")

    variables = environment(Path("/home/of/the/task"))

    assert "planted" not in variables.values()
    assert variables["HOME"] == "/home/of/the/task"


def test_all_hardening_is_in_force_and_no_transport_is_allowed_by_itself() -> None:
    variables = environment(Path("/home"))

    assert settings(variables) == dict(HARDENING)
    assert variables["GIT_ALLOW_PROTOCOL"] == ""


def test_one_transport_can_be_allowed_and_settings_overridden() -> None:
    variables = environment(Path("/home"), protocol="https", config={"http.proxy": "http://proxy:3128"})

    assert settings(variables)["protocol.https.allow"] == "always"
    assert settings(variables)["http.proxy"] == "http://proxy:3128"
    assert variables["GIT_ALLOW_PROTOCOL"] == "https"


def settings(variables: dict[str, str]) -> dict[str, str]:
    count = int(variables["GIT_CONFIG_COUNT"])
    return {variables[f"GIT_CONFIG_KEY_{n}"]: variables[f"GIT_CONFIG_VALUE_{n}"] for n in range(count)}


@pytest.mark.parametrize(
    "url", [f"{ORIGIN}/acme/shop.git", f"{ORIGIN}/acme/shop", "HTTPS://Git.Example.com:8443/a/b.git"]
)
def test_a_repository_of_our_server_is_allowed(url: str) -> None:
    assert checked_url(url, ORIGIN).startswith(f"{ORIGIN}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/acme/shop.git",
        "http://git.example.com:8443/acme/shop.git",
        "https://git.example.com:8443.evil.example/acme/shop.git",
        "https://git.example.com:8443@evil.example/acme/shop.git",
        "https://user:pass@git.example.com:8443/acme/shop.git",
        "ssh://git.example.com:8443/acme/shop.git",
        "git@git.example.com:acme/shop.git",
        "file:///srv/shop.git",
        "/srv/shop.git",
        "ext::sh -c id",
        "--upload-pack=id",
        f"{ORIGIN}/acme/shop.git?x=1",
        f"{ORIGIN}/acme/shop.git#x",
        f"{ORIGIN}/acme/shop.git\n",
        f"{ORIGIN}/acme/../shop.git",
        f"{ORIGIN}/",
        ORIGIN,
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_url(url, ORIGIN)
    assert refused.value.reason is Reason.CONFIGURATION
    assert "pass" not in refused.value.sentence


def test_plain_http_must_be_allowed_by_hand(tmp_path: Path) -> None:
    GitAdapter(tmp_path, None, "http://localhost:3000", allow_http=True)
    for origin in ("http://github.com", "ssh://github.com", "github.com", "file:///srv"):
        with pytest.raises(Refused) as refused:
            GitAdapter(tmp_path, None, origin)
        assert refused.value.reason is Reason.CONFIGURATION
