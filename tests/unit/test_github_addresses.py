import pytest

from worker.errors import Reason, Refused
from worker.github.addresses import Addresses, Target, is_repository

PUBLIC = Addresses("https://api.github.com")
ENTERPRISE = Addresses("https://Git.Example.com/api/v3/")
LOCAL = Addresses("http://127.0.0.1:8080")


@pytest.mark.parametrize(
    ("addresses", "host", "origin", "plain"),
    [
        (PUBLIC, "github.com", "https://github.com", False),
        (ENTERPRISE, "git.example.com", "https://git.example.com", False),
        (LOCAL, "127.0.0.1", "http://127.0.0.1:8080", True),
    ],
)
def test_the_git_host_follows_from_the_api_address(
    addresses: Addresses, host: str, origin: str, *, plain: bool
) -> None:
    assert (addresses.host, addresses.origin, addresses.plain_http) == (host, origin, plain)


@pytest.mark.parametrize(
    "url", ["ftp://x", "api.github.com", "", "https://", "http://x:port", "https://me@x", "file:///"]
)
def test_an_api_address_that_is_no_plain_http_address_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="GITHUB_API_URL") as refused:
        Addresses(url)
    assert refused.value.reason is Reason.CONFIGURATION


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        (PUBLIC, "https://github.com/acme/shop.git"),
        (PUBLIC, "https://github.com:443/acme/shop.git"),
        (PUBLIC, "https://GitHub.com/acme/shop.git"),
        (ENTERPRISE, "https://git.example.com/acme/shop.git"),
        (LOCAL, "http://127.0.0.1:8080/acme/shop.git"),
    ],
)
def test_a_clone_address_on_our_git_host_is_taken(addresses: Addresses, url: str) -> None:
    assert addresses.check_clone_url(url) == url


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        (PUBLIC, "https://api.github.com/acme/shop.git"),
        (PUBLIC, "http://github.com/acme/shop.git"),
        (PUBLIC, "https://github.com.evil.example/acme/shop.git"),
        (PUBLIC, "https://github.com@evil.example/acme/shop.git"),
        (PUBLIC, "https://me:token@github.com/acme/shop.git"),
        (PUBLIC, "https://github.com:8443/acme/shop.git"),
        (PUBLIC, "https://[github.com/acme/shop.git"),
        (PUBLIC, "git@github.com:acme/shop.git"),
        (PUBLIC, "ext::sh -c id"),
        (ENTERPRISE, "https://github.com/acme/shop.git"),
        (LOCAL, "https://127.0.0.1:8080/acme/shop.git"),
        (LOCAL, "http://127.0.0.1/acme/shop.git"),
    ],
)
def test_a_clone_address_elsewhere_is_refused(addresses: Addresses, url: str) -> None:
    with pytest.raises(Refused) as refused:
        addresses.check_clone_url(url)
    assert refused.value.reason is Reason.CONFIGURATION
    assert "token" not in refused.value.sentence


@pytest.mark.parametrize(
    ("addresses", "text"),
    [
        (PUBLIC, "acme/shop#12"),
        (PUBLIC, " acme/shop#12\n"),
        (PUBLIC, "https://github.com/acme/shop/issues/12"),
        (PUBLIC, "https://github.com/acme/shop/pull/12/files"),
        (PUBLIC, "https://github.com/acme/shop/issues/12/#issuecomment-1"),
        (PUBLIC, "https://github.com/acme/shop/issues/12?foo=1"),
        (ENTERPRISE, "https://git.example.com/acme/shop/issues/12"),
        (LOCAL, "http://127.0.0.1:8080/acme/shop/issues/12"),
    ],
)
def test_a_target_is_written_short_or_as_its_address(addresses: Addresses, text: str) -> None:
    assert addresses.target(text) == Target("acme/shop", 12)


@pytest.mark.parametrize(
    "text",
    [
        *("", "acme/shop", "acme#1", "acme/shop#0", "acme/shop#x", "a/b/c#1", "../..#1", "acme/..#1", "ac me/shop#1"),
        *("https://github.com/acme/shop", "https://github.com/acme/shop/issues", "https://github.com/../../issues/1"),
    ],
)
def test_what_names_no_issue_is_answered_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"names no issue; write owner/repo#12"):
        PUBLIC.target(text)


def test_an_address_on_another_host_is_no_target() -> None:
    with pytest.raises(ValueError, match=r"is not an address on https://github\.com"):
        PUBLIC.target("https://gitlab.com/acme/shop/issues/12")


@pytest.mark.parametrize("name", ["acme/shop", "a-b/c.d_e", "a/.github", "a/..b"])
def test_owner_and_name_make_a_repository(name: str) -> None:
    assert is_repository(name)


@pytest.mark.parametrize("name", ["acme", "acme/", "/shop", "a/b/c", "../x", "x/..", "./x", "x/.", "a/b?c", "a/b%2f"])
def test_what_could_lead_to_another_path_is_no_repository(name: str) -> None:
    assert not is_repository(name)
