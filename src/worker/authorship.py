"""Whose name a commit carries, and whether a commit is one of ours."""

from __future__ import annotations

import re

from worker.errors import Reason, Refused
from worker.ports import Author

_NAME_AND_EMAIL = re.compile(r"^\s*([^<>]+?)\s*<([^<>\s]+@[^<>\s]+)>\s*$")


def author(setting: str, login: str, host: str) -> Author:
    """The operator's `Name <email>`, or our login with the forge's address for people who hide theirs.

    https://docs.github.com/account-and-profile/reference/email-addresses-reference
    """
    if not setting:
        return Author(login, f"{login}@users.noreply.{host.split(':', maxsplit=1)[0]}")
    found = _NAME_AND_EMAIL.match(setting)
    if found is None:
        raise Refused(Reason.CONFIGURATION, "PATCHFERRY_COMMIT_AUTHOR must have the form `Name <email>`")
    return Author(found.group(1), found.group(2))


def made_for(message: str, task_id: str) -> bool:
    """Whether a commit message ends with the trailer of this task."""
    return f"Patchferry-Task: {task_id}" in message.splitlines()
