"""How one setting's text is read: each function returns the value or raises ValueError with "must …"."""

from __future__ import annotations

import re
import string
from itertools import pairwise
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

TITLE_PLACEHOLDERS = ("title", "issue", "type")
CO_AUTHOR_PLACEHOLDERS = ("model",)

_LABEL_LIMIT = 50  # GitHub's own limit for a label's name
_LONGEST_DELAY = 604_800
_AUTHOR = re.compile(r"[^<>\n]+ <[^<>\s@]+@[^<>\s@]+>")
_QUEUE_PREFIX = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_BRANCH_PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_./-]{0,99}")
_KEEP_ALIVE = re.compile(r"-?(\d+|(\d+(ms|s|m|h))+)")
_GITHUB_HOSTS = ("api.github.com", "github.com")


def split_commas(value: object) -> object:
    """Turn `a, b` into `("a", "b")`; anything but text is left as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def retry_delays(value: tuple[int, ...]) -> tuple[int, ...]:
    """Seconds between attempts, each longer than the one before."""
    if not value or value[0] <= 0 or value[-1] > _LONGEST_DELAY or any(a >= b for a, b in pairwise(value)):
        raise ValueError(f"must be seconds from 1 to {_LONGEST_DELAY}, each longer than the one before")
    return value


def broker_url(value: SecretStr) -> SecretStr:
    """An AMQP address; it is secret because it usually holds a password."""
    parts = _split(value.get_secret_value())
    if parts is None or parts.scheme not in ("amqp", "amqps") or not parts.hostname:
        raise ValueError("must be an address of the form amqp://user:password@host:5672/ or amqps://…")
    return value


def api_url(value: str) -> str:
    """The address of GitHub's REST API without a slash at its end; plain HTTP never to github.com itself."""
    parts = _split(value)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address of the form https://HOST or https://HOST/api/v3")
    if parts.username is not None:
        raise ValueError("must hold no user or password, which is what GITHUB_TOKEN is for")
    if parts.scheme == "http" and parts.hostname in _GITHUB_HOSTS:
        raise ValueError("must begin with https://, or the token would travel in clear")
    return value.rstrip("/")


def proxy_url(value: SecretStr) -> SecretStr:
    """A proxy's address; it is secret because it may hold a password."""
    parts = _split(value.get_secret_value())
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address of the form http://host:3128")
    return value


def one_word_secret(value: SecretStr) -> SecretStr:
    """A secret that travels in an HTTP header: printable ASCII without blanks."""
    text = value.get_secret_value()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be one word of ASCII characters: look for a line break or blank in it")
    return value


def queue_prefix(value: str) -> str:
    """What the names of our queues and exchange begin with."""
    if not _QUEUE_PREFIX.fullmatch(value) or value.startswith("amq."):
        raise ValueError("must be letters, digits, `_`, `.` or `-`, and not begin with amq.")
    return value


def branch_prefix(value: str) -> str:
    """What the names of our branches begin with; git's own rules for names hold."""
    parts = value.split("/")
    broken = any(part.startswith(".") or part.endswith((".", ".lock")) for part in parts)
    if not _BRANCH_PREFIX.fullmatch(value) or ".." in value or "//" in value or broken:
        raise ValueError("must be the beginning of a git branch name, of letters, digits, `_`, `.`, `-` and `/`")
    return value


def label(value: str) -> str:
    """The name of a label on GitHub."""
    if len(value) > _LABEL_LIMIT or not value.isprintable():
        raise ValueError(f"must be the name of a label, at most {_LABEL_LIMIT} characters")
    return value


def model_name(value: str) -> str:
    """A model as litellm names it."""
    if not value.isprintable() or " " in value:
        raise ValueError("must be one name as litellm knows it, without blanks, such as ollama_chat/qwen2.5-coder:14b")
    return value


def keep_alive(value: str) -> str:
    """How long Ollama keeps a model loaded: a duration, or a number of seconds, below 0 for ever."""
    if not _KEEP_ALIVE.fullmatch(value):
        raise ValueError("must be a duration of Ollama's, such as 30m, 1h30m, or -1 for ever")
    return value


def author(value: str) -> str:
    """`Name <email>`, or nothing."""
    if value and not _AUTHOR.fullmatch(value):
        raise ValueError("must have the form Name <email>")
    return value


def co_author(value: str) -> str:
    """`Name <email>` with the placeholder `{model}` allowed, or nothing."""
    _only_placeholders(value, CO_AUTHOR_PLACEHOLDERS)
    return author(value)


def title_template(value: str) -> str:
    """One line with the placeholders `{title}`, `{issue}` and `{type}` allowed."""
    if not value.isprintable():
        raise ValueError("must be one line")
    _only_placeholders(value, TITLE_PLACEHOLDERS)
    return value


def upper(value: object) -> object:
    """Read a word in any case."""
    return value.upper() if isinstance(value, str) else value


def _only_placeholders(template: str, allowed: tuple[str, ...]) -> None:
    known = ", ".join(f"{{{name}}}" for name in allowed)
    try:
        fields = [(name, spec, how) for _, name, spec, how in string.Formatter().parse(template) if name is not None]
    except ValueError as error:
        raise ValueError(f"must have balanced braces around its placeholders, which are {known}") from error
    if any(name not in allowed or spec or how for name, spec, how in fields):
        raise ValueError(f"must use no placeholders but {known}")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return parts if url.isprintable() and " " not in url else None
