from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.redact import MASK, Redactor

TOKEN = "ghp_" + "a1B2" * 9
KEY = "sk-proj/with+chars=and~more"

SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=6, max_size=60).filter(
    lambda text: len(text.strip()) >= 6 and MASK not in text and len(text.splitlines()) == 1
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(SECRETS, TEXTS, TEXTS)
def test_a_secret_is_gone_from_the_text_that_held_it(secret: str, before: str, after: str) -> None:
    assert secret.strip() not in Redactor([secret]).redact(before + secret + after)


@given(SECRETS, st.binary(max_size=20), st.binary(max_size=20))
def test_base64_of_anything_that_holds_a_secret_does_not_survive(secret: str, before: bytes, after: bytes) -> None:
    value = secret.strip().encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(before + value + after).decode()
        redacted = Redactor([secret]).redact(text)
        assert MASK in redacted
        start = len(before) * 4 // 3 + 2
        middle = text[start : start + len(value) * 4 // 3 - 4]
        assert middle not in redacted or len(middle) < 4


@given(SECRETS)
def test_url_encoded_and_json_escaped_forms_do_not_survive(secret: str) -> None:
    value = secret.strip()
    redactor = Redactor([secret])
    for form in (quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1], repr(value)[1:-1]):
        assert form not in redactor.redact(f"a {form} b")


@given(st.lists(SECRETS, max_size=4), st.lists(SECRETS | TEXTS, max_size=6))
def test_redacting_twice_changes_nothing(secrets: list[str], parts: list[str]) -> None:
    redactor = Redactor(secrets)
    once = redactor.redact("".join(parts))
    assert redactor.redact(once) == once


@given(TEXTS)
def test_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert Redactor(["a-secret-that-does-not-occur"]).redact(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"token {TOKEN}.", "token ***"),
        ("ghs_123456_eyJhbGciOi.eyJpc3MiOjEyMzQ1.abc-def_ghi", "***"),
        ("a github_pat_11ABCDEFG0abcdefghij_klmnop b", "a *** b"),
        ("https://x-access-token:abc@github.com/o/r.git", "https://x-access-token:***@github.com/o/r.git"),
        ("x-access-token:abc@github.com", "x-access-token:***@github.com"),
        ("amqp://user:pass@host:5672/", "amqp://user:***@host:5672/"),
        ("amqp://:pass@host/", "amqp://:***@host/"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("authorization: abcdef", "authorization: ***"),
        ("{'Authorization': 'token abc'}", "{'Authorization': 'token ***'}"),
        (json.dumps(json.dumps({"Authorization": "Basic YWJj"})), '"{\\"Authorization\\": \\"Basic ***\\"}"'),
    ],
)
def test_known_shapes_are_redacted_without_knowing_the_secret(text: str, expected: str) -> None:
    assert Redactor([]).redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:8000/health",
        "https://github.com/owner/name/pull/12",
        "git@github.com:owner/name.git",
        "see https://host:8443/a, mail me@example.com",
        "the ghost_writer wrote gha_short",
    ],
)
def test_harmless_addresses_and_words_stay(text: str) -> None:
    assert Redactor([]).redact(text) == text


def test_secrets_shorter_than_six_characters_are_left() -> None:
    assert Redactor(["guest", ""]).redact("guest is a user") == "guest is a user"


def test_the_lines_of_a_private_key_are_secrets_of_their_own() -> None:
    lines = ["MIIEpAIBAAKCAQEA" + "x" * 48, "yyyyyyyyyyyyyyyyzzzzzzzzzzzzzzzz"]
    key = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----", ""])
    redactor = Redactor([key])
    for shown in (key, json.dumps(key), repr(key), f"line: {lines[1]}"):
        assert not any(line in redactor.redact(shown) for line in lines)


def test_a_secret_that_holds_another_one_is_redacted_whole() -> None:
    assert Redactor(["abcdef", "abcdef-ghijkl"]).redact("x abcdef-ghijkl y") == "x *** y"


def test_lower_case_percent_escapes_are_known() -> None:
    assert Redactor([KEY]).redact(f"key={quote(KEY, safe='').lower()}&x") == "key=***&x"


def test_a_megabyte_of_hostile_text_takes_less_than_two_seconds() -> None:
    redactor = Redactor([TOKEN, KEY, *(f"another-secret-{number}" for number in range(10))])
    for hostile in ("x-access-token:", "://a:b", "authorization: ", "gha_", "a", "http://"):
        started = time.process_time()
        redactor.redact(hostile * (1_000_000 // len(hostile)))
        assert time.process_time() - started < 2
