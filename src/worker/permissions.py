"""Who may ask: each person is looked up once per task."""

from __future__ import annotations

from worker.ports import Forge


class Permissions:
    """Remembers, for the length of one task, who has write access to its repository."""

    def __init__(self, forge: Forge, repository: str) -> None:
        self._forge = forge
        self._repository = repository
        self._known: dict[str, bool] = {}

    def may_write(self, login: str) -> bool:
        """Whether `login` may write. No answer from the forge is an error, never a no."""
        key = login.casefold()
        if key not in self._known:
            self._known[key] = self._forge.may_write(self._repository, login)
        return self._known[key]
