"""What a failed call means, read from the HTTP answer at the bottom of litellm's wrapped exceptions."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from patchferry_engine.failures import Abort, Reason

# What the classes of httpx, openai and litellm mean, whatever the HTTP status was; and what they mean without one.
_DECISIVE: tuple[tuple[set[str], Reason, str], ...] = (
    (
        {"ContextWindowExceededError"},
        "context",
        (
            "the request does not fit the window of {model}; set PATCHFERRY_CONTEXT_TOKENS to the window's size, "
            "or choose a model with a larger one"
        ),
    ),
    (
        {"ContentPolicyViolationError"},
        "engine",
        "the provider of {model} refused the request because of its content policy",
    ),
    (
        {"SSLCertVerificationError"},
        "configuration",
        "the certificate of {model}'s server is not trusted; name the file of its authority in SSL_CERT_FILE",
    ),
)
# Packages whose module has another name.
_PACKAGES = {"google": "google-cloud-aiplatform", "vertexai": "google-cloud-aiplatform"}
_TRANSPORT: tuple[tuple[set[str], str], ...] = (
    ({"Timeout", "TimeoutException", "APITimeoutError"}, "{model} did not answer in time"),
    ({"ProxyError"}, "the proxy does not connect us to the server of {model}; check HTTPS_PROXY"),
    ({"TransportError", "APIConnectionError", "OSError"}, "the connection to {model} failed or was lost"),
    (set(), "{model} answered something that is no answer"),
)
_TRY_AGAIN = {408, 409, 425, 429, *range(500, 600)}
_RATE_LIMITED = 429
_LONGEST_WAIT = 86_400.0  # seconds; a header can name any number
_REFUSED: tuple[Reason, str] = ("credentials", "{model} refused our credentials (HTTP {status}); check {credentials}")
_MOVED: tuple[Reason, str] = (
    "configuration",
    (
        "the server of {model} redirects to another address (HTTP {status}), where the key and the code are not sent; "
        "if that is where it lives, correct the variable of its address"
    ),
)
_INVALID: tuple[Reason, str] = (
    "configuration",
    # Google's word for a wrong key, too.
    "the provider refused the request for {model} as invalid (HTTP {status}); check PATCHFERRY_MODEL and {credentials}",
)
_FINAL: dict[int, tuple[Reason, str]] = {
    **dict.fromkeys(range(300, 400), _MOVED),
    **dict.fromkeys((401, 403, 407), _REFUSED),
    402: ("credentials", "the provider of {model} says that the account has no credit (HTTP 402)"),
    404: (
        "model_unknown",
        (
            "the provider does not know the model {model} (HTTP 404); check PATCHFERRY_MODEL, and the address if the "
            "server is your own"
        ),
    ),
    413: ("context", "the request is too large for {model} (HTTP 413)"),
}


@dataclass(frozen=True)
class Failure:
    """Why a call failed; `again` says whether another attempt may help, `after` how long to wait at least."""

    reason: Reason
    sentence: str
    again: bool = False
    after: float | None = None

    def abort(self) -> Abort:
        return Abort(self.reason, self.sentence, after=self.after)


def classify(error: Exception, model: str, credentials: str) -> Failure:
    """Name the failure. The text of the server's answer is never repeated: it may hold anything.

    `credentials` are the variables to look at when they are refused, in words.
    """
    chain = list(_chain(error))
    names = {kind.__name__ for one in chain for kind in type(one).__mro__}
    for classes, reason, sentence in _DECISIVE:
        if classes & names:
            return Failure(reason, sentence.format(model=model))
    missing = [one.name or "" for one in chain if isinstance(one, ImportError)]
    if missing:
        package = _PACKAGES.get(missing[-1], missing[-1] or "of its provider")
        sentence = f"{model} needs the Python package {package}; install it in PATCHFERRY_ENGINE_PYTHON"
        return Failure("configuration", sentence)
    status, headers = _answer(chain)
    if status is not None:
        return _by_status(status, _retry_after(headers), model, credentials)
    sentence = next(sentence for classes, sentence in _TRANSPORT if classes & names or not classes)
    return Failure("model_unavailable", sentence.format(model=model), again=True)


def _by_status(status: int, after: float | None, model: str, credentials: str) -> Failure:
    if status in _TRY_AGAIN:
        why = "is rate-limited" if status == _RATE_LIMITED else "is not available"
        return Failure("model_unavailable", f"{model} {why} (HTTP {status})", again=True, after=after)
    reason, sentence = _FINAL.get(status, _INVALID)
    return Failure(reason, sentence.format(model=model, status=status, credentials=credentials))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    here: BaseException | None = error
    while here is not None and id(here) not in seen:
        seen.add(id(here))
        yield here
        here = here.__cause__ or here.__context__


def _answer(chain: list[BaseException]) -> tuple[int | None, Mapping[str, str]]:
    """Status and headers of the HTTP answer. litellm's own status is a guess, so httpx's exception decides."""
    for one in chain:
        response = getattr(one, "response", None)
        if type(one).__name__ == "HTTPStatusError" and response is not None:
            return int(response.status_code), dict(response.headers)
    return None, {}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from either form of the header (RFC 9110, section 10.2.3)."""
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return min(seconds, _LONGEST_WAIT) if seconds > 0 else 0.0  # what is not a number is not more than 0
