"""The stand-in itself: the world over HTTP, with every exchange recorded, judged, and disturbed on request."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fakes.github import judge, rest, smart_http
from tests.fakes.github.exchange import Answer, Exchange, Request
from tests.fakes.github.faults import Faults
from tests.fakes.github.transport import Listener
from tests.fakes.github.world import World


class GitHub(World, Faults):
    """A GitHub of one's own: `with GitHub() as github:` starts it and, at the end, raises what broke GitHub's rules.

    `url` is both the root of the API and the address of the git host. `requests` holds every exchange, complete.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="github-"))
        self._listener = Listener(self._serve)
        World.__init__(self, self._folder, self._listener.url)
        Faults.__init__(self)
        self.requests: list[Exchange] = []
        self.violations: list[str] = []
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if self.violations and error is None:
            raise AssertionError("GitHub would not do, or be asked, that:\n" + "\n".join(self.violations))

    def close(self) -> None:
        """Stop serving and remove the repositories; `requests` and `violations` stay. Twice is fine."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self._listener.stop()
        shutil.rmtree(self._folder)
        self.violations.extend(f"the server broke: {error!r}" for error in self._listener.failures)

    def writes(self) -> list[Exchange]:
        """All requests that were meant to change something, git pushes among them."""
        return [one for one in self.requests if one.is_write()]

    def _serve(self, request: Request) -> Answer | None:
        with self.lock:
            exchange = Exchange(len(self.requests) + 1, request)
            self.requests.append(exchange)
        complaints = judge.review_request(request)
        try:
            exchange.answer = self.disturb(exchange, self._answer)
            if exchange.answer is not None:
                complaints += judge.review_answer(request, exchange.answer)
        except Exception:  # noqa: BLE001 (a bug of the stand-in must fail the test that met it)
            exchange.answer = Answer(500, {"message": "the stand-in broke"})
            if not complaints:  # a wrong request may well break it
                complaints.append(f"the stand-in broke\n{traceback.format_exc()}")
        self.violations.extend(f"{exchange}: {complaint}" for complaint in complaints)
        return exchange.answer

    def _answer(self, request: Request) -> Answer:
        if smart_http.is_git(request):
            return smart_http.serve(self, request)
        return rest.serve(self, request, len(self.requests))
