"""Lists in pages, with the Link header that says where the others are.

https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from tests.fakes.github.exchange import Answer
from tests.fakes.github.routing import Call

_MOST = 100


def page(call: Call, items: Sequence[Any], size: int = 30) -> Answer:
    """The page that `per_page` (else `size`; at most 100, or `size`) and `page` (1) ask for."""
    size = min(_number(call, "per_page", size), max(_MOST, size)) or size
    number = max(_number(call, "page", 1), 1)
    last = max(1, -(-len(items) // size))
    chosen = list(items[(number - 1) * size : number * size])
    pages = {"prev": number - 1, "first": 1} if number > 1 else {}
    if number < last:
        pages |= {"next": number + 1, "last": last}
    links = ", ".join(f'<{_address(call, one)}>; rel="{name}"' for name, one in pages.items())
    return Answer(200, chosen, {"Link": links} if links else {})


def _number(call: Call, name: str, default: int) -> int:
    text = call.query(name, str(default))
    return int(text) if text.isdecimal() else default


def _address(call: Call, number: int) -> str:
    query = {name: values[-1] for name, values in call.request.query.items()}
    return f"{call.github.url}{call.request.path}?{urlencode({**query, 'page': number})}"
