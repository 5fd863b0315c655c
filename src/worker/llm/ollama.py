"""The pre-flight: is the Ollama server there, has it the model, and how large is its window."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks it

import httpx
import ollama
from pydantic import ValidationError

from worker.errors import Reason, Refused, Retry
from worker.llm.bounded import Bounds

# Models are trained for more than most machines have memory for, so a window that nobody chose is held below this.
LARGEST_WINDOW = 32_768
_LARGEST_ANSWER = 10_000_000  # bytes; licence, template and tokens together are far below
_REDIRECTS = range(300, 400)
_UNAUTHORISED = (401, 403)
_NOT_FOUND = 404


@dataclass(frozen=True)
class OllamaModel:
    """A model that is pulled. `trained` is its own limit, `configured` the num_ctx of its Modelfile, both in tokens."""

    name: str
    trained: int | None
    configured: int | None

    @property
    def window(self) -> int:
        """The window to ask for when the operator names none."""
        return self.configured or min(self.trained or LARGEST_WINDOW, LARGEST_WINDOW)


def inspect(name: str, base: str, variables: Mapping[str, str], *, timeout: float) -> OllamaModel:
    """Look the model up, in `timeout` seconds. `variables`: OLLAMA_API_KEY, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE.

    Raises Retry(MODEL_UNAVAILABLE) when no server answers, Refused with MODEL_UNKNOWN, CREDENTIALS, CONFIGURATION.
    """
    parts = urlsplit(base)
    where = f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    try:
        with Bounds(timeout, _LARGEST_ANSWER) as bounds, _client(base, variables, timeout, bounds) as client:
            shown = client.show(name)
    except ollama.ResponseError as error:
        raise _refusal(error, name, where) from error
    except (ConnectionError, httpx.TransportError) as error:
        if _distrusted(error):
            sentence = f"the certificate of {where} is not trusted; name the file of its authority in SSL_CERT_FILE"
            raise Refused(Reason.CONFIGURATION, sentence) from error
        sentence = f"no Ollama server answers at {where}; start it, or correct OLLAMA_API_BASE"
        raise Retry(Reason.MODEL_UNAVAILABLE, sentence) from error
    except (ValidationError, ValueError, TypeError, RecursionError, httpx.HTTPError) as error:
        sentence = f"what answers at {where} is not an Ollama server; correct OLLAMA_API_BASE"
        raise Refused(Reason.CONFIGURATION, sentence) from error
    if shown.capabilities and "completion" not in shown.capabilities:
        raise Refused(Reason.CONFIGURATION, f"the model {name} cannot chat; choose another PATCHFERRY_MODEL")
    return OllamaModel(name, _trained(shown.modelinfo or {}), _configured(shown.parameters or ""))


def _client(base: str, variables: Mapping[str, str], timeout: float, bounds: Bounds) -> ollama.Client:
    key = variables.get("OLLAMA_API_KEY")
    return ollama.Client(
        host=base,
        timeout=timeout,
        headers={"Authorization": f"Bearer {key}"} if key else {},
        verify=_trusted(base, variables.get("SSL_CERT_FILE")),
        proxy=_proxy(base, variables),
        trust_env=False,
        follow_redirects=False,
        event_hooks=bounds.hooks,
    )


def _trusted(base: str, certificates: str | None) -> ssl.SSLContext:
    """Nobody where no certificate will come: to load the authorities takes longer than to ask."""
    if urlsplit(base).scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context(cafile=certificates) if certificates else httpx.create_ssl_context()


def _proxy(base: str, variables: Mapping[str, str]) -> str | None:
    parts = urlsplit(base)
    bypassed = proxy_bypass_environment(parts.netloc, {"no": variables.get("NO_PROXY", "")})
    return None if parts.scheme != "https" or bypassed else variables.get("HTTPS_PROXY")


def _distrusted(error: BaseException) -> bool:
    """Whether a failed connection failed on the certificate; the client says "failed to connect" for everything."""
    here: BaseException | None = error
    while here and not isinstance(here, ssl.SSLCertVerificationError):
        here = here.__cause__ or here.__context__
    return here is not None


def _refusal(error: ollama.ResponseError, name: str, where: str) -> Refused | Retry:
    if error.status_code == _NOT_FOUND:
        return Refused(Reason.MODEL_UNKNOWN, f"the Ollama server does not have the model {name}: ollama pull {name}")
    if error.status_code in _UNAUTHORISED:
        sentence = f"the Ollama server at {where} refused the key; check OLLAMA_API_KEY"
        return Refused(Reason.CREDENTIALS, sentence)
    if error.status_code in _REDIRECTS:
        sentence = f"what answers at {where} redirects, which is not followed; correct OLLAMA_API_BASE"
        return Refused(Reason.CONFIGURATION, sentence)
    sentence = f"the Ollama server at {where} answered HTTP {error.status_code}"
    return Retry(Reason.MODEL_UNAVAILABLE, sentence)


def _trained(info: Mapping[str, Any]) -> int | None:
    """From the key "<architecture>.context_length"."""
    found = [value for key, value in info.items() if key.endswith(".context_length") and type(value) is int]
    return found[0] if found and found[0] > 0 else None


def _configured(parameters: str) -> int | None:
    """From a line of the Modelfile such as "num_ctx    8192"."""
    found = re.search(r"^num_ctx\s+(\d{1,9})\s*$", parameters, re.MULTILINE)
    return int(found[1]) or None if found else None
