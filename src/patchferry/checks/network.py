"""The way out: the certificate authorities and the proxy."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from patchferry.checks.result import Check, fail, ok, skip

_SECONDS = 5
_DEFAULT_PORTS = {"http": 80, "https": 443}


def certificates(path: Path | None) -> Check:
    """The file of certificate authorities, if one is named; the settings hold none that can't be used."""
    if path is None:
        return skip("certificates", "SSL_CERT_FILE is not set: the usual authorities are trusted")
    context = ssl.create_default_context(cafile=path)
    return ok("certificates", f"{path}, {len(context.get_ca_certs())} authorities")


def proxy(url: str | None) -> Check:
    """Whether something listens where the proxy should be."""
    if url is None:
        return skip("proxy", "HTTPS_PROXY is not set: connections are direct")
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]
    try:
        socket.create_connection((host, port), _SECONDS).close()
    except OSError as error:
        reason = error.strerror or "no answer"
        return fail("proxy", f"{host}:{port} can't be reached ({reason})", "start it or correct HTTPS_PROXY")
    return ok("proxy", f"{host}:{port} answers")
