"""Takes secrets out of text before it is logged, shown or sent: known values in every usual form, and known shapes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "***"
SHORTEST_SECRET = 6

_SHORTEST_LINE = 16
# Bounded repetitions keep the time linear on hostile text; quotes and backslashes are left out, so that what surrounds
# a secret in JSON or in a repr stays whole.
_TOKEN = re.compile(r"gh[a-z]_[A-Za-z0-9_.\-]{20,}|github_pat_[A-Za-z0-9_]{20,}")
_USER_PASSWORD = re.compile(r"(?<=://)([^\s/:@\"'\\]{0,500}):[^\s/@\"'\\]{1,2000}@")
_ACCESS_TOKEN = re.compile(r"(x-access-token):[^\s@\"'\\]{1,2000}(?=@)")
_AUTHORIZATION = re.compile(
    r"(authorization[\"'\\]{0,4}\s{0,4}[:=]\s{0,4}[\"'\\]{0,4}(?:(?:bearer|basic|token)\s{1,4})?)[^\s\"',;\\]+",
    re.IGNORECASE,
)


class Redactor:
    """Replaces secrets with `***`. Secrets shorter than 6 characters are left: they would tear up ordinary words."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        self._forms = sorted(forms, key=lambda form: (-len(form), form))  # the longest first: one may hold another

    def redact(self, text: str) -> str:
        """The text without secrets; redacting it again changes nothing."""
        while (cleaned := self._once(text)) != text:
            text = cleaned
        return text

    def _once(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, MASK)
        text = _TOKEN.sub(MASK, text)
        text = _USER_PASSWORD.sub(rf"\1:{MASK}@", text)
        text = _ACCESS_TOKEN.sub(rf"\1:{MASK}", text)
        return _AUTHORIZATION.sub(rf"\1{MASK}", text)


def _forms(secret: str) -> Iterator[str]:
    lines = [line for line in secret.splitlines() if len(line) >= _SHORTEST_LINE and not line.startswith("-----")]
    for value in (secret.strip(), *lines):
        if len(value) >= SHORTEST_SECRET:
            yield from (value, json.dumps(value)[1:-1], repr(value)[1:-1])
            yield from (quote(value), quote(value, safe=""), quote_plus(value))
            yield from (_lower_escapes(quote(value, safe="")), _lower_escapes(quote_plus(value)))
            yield from _base64_forms(value.encode())


def _lower_escapes(quoted: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda escape: escape[0].lower(), quoted)


def _base64_forms(value: bytes) -> Iterator[str]:
    """What base64 of any text that holds `value` must hold, whatever stands before and after it.

    A character of base64 is 6 bits: those that share bits with a neighbour are left out.
    """
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(value)) * 8 // 6
        padded = bytes(before) + value
        yield base64.b64encode(padded).decode()[first:last]
        yield base64.urlsafe_b64encode(padded).decode()[first:last]
