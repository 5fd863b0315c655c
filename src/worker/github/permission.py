"""Who may ask: the rules about what GitHub's answer to "which permission does this person have?" means.

Source: https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
"""

from __future__ import annotations

from http import HTTPStatus

from worker.errors import Reason, Refused
from worker.github.errors import Rejected

_WRITERS = frozenset({"admin", "maintain", "write"})  # triage and custom roles map to one of these, read or none


def allows(permission: str) -> bool:
    """Whether an answer of 200 with this `permission` is a yes; any other word is a no."""
    return permission in _WRITERS


def is_no(rejected: Rejected) -> bool:
    """Whether a rejection is a definite no: 404, for a person who is no collaborator.

    Raises Refused(CREDENTIALS) for the others: then it is us whom GitHub refuses, not the person.
    """
    if rejected.status == HTTPStatus.NOT_FOUND:
        return True
    sentence = f"GitHub does not let the token read who may write ({rejected.status}); it needs metadata: read"
    raise Refused(Reason.CREDENTIALS, sentence) from rejected
