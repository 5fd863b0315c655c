"""GitHub as the settings describe it: for workers, and for commands that only look."""

from __future__ import annotations

from worker.config import Settings
from worker.errors import Reason, Refused
from worker.github.addresses import Addresses
from worker.github.client import Client
from worker.github.connection import Network
from worker.github.forge import GitHubForge
from worker.github.tokens import StaticToken, TokenSource


def tokens(settings: Settings) -> TokenSource | None:
    """Where the token comes from, None without one. Raises Refused(CONFIGURATION) for what is not supported yet."""
    if settings.github_app_id:
        sentence = "a GitHub App is not supported by this version: set GITHUB_TOKEN instead of GITHUB_APP_ID"
        raise Refused(Reason.CONFIGURATION, sentence)
    token = settings.github_token
    return StaticToken(token.get_secret_value()) if token else None


def require_tokens(settings: Settings) -> TokenSource:
    """The same for who can't do without. Raises Refused(CONFIGURATION) when there is no token."""
    found = tokens(settings)
    if found is None:
        sentence = "GITHUB_TOKEN is not set: set it to a token for contents, issues and pull requests"
        raise Refused(Reason.CONFIGURATION, sentence)
    return found


def forge(settings: Settings, repository: str | None = None) -> GitHubForge:
    """GitHub for one task or one look; anonymous without a token. `repository` is what tokens are asked for."""
    network = _network(settings)
    return GitHubForge(
        settings.github_api_url,
        tokens(settings),
        repository=repository,
        write_pause=settings.github_write_pause,
        ca_file=network.ca_file,
        proxy=network.proxy,
        no_proxy=network.no_proxy,
    )


def client(settings: Settings) -> Client:
    """The requests behind it, for what the port does not tell. Raises Refused(CONFIGURATION) without a token."""
    return Client(
        Addresses(settings.github_api_url),
        require_tokens(settings),
        repository=None,
        network=_network(settings),
        write_pause=settings.github_write_pause,
    )


def _network(settings: Settings) -> Network:
    proxy = settings.https_proxy
    return Network(
        ca_file=str(settings.ssl_cert_file) if settings.ssl_cert_file else None,
        proxy=proxy.get_secret_value() if proxy else None,
        no_proxy=settings.no_proxy or None,
    )
