"""The connection to GitHub that PyGithub's requests go over: its proxy and authorities, and no redirects."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import requests
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass

from worker.errors import Reason, Refused
from worker.github.errors import Moved

_REDIRECTS = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)
Connection = HTTPRequestsConnectionClass | HTTPSRequestsConnectionClass


@dataclass(frozen=True)
class Network:
    """How to reach GitHub; nothing is taken from the environment.

    `no_proxy` is a comma-separated list of hosts and domains, or `*`.
    """

    ca_file: str | None = None
    proxy: str | None = field(default=None, repr=False)  # may hold a password
    no_proxy: str | None = None

    def proxy_for(self, host: str) -> str | None:
        """The proxy on the way to `host`, None for the direct way."""
        entries = (entry.strip().lower().lstrip(".") for entry in (self.no_proxy or "").split(","))
        direct = any(entry in ("*", host) or host.endswith(f".{entry}") for entry in entries if entry)
        return None if direct else self.proxy


def connect(api_url: str, network: Network, timeout: int) -> Connection:
    """Raises Refused(CONFIGURATION) when the CA file is missing. `timeout` in seconds."""
    parts = urlsplit(api_url)
    assert parts.hostname is not None
    if network.ca_file and not Path(network.ca_file).is_file():
        raise Refused(Reason.CONFIGURATION, f"SSL_CERT_FILE: there is no file {network.ca_file}")
    kind = HTTPSRequestsConnectionClass if parts.scheme == "https" else HTTPRequestsConnectionClass
    connection = kind(parts.hostname, parts.port, timeout=timeout, verify=network.ca_file or True)
    session = connection.session
    session.trust_env = False
    if proxy := network.proxy_for(parts.hostname):
        session.proxies = {"http": proxy, "https": proxy}
    session.hooks["response"].append(_stop_at_redirect)
    return connection


def _stop_at_redirect(response: requests.Response, **_: object) -> None:
    """PyGithub follows 301 without its query, and takes a write that met 307 for done."""
    if response.status_code in _REDIRECTS:
        raise Moved(response.headers.get("location", ""))
