"""GitHub as the settings describe it, for commands that only look."""

from __future__ import annotations

from worker.config import Settings
from worker.errors import Reason, Refused
from worker.github.addresses import Addresses
from worker.github.client import Client, Network
from worker.github.forge import GitHubForge
from worker.github.tokens import StaticToken


def forge(settings: Settings) -> GitHubForge:
    """GitHub with the token. Raises Refused(CONFIGURATION) when there is none."""
    network = _network(settings)
    return GitHubForge(
        settings.github_api_url,
        _token(settings),
        ca_file=network.ca_file,
        proxy=network.proxy,
        no_proxy=network.no_proxy,
    )


def client(settings: Settings) -> Client:
    """The requests behind it, for what the port does not tell. Raises Refused(CONFIGURATION) without a token."""
    return Client(
        Addresses(settings.github_api_url),
        _token(settings),
        repository=None,
        network=_network(settings),
        write_pause=settings.github_write_pause,
    )


def _token(settings: Settings) -> StaticToken:
    if settings.github_app_id:
        sentence = "a GitHub App is not supported by this version: set GITHUB_TOKEN instead of GITHUB_APP_ID"
        raise Refused(Reason.CONFIGURATION, sentence)
    if settings.github_token is None:
        sentence = "GITHUB_TOKEN is not set: set it to a token for contents, issues and pull requests"
        raise Refused(Reason.CONFIGURATION, sentence)
    return StaticToken(settings.github_token.get_secret_value())


def _network(settings: Settings) -> Network:
    proxy = settings.https_proxy
    return Network(
        ca_file=str(settings.ssl_cert_file) if settings.ssl_cert_file else None,
        proxy=proxy.get_secret_value() if proxy else None,
        no_proxy=settings.no_proxy or None,
    )
