"""Who may ask: users, their tokens, and the roles that they can have in a repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal


class Role(IntEnum):
    """A role in a repository, in GitHub's order.

    https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
    """

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5

    @property
    def legacy(self) -> str:
        """The `permission` word: maintain counts as write and triage as read."""
        return {Role.MAINTAIN: "write", Role.TRIAGE: "read"}.get(self, self.name.lower())


@dataclass(eq=False)
class User:
    """An account. A GitHub App acts as the user `<slug>[bot]`."""

    id: int
    login: str
    type: Literal["User", "Organization", "Bot"]
    created_at: datetime
    deleted: bool = False


@dataclass(eq=False)
class Token:
    """A credential of `user`.

    A classic token is limited by `scopes` (`repo`, `public_repo`); the others by `repositories` (full names) and
    `permissions`, such as {"contents": "write"}.
    """

    value: str
    user: User
    kind: Literal["classic", "fine-grained", "installation"]
    scopes: tuple[str, ...] = ()
    repositories: frozenset[str] = frozenset()
    permissions: Mapping[str, str] = field(default_factory=dict)
    revoked: bool = False

    def reaches(self, full_name: str, *, private: bool) -> bool:
        """Whether the token opens more than a stranger's view of the repository."""
        if self.kind == "classic":
            return "repo" in self.scopes or ("public_repo" in self.scopes and not private)
        return full_name in self.repositories

    def allows(self, permission: str, *, write: bool) -> bool:
        """Whether a fine-grained permission, such as `issues`, is granted; classic tokens are not limited so."""
        if self.kind == "classic":
            return True
        granted = self.permissions.get(permission)
        return granted == "write" or (granted == "read" and not write)
