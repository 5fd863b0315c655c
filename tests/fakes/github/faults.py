"""What can go wrong between a client and GitHub, planned by a test: before the effect, or after it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.fakes.github.exchange import Answer, Exchange, Request

Handler = Callable[[Request], Answer]
Hook = Callable[[Exchange], None]
_UNICORN = (
    b"<html><body><h1>Unicorn!</h1><p>No server is currently available to service your request.</p></body></html>"
)
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@dataclass
class Fault:
    """Meets the requests whose method and path (or path with query) match, after `skip` of them, `times` times."""

    method: str
    pattern: re.Pattern[str]
    act: Callable[[Exchange, Callable[[], Answer]], Answer | None]
    skip: int
    times: int | None
    after_effect: bool
    met: int = 0  # how often it happened: a test may assert that it did

    def meets(self, request: Request) -> bool:
        fits = self.pattern.fullmatch(request.path) or self.pattern.fullmatch(request.target)
        if self.method != request.method or not fits or self.times == self.met:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.met += 1
        return True


class Faults:
    """The faults that wait for their request. Paths are regular expressions for the whole path.

    `after_effect` lets the request do its work before it fails: the client can't know. `times=None` is forever.
    """

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._planned: list[Fault] = []
        self._choice = threading.Lock()

    def fail(
        self,
        method: str,
        path: str,
        *,
        status: int = 502,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        after_effect: bool = False,
        times: int | None = 1,
        skip: int = 0,
    ) -> Fault:
        """Answer with a status: a page of HTML for 5xx, GitHub's error object for others, unless `body` is given."""
        answer = _error(status, body, headers or {})
        return self._plan(Fault(method, re.compile(path), lambda _exchange, _go: answer, skip, times, after_effect))

    def limit(
        self,
        method: str,
        path: str,
        kind: Literal["primary", "secondary", "too_many"] = "secondary",
        *,
        retry_after: int | None = 60,
        times: int | None = 1,
        skip: int = 0,
    ) -> Fault:
        """Answer with a rate limit: primary = 403 and X-RateLimit-*; secondary = 403, too_many = 429, with Retry-After.

        https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
        """
        headers = {} if retry_after is None or kind == "primary" else {"Retry-After": str(retry_after)}
        message = _SECONDARY
        if kind == "primary":
            message = "API rate limit exceeded for user ID 1."
            reset = int(time.time()) + (retry_after or 0)
            headers = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
        body = {"message": message, "documentation_url": "https://docs.github.com/rest/rate-limits"}
        status = 429 if kind == "too_many" else 403
        return self.fail(method, path, status=status, body=body, headers=headers, times=times, skip=skip)

    def hang_up(
        self, method: str, path: str, *, after_effect: bool = False, times: int | None = 1, skip: int = 0
    ) -> Fault:
        """Close the connection without an answer."""
        return self._plan(Fault(method, re.compile(path), lambda _exchange, _go: None, skip, times, after_effect))

    def slow_down(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        after_effect: bool = False,
        times: int | None = 1,
        skip: int = 0,
    ) -> Fault:
        """Answer as usual, but late; the effect comes before the wait when `after_effect`."""

        def act(_exchange: Exchange, go: Callable[[], Answer]) -> Answer:
            self.stopping.wait(seconds)
            return go()

        return self._plan(Fault(method, re.compile(path), act, skip, times, after_effect))

    def interrupt(self, method: str, path: str, hook: Hook, *, after_effect: bool = False, skip: int = 0) -> Fault:
        """Call `hook` once, while the client waits: such as to kill the client, or to let somebody else act first."""

        def act(exchange: Exchange, go: Callable[[], Answer]) -> Answer:
            hook(exchange)
            return go()

        return self._plan(Fault(method, re.compile(path), act, skip, 1, after_effect))

    def disturb(self, exchange: Exchange, handler: Handler) -> Answer | None:
        """Answer a request, with the first fault that meets it; None closes the connection."""
        with self._choice:
            fault = next((one for one in self._planned if one.meets(exchange.request)), None)
        if fault is None:
            return handler(exchange.request)
        if fault.after_effect:
            done = handler(exchange.request)
            return fault.act(exchange, lambda: done)
        return fault.act(exchange, lambda: handler(exchange.request))

    def _plan(self, fault: Fault) -> Fault:
        self._planned.append(fault)
        return fault


def _error(status: int, body: Any, headers: Mapping[str, str]) -> Answer:
    if body is None and status >= 500:
        return Answer(status, _UNICORN, {"Content-Type": "text/html", **headers})
    if body is None:
        body = {
            "message": "planned by the test",
            "documentation_url": "https://docs.github.com/rest",
            "status": str(status),
        }
    kind = "application/json; charset=utf-8"
    return Answer(status, body, {"Content-Type": kind, **headers})
