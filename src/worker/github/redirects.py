"""What to tell when GitHub redirects: the new name of a renamed or moved repository."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from worker.errors import Reason, Refused
from worker.github.errors import Moved, Rejected

_BY_NAME = re.compile(r"/repos/([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)")
_BY_ID = re.compile(r"/repositories/([0-9]{1,18})\b")


def new_name(location: str, get: Callable[[str], Any]) -> str | None:
    """The name behind a redirect's `location`, which has mostly the repository's id; `get` fetches a path.

    None when it can't be told. Of `location` only the path counts: the question goes to our own GitHub.
    """
    by_name = _BY_NAME.search(location)
    if by_name:
        return by_name[1]
    by_id = _BY_ID.search(location)
    if not by_id:
        return None
    try:
        answer = get(f"/repositories/{by_id[1]}")
    except (Moved, Rejected):
        return None  # the new place is hidden from this token
    name = answer.get("full_name") if isinstance(answer, dict) else None
    return name if isinstance(name, str) else None


def moved_to(name: str | None) -> Refused:
    """The refusal for a request that was redirected."""
    where = f"to {name}" if name else "to a place that the token may not see"
    return Refused(Reason.REPOSITORY, f"the repository or issue was renamed or moved {where}; use the new name")
