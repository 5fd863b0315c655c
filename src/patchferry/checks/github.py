"""GitHub: whose token it is, what it may do, and whether it reaches a repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from patchferry.checks.result import Check, Status, fail, failed, ok, skip, warn
from worker.config import Settings
from worker.errors import PatchferryError, Reason
from worker.forges import client, forge
from worker.github.errors import asking

_ENOUGH = frozenset({"repo", "public_repo"})


def github(settings: Settings, repository: str | None) -> Sequence[Check]:
    """The check `token`, and `repository` when one is asked about (owner/name)."""
    try:
        headers, user = _user(settings)
    except PatchferryError as error:
        found = failed("token", error)
        if settings.github_token is None:
            found = replace(found, fix=f'{found.fix}; `patchferry run --repo PATH "text"` needs none')
    else:
        found = token(user, headers)
    if repository is None:
        return (found,)
    if found.status is Status.FAIL:
        return found, skip("repository", f"{repository} is not looked at without a token that serves")
    return found, _reach(settings, repository, user)


def token(login: str, headers: Mapping[str, str]) -> Check:
    """What the headers of an answer (lower-case names) say about the token.

    Only a classic token's scopes are told; a fine-grained one shows what it may do when it is used.
    https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
    """
    expires = headers.get("github-authentication-token-expiration")
    until = f", until {expires}" if expires else ""
    if "x-oauth-scopes" not in headers:
        return ok("token", f"acts as {login}{until}; fine-grained, see --repository for what it reaches")
    scopes = [scope.strip() for scope in headers["x-oauth-scopes"].split(",") if scope.strip()]
    detail = f"acts as {login}{until}; scopes: {', '.join(scopes) or 'none'}"
    if not _ENOUGH.intersection(scopes):
        return fail("token", detail, "give the token the scope repo, or public_repo when all repositories are public")
    if "workflow" in scopes:
        return warn("token", detail, "take the scope workflow away: Patchferry never changes workflows")
    return ok("token", detail)


def _user(settings: Settings) -> tuple[Mapping[str, str], str]:
    connection = client(settings)
    try:
        with asking("the token's user", Reason.CREDENTIALS):
            headers, user = connection.requestJsonAndCheck("GET", "/user")
    finally:
        connection.close()
    return headers, str(user["login"])


def _reach(settings: Settings, repository: str, login: str) -> Check:
    connection = forge(settings)
    try:
        found = connection.repository(repository)
        writes = connection.may_write(found.name, login)
    except PatchferryError as error:
        return failed("repository", error)
    finally:
        connection.close()
    if found.archived:
        return fail("repository", f"{found.name} is archived", "unarchive it, or choose another one")
    if not writes:
        return fail("repository", f"{login} may not push to {found.name}", f"give {login} write access")
    return ok("repository", f"{login} may push to {found.name}, whose default branch is {found.default_branch}")
