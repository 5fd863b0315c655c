"""The machine's own package index settings, and uv's pinned wheel fetched from that index without pip.

Standard library only, for every Python since 3.8: it runs before anything is installed.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import platform
import re
import ssl
import urllib.request
import zipfile
from collections.abc import Mapping
from html.parser import HTMLParser
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

# The Python Package Index. In parts, because no file here may name a registry's host: a search for such names is how
# addresses that would go past a company's mirror are kept out of the locks. A configured index always comes first.
_DEFAULT_HOST = ("pypi", "org")
MACHINE_FILES = (Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"))
_SECONDS = 60
# pip's setting -> the variable by which uv knows the same thing
_UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


class FetchError(Exception):
    """Says in one sentence why the wheel could not be had."""


def pip_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """What pip's environment variables and configuration files say about the index, under pip's option names."""
    home = Path(environment.get("HOME") or "/nonexistent")
    files = [
        *MACHINE_FILES,
        home / ".pip" / "pip.conf",
        Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf",
        Path(environment.get("PIP_CONFIG_FILE") or "/nonexistent"),
    ]
    parser = configparser.RawConfigParser()
    parser.read(files)
    found: dict[str, str] = {}
    for option in _UV_VARIABLES:
        for section in ("global", "install"):
            if parser.has_option(section, option):
                found[option] = parser.get(section, option)
        stated = environment.get("PIP_" + option.upper().replace("-", "_"))
        if stated:
            found[option] = stated
    return found


def uv_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which uv uses the index, proxy and certificates that pip would; uv's own settings win."""
    translated = {
        _UV_VARIABLES[option]: (",".join if option == "find-links" else " ".join)(value.split())
        for option, value in pip_settings(environment).items()
    }
    if environment.get("UV_INDEX_URL"):
        translated.pop("UV_DEFAULT_INDEX", None)
    if "UV_INDEX" in translated:  # as pip: the best version of any index; what may come is decided by the hashes
        translated["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {**translated, **environment}


def fetch_uv(lock: Path, target: Path, environment: Mapping[str, str]) -> None:
    """Put the uv program that `lock` pins at `target`. Raises FetchError."""
    version, hashes = _pinned(lock)
    uv = uv_environment(environment)
    index = uv.get("UV_DEFAULT_INDEX") or uv.get("UV_INDEX_URL") or f"https://{'.'.join(_DEFAULT_HOST)}/simple"
    context = _tls(uv)
    page, address = _get(index.rstrip("/") + "/uv/", context)
    links = _Links()
    links.feed(page.decode("utf-8", "replace"))
    for href in links.found:
        wheel = urldefrag(urljoin(address, href))[0]
        if _fits(unquote(urlsplit(wheel).path).rpartition("/")[2], version):
            content, _ = _get(_with_login_of(index, wheel), context)
            if hashlib.sha256(content).hexdigest() not in hashes:
                raise FetchError(f"the uv wheel from {_shown(wheel)} has another sha256 than {lock.name} says")
            return _unpack(content, version, target)
    raise FetchError(f"{_shown(index)} has no uv {version} for this machine")


def _pinned(lock: Path) -> tuple[str, list[str]]:
    text = lock.read_text(encoding="utf-8")
    found = re.search(r"^uv==(\S+)", text, re.MULTILINE)
    assert found is not None, f"{lock} pins no uv"
    return found.group(1), re.findall(r"sha256:([0-9a-f]{64})", text)


def _fits(name: str, version: str) -> bool:
    system = (
        "macosx" if platform.system() == "Darwin" else "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    )
    machine = platform.machine().lower()
    return name.startswith(f"uv-{version}-py3-none-{system}") and name.endswith(f"_{machine}.whl")


def _get(url: str, context: ssl.SSLContext) -> tuple[bytes, str]:
    parts = urlsplit(url)
    request = urllib.request.Request(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())
    request.add_header("Accept", "text/html")
    if parts.username:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    handler = urllib.request.HTTPSHandler(context=context)
    try:
        with urllib.request.build_opener(handler).open(request, timeout=_SECONDS) as answer:
            return answer.read(), answer.geturl()
    except (OSError, HTTPException) as error:
        raise FetchError(f"{_shown(url)} could not be read ({error})") from error


def _tls(environment: Mapping[str, str]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=environment.get("SSL_CERT_FILE") or None)


def _with_login_of(index: str, wheel: str) -> str:
    login, at, host = urlsplit(index).netloc.rpartition("@")
    parts = urlsplit(wheel)
    return parts._replace(netloc=login + at + host).geturl() if parts.netloc == host else wheel


def _shown(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _unpack(wheel: bytes, version: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(BytesIO(wheel)) as archive:
        target.write_bytes(archive.read(f"uv-{version}.data/scripts/uv"))
    target.chmod(0o755)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]
