"""PyGithub's requester with our manners: no blind repeats, no followed redirects, nothing secret in an error."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import requests
from github.Consts import API_VERSION_2022_11_28, mediaType
from github.Requester import Requester

from worker.errors import PatchferryError, Reason, Refused
from worker.github.addresses import Addresses
from worker.github.connection import Network, connect
from worker.github.errors import Moved, Rejected, judge, unreachable, unreadable
from worker.github.pace import Pace
from worker.github.redirects import moved_to, new_name
from worker.github.retry import DELAYS, repeated
from worker.github.tokens import SourcedAuth, TokenSource

TIMEOUT_SECONDS = 15
_QUIET = ("github", "github.Requester", "urllib3")  # at DEBUG they print bodies, and tokens that they receive


class Client(Requester):
    """One per task. PyGithub's objects are built on it, so every request of theirs goes through here.

    Raises our errors, and Rejected where the meaning depends on what was asked; never a GithubException.
    """

    def __init__(
        self,
        addresses: Addresses,
        tokens: TokenSource | None,
        *,
        repository: str | None,
        network: Network,
        write_pause: float,
        sleep: Callable[[float], None] = time.sleep,
        delays: tuple[float, ...] = DELAYS,
    ) -> None:
        super().__init__(
            auth=SourcedAuth(tokens, repository) if tokens else None,
            base_url=addresses.api_url,
            timeout=TIMEOUT_SECONDS,
            user_agent=f"patchferry/{version('patchferry')}",
            per_page=100,
            verify=network.ca_file or True,
            retry=None,
            pool_size=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
            lazy=True,
            api_version=API_VERSION_2022_11_28,
        )
        self._addresses = addresses
        self._sleep = sleep
        self._delays = delays
        self._pace = Pace(write_pause, sleep=sleep)
        self._one_at_a_time = threading.Lock()  # the connection keeps a request's state in itself
        self._our_connection = connect(addresses.api_url, network, TIMEOUT_SECONDS)
        for name in _QUIET:
            logger = logging.getLogger(name)
            logger.setLevel(max(logger.level, logging.INFO))

    def requestJsonAndCheck(  # noqa: N802, PLR0917  # PyGithub's: all its objects call it
        self,
        verb: str,
        url: str,
        parameters: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        input: Any | None = None,  # noqa: A002  # PyGithub's name
        follow_302_redirect: bool = False,  # noqa: ARG002, FBT001, FBT002  # no redirect is followed
    ) -> tuple[dict[str, Any], Any]:
        """Send one request, a GET up to three times more through an outage; returns headers and parsed JSON."""

        def send() -> tuple[dict[str, Any], Any]:
            return self._send(verb, url, parameters, headers, input)

        try:
            if verb == "GET":
                return repeated(send, sleep=self._sleep, delays=self._delays)
            with self._pace.write():
                return send()
        except Moved as moved:
            location = moved.location
        self._check_server(location)
        raise moved_to(new_name(location, lambda path: self._send("GET", path)[1]))

    def close(self) -> None:
        """Close the connection to GitHub."""
        self._our_connection.close()
        super().close()

    def _send(
        self,
        verb: str,
        url: str,
        parameters: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        body: Any | None = None,
    ) -> tuple[dict[str, Any], Any]:
        self._check_server(url)
        outcome = self._exchange(verb, url, parameters, {"Accept": mediaType} | (headers or {}), body)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _exchange(
        self, verb: str, url: str, parameters: dict[str, Any] | None, headers: dict[str, str], body: Any | None
    ) -> tuple[dict[str, Any], Any] | PatchferryError | Rejected:
        """Returns its error: one that were raised here would drag the headers and the answer along in its traceback."""
        try:
            with self._one_at_a_time:
                status, answered, text = self.requestJson(verb, url, parameters, headers, body, self._our_connection)
        except requests.RequestException as failed:
            return unreachable(failed)
        if status >= HTTPStatus.BAD_REQUEST:
            return judge(f"{verb} {urlsplit(url).path}", status, answered, text)
        data = _parse(text) if status < HTTPStatus.MULTIPLE_CHOICES else None
        return unreadable() if data is None else (answered, data)

    def _check_server(self, url: str) -> None:
        if not self._addresses.is_api(url):
            sentence = "GitHub's answer points to another server; set GITHUB_API_URL to the address it uses itself"
            raise Refused(Reason.CONFIGURATION, sentence)


def _parse(text: str) -> dict[str, Any] | list[Any] | None:
    """The JSON object or list in `text`; None when it holds neither."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict | list) else None
