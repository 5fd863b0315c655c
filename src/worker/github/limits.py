"""GitHub's rate limits, as its headers tell of them (their names in lower case).

Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime

_NO_HINT_SECONDS = 60.0  # at least a minute, when a secondary limit names no time
_LONGEST_SECONDS = 86_400.0  # a header can name any number
_WORDS = ("rate limit", "abuse detection")


def is_limit(headers: Mapping[str, str], texts: Iterable[str]) -> bool:
    """Whether a 403 with these messages (lower case) is a limit, and not a permission that is missing."""
    # Every answer carries x-ratelimit headers; only a spent one is a limit.
    spent = headers.get("x-ratelimit-remaining", "").strip() == "0"
    return spent or "retry-after" in headers or any(word in text for text in texts for word in _WORDS)


def wait(headers: Mapping[str, str]) -> float:
    """Seconds until GitHub may be asked again."""
    after = retry_after(headers)
    if after is not None:
        return after
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining", "").strip() == "0" and _is_number(reset):
        return _bounded(float(reset) - time.time(), least=1.0)
    return _NO_HINT_SECONDS


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, None without the header; it is a number or, by RFC 9110, a date."""
    value = headers.get("retry-after", "").strip()
    if _is_number(value):
        return _bounded(float(value))
    try:
        return _bounded(parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _bounded(seconds: float, least: float = 0.0) -> float:
    return min(max(seconds, least), _LONGEST_SECONDS)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and text.isascii()
