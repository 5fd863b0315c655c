"""What GitHub's refusals mean to us. No sentence and no exception here carries a response body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

import requests
from github.GithubException import BadAttributeException

from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.github import limits

_PERMISSIONS = re.compile(r"[a-z_=,; ]{1,200}")
_UNTRUSTED = ("CERTIFICATE_VERIFY_FAILED", "NO_CERTIFICATE_OR_CRL_FOUND")


class Outage(Retry):
    """GitHub failed or could not be reached. A write may have happened all the same; a read may be repeated."""


class Moved(Exception):
    """GitHub redirected a request: the repository has another name now, or the issue another repository."""

    def __init__(self, location: str) -> None:
        super().__init__("redirected")
        self.location = location


class Rejected(Exception):
    """An answer of 4xx whose meaning depends on what was asked; `asking` turns it into one of our errors."""

    def __init__(self, request: str, status: int, problem: Problem, needs: str = "") -> None:
        super().__init__(f"{request} answered {status}")
        self.request = request
        self.status = status
        self.problem = problem
        self.needs = needs  # the permission that GitHub asks for, such as "issues=write"


@dataclass(frozen=True, repr=False)
class Problem:
    """What GitHub's error body says, for decisions only: it is never shown or logged.

    `texts` are its messages in lower case; `fields` such as "head: invalid", in GitHub's own identifiers.
    """

    texts: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def says(self, *phrases: str) -> bool:
        """Whether one of the messages contains one of `phrases` (lower case)."""
        return any(phrase in text for text in self.texts for phrase in phrases)


def judge(request: str, status: int, headers: Mapping[str, str], body: str) -> PatchferryError | Rejected:
    """The exception for an answer of 4xx or 5xx. `request` is its verb and path, `headers` have lower-case names."""
    problem = _problem(body)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        sentence = f"GitHub answered {status}; that usually passes"
        return Outage(Reason.FORGE_UNAVAILABLE, sentence, after=limits.retry_after(headers))
    if status == HTTPStatus.UNAUTHORIZED:
        sentence = "GitHub does not accept the token (401); check that it is right and has not expired"
        return Refused(Reason.CREDENTIALS, sentence)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.FORBIDDEN and limits.is_limit(headers, problem.texts)
    ):
        after = limits.wait(headers)
        sentence = f"GitHub's rate limit is reached; it asks to wait {after:.0f} s"
        return Retry(Reason.FORGE_UNAVAILABLE, sentence, after=after)
    needs = headers.get("x-accepted-github-permissions", "")
    return Rejected(request, status, problem, needs if _PERMISSIONS.fullmatch(needs) else "")


def unreachable(error: requests.RequestException) -> PatchferryError:
    """The exception for a request without an answer. The text of `error` may name a proxy with its password."""
    if isinstance(error, ValueError):  # requests' errors about addresses that can't be used
        sentence = "GitHub's address or the proxy's cannot be used; check GITHUB_API_URL and HTTPS_PROXY"
        return Refused(Reason.CONFIGURATION, sentence)
    if isinstance(error, requests.exceptions.SSLError) and any(word in str(error) for word in _UNTRUSTED):
        sentence = "GitHub's TLS certificate is not trusted; a private CA goes into SSL_CERT_FILE"
        return Refused(Reason.CONFIGURATION, sentence)
    if isinstance(error, requests.exceptions.Timeout):
        return Outage(Reason.FORGE_UNAVAILABLE, "GitHub did not answer in time; that usually passes")
    sentence = "GitHub could not be reached; look at the network, GITHUB_API_URL and HTTPS_PROXY"
    return Outage(Reason.FORGE_UNAVAILABLE, sentence)


def unreadable() -> Retry:
    """The exception for an answer that is not what GitHub's API promises, such as a proxy's login page."""
    sentence = "GitHub gave an answer that could not be read; look whether a proxy answers in its place"
    return Retry(Reason.FORGE_UNAVAILABLE, sentence)


@contextmanager
def asking(what: str, missing: Reason = Reason.REPOSITORY) -> Iterator[None]:
    """Within the block a Rejected becomes Refused: `missing` when `what` is gone, else what the status means."""
    try:
        yield
    except Rejected as rejected:
        raise _refusal(rejected, what, missing) from rejected
    except BadAttributeException:
        raise unreadable() from None  # it shows the value


def _refusal(rejected: Rejected, what: str, missing: Reason) -> Refused:
    match rejected.status:
        case HTTPStatus.FORBIDDEN:
            return _forbidden(rejected, what)
        case HTTPStatus.NOT_FOUND:
            return Refused(missing, f"{what} does not exist, or the token may not see it")
        case HTTPStatus.CONFLICT if rejected.problem.says("is empty"):
            return Refused(Reason.REPOSITORY, f"{what} is empty; it needs a first commit")
        case HTTPStatus.GONE:
            return Refused(missing, f"{what} was deleted, or is switched off in this repository")
        case HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS:
            return Refused(Reason.REPOSITORY, f"{what} is blocked for legal reasons")
    fields = rejected.problem.fields
    detail = f" ({', '.join(fields)})" if fields else ""
    return Refused(missing, f"GitHub refused a request about {what} with status {rejected.status}{detail}")


def _forbidden(rejected: Rejected, what: str) -> Refused:
    if rejected.problem.says("is locked"):
        return Refused(Reason.ISSUE, f"{what} is locked; unlock it and ask again")
    if rejected.problem.says("archived"):
        return Refused(Reason.REPOSITORY, f"{what} belongs to an archived repository, which is read-only")
    if rejected.problem.says("access blocked"):
        return Refused(Reason.REPOSITORY, f"{what} belongs to a repository that GitHub has blocked")
    if rejected.problem.says("saml"):
        return Refused(Reason.CREDENTIALS, f"the token is not authorized for the single sign-on that {what} asks for")
    needs = f"; it needs {rejected.needs}" if rejected.needs else ""
    return Refused(Reason.CREDENTIALS, f"the token may not do this (403): {rejected.request}{needs}")


def _problem(body: str) -> Problem:
    try:
        data = json.loads(body)
    except ValueError:
        return Problem()
    if not isinstance(data, dict):
        return Problem()
    errors = data.get("errors")
    details = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    texts = [data.get("message"), *(error.get("message") for error in details)]
    fields = [f"{error.get('field')}: {error.get('code')}" for error in details if error.get("field")]
    return Problem(
        tuple(text.lower() for text in texts if isinstance(text, str)),
        tuple(field for field in fields if field.replace(": ", "").replace("_", "").isalnum()),
    )
