"""What goes over the wire: one request, its answer, and the record of both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote


@dataclass(frozen=True)
class Request:
    """One HTTP request. Header names are in lower case; `target` is what stood in the request line."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The decoded path, without the query."""
        return unquote(self.target.partition("?")[0])

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    def json(self) -> Any:
        """The decoded body, None when there is none. Raises ValueError when it is not JSON."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. `body` is a JSON value, or bytes of the type that the headers name, or None for no body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """The same answer; its own headers win over `headers`."""
        return Answer(self.status, self.body, {**headers, **self.headers})


@dataclass
class Exchange:
    """A request and what became of it; `answer` is None while it is worked on and when the connection was closed."""

    number: int
    request: Request
    answer: Answer | None = None

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def path(self) -> str:
        return self.request.path

    @property
    def status(self) -> int | None:
        return self.answer.status if self.answer else None

    @property
    def body(self) -> Any:
        """The request's body: a JSON value where it is one, else its bytes."""
        try:
            return self.request.json()
        except ValueError:
            return self.request.body

    def is_write(self) -> bool:
        """Whether it was meant to change something: any method but GET in the API, a push in git."""
        if self.path.endswith("/git-upload-pack"):
            return False
        return self.method not in {"GET", "HEAD"}

    def __str__(self) -> str:
        return f"#{self.number} {self.method} {self.request.target} -> {self.status}"
