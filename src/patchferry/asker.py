"""Who asks, as far as a token tells, and whether that person may write."""

from __future__ import annotations

from dataclasses import dataclass

from worker.errors import Reason, Refused
from worker.ports import Forge

_NOBODY = "you-"  # no login on GitHub ends so


@dataclass(frozen=True)
class Asker:
    """The person at the keyboard. Without a token `login` stands for nobody on GitHub."""

    login: str
    may_write: bool


def asker(forge: Forge, repository: str, *, anonymous: bool) -> Asker:
    """Who the token belongs to; raises the errors of the port."""
    if anonymous:
        return Asker(_NOBODY, may_write=False)
    login = forge.login()
    try:
        return Asker(login, forge.may_write(repository, login))
    except Refused as refused:
        if refused.reason is not Reason.CREDENTIALS:
            raise
        return Asker(login, may_write=False)  # GitHub tells nobody who may write but those who may
