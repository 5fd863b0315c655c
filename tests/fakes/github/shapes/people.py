"""Users as JSON."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.github.accounts import User
    from tests.fakes.github.repository import Repository
    from tests.fakes.github.world import World


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def node_id(kind: str, number: int) -> str:
    return f"{kind}_{base64.urlsafe_b64encode(str(number).encode()).decode()}"


def simple_user(github: World, user: User) -> dict[str, Any]:
    api = f"{github.url}/users/{user.login}"
    return {
        "login": user.login,
        "id": user.id,
        "node_id": node_id("U", user.id),
        "avatar_url": f"{github.url}/avatars/{user.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{github.url}/{user.login}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": user.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def author(github: World, user: User) -> dict[str, Any] | None:
    """Who wrote something in an issue: nobody when the account is gone."""
    return None if user.deleted else simple_user(github, user)


def signed_in_user(github: World, user: User) -> dict[str, Any]:
    return {
        **simple_user(github, user),
        "user_view_type": "private",
        "name": user.login.title(),
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "notification_email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": timestamp(user.created_at),
        "updated_at": timestamp(user.created_at),
        "private_gists": 0,
        "total_private_repos": 0,
        "owned_private_repos": 0,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": True,
        "plan": {"name": "free", "space": 976562499, "collaborators": 0, "private_repos": 10000},
    }


def association(repository: Repository, user: User) -> str:
    """`author_association`: how the author stands to the repository."""
    if user is repository.owner:
        return "OWNER"
    return "COLLABORATOR" if user.login in repository.collaborators() else "NONE"
