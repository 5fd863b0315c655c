"""Which addresses belong to our GitHub: the git host, the origin that may be cloned, issues and pull requests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from worker.errors import Reason, Refused

_PUBLIC_API = "api.github.com"
_DEFAULT_PORTS = {"https": 443, "http": 80}
_NAME = re.compile(r"(?!\.{1,2}/)[A-Za-z0-9_.-]+/(?!\.{1,2}$)[A-Za-z0-9_.-]+")
_SHORT = re.compile(r"(?P<repository>[^/#\s]+/[^/#\s]+)#(?P<number>[1-9][0-9]{0,17})")
_PAGE = re.compile(r"/(?P<repository>[^/]+/[^/]+)/(?:issues|pull)/(?P<number>[1-9][0-9]{0,17})(?:/.*)?")


@dataclass(frozen=True)
class Target:
    """An issue or pull request: `repository` is owner/name."""

    repository: str
    number: int


class Addresses:
    """The addresses that follow from `api_url`, such as https://api.github.com or https://HOST/api/v3.

    The public API's git host is github.com; any other server is its own git host. Raises Refused(CONFIGURATION)
    when `api_url` is no plain http(s) address.
    """

    def __init__(self, api_url: str) -> None:
        parts = _split(api_url)
        if parts is None:
            raise Refused(Reason.CONFIGURATION, "GITHUB_API_URL is no http(s) address; such as https://api.github.com")
        public = parts.hostname == _PUBLIC_API
        self.api_url = api_url.rstrip("/")
        self.plain_http = parts.scheme == "http"
        self.origin = f"{parts.scheme}://{'github.com' if public else parts.netloc.lower()}"
        self.host = "github.com" if public else parts.hostname or ""

    def contains(self, url: str) -> bool:
        """Whether `url` has the scheme, host and port of our git host, and no user in it."""
        parts, ours = _split(url), urlsplit(self.origin)
        return parts is not None and _origin(parts) == _origin(ours)

    def check_clone_url(self, url: str) -> str:
        """Return `url` when it belongs to our git host; raises Refused(CONFIGURATION) when not."""
        if not self.contains(url):
            sentence = f"GitHub named a clone address outside {self.origin}; check GITHUB_API_URL"
            raise Refused(Reason.CONFIGURATION, sentence)
        return url

    def is_api(self, url: str) -> bool:
        """Whether `url` (absolute, or a path of the API) stays on the server of `api_url`."""
        if url.startswith("/"):
            return True
        parts = _split(url)
        return parts is not None and _origin(parts) == _origin(urlsplit(self.api_url))

    def target(self, text: str) -> Target:
        """Read `owner/repo#N`, or the address of an issue or pull request on our host.

        Raises ValueError with a sentence for the person who typed it.
        """
        text = text.strip()
        match = _SHORT.fullmatch(text)
        if match is None and "://" in text:
            if not self.contains(text):
                raise ValueError(f"{text} is not an address on {self.origin}; see GITHUB_API_URL")
            match = _PAGE.fullmatch(urlsplit(text).path.rstrip("/"))
        if match is None or not is_repository(match["repository"]):
            raise ValueError(f"{text} names no issue; write owner/repo#12 or {self.origin}/owner/repo/issues/12")
        return Target(match["repository"], int(match["number"]))


def is_repository(name: str) -> bool:
    """Whether `name` has the form owner/name, and so is safe as a part of a path."""
    return _NAME.fullmatch(name) is not None


def _split(url: str) -> SplitResult | None:
    """Split an absolute http(s) address without a user; None for anything else."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises when it is no number
    except ValueError:
        return None
    usable = parts.scheme in _DEFAULT_PORTS and parts.hostname and "@" not in parts.netloc
    return parts if usable else None


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]
