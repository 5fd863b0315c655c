"""Repositories as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.github.accounts import Role
from tests.fakes.github.shapes.people import node_id, simple_user, timestamp

if TYPE_CHECKING:
    from tests.fakes.github.repository import Repository

_ADDRESSES = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def repository_fields(repository: Repository) -> dict[str, Any]:
    """What every description of a repository has, as inside a pull request."""
    api, address = repository.api_url, repository.html_url
    open_issues = sum(1 for issue in repository.issues if issue.state == "open")
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": simple_user(repository.github, repository.owner),
        "private": repository.private,
        "html_url": address,
        "description": None,
        "fork": repository.parent is not None,
        "url": api,
        **{name: f"{api}{path}" for name, path in _ADDRESSES.items()},
        "git_url": address.replace("http:", "git:") + ".git",
        "ssh_url": f"git@127.0.0.1:{repository.full_name}.git",
        "clone_url": repository.clone_url,
        "svn_url": address,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "size": 1,
        "default_branch": repository.default_branch,
        "has_issues": repository.has_issues,
        "has_projects": True,
        "has_wiki": True,
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": False,
        "is_template": False,
        "topics": [],
        "archived": repository.archived,
        "disabled": False,
        "visibility": "private" if repository.private else "public",
        "license": None,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "pushed_at": timestamp(repository.pushed_at),
        "created_at": timestamp(repository.created_at),
        "updated_at": timestamp(repository.created_at),
        **dict.fromkeys(("forks", "forks_count", "stargazers_count", "watchers", "watchers_count"), 0),
        "open_issues": open_issues,
        "open_issues_count": open_issues,
    }


def full_repository(repository: Repository, role: Role) -> dict[str, Any]:
    """The answer to GET /repos/{owner}/{repo}, as one with `role` sees it."""
    parent = repository_fields(repository.parent) if repository.parent else None
    return {
        **repository_fields(repository),
        **({"parent": parent, "source": parent} if parent else {}),
        "network_count": 0,
        "subscribers_count": 0,
        "temp_clone_token": None,
        "permissions": permissions(role),
    }


def permissions(role: Role) -> dict[str, bool]:
    return {
        "admin": role >= Role.ADMIN,
        "maintain": role >= Role.MAINTAIN,
        "push": role >= Role.WRITE,
        "triage": role >= Role.TRIAGE,
        "pull": role >= Role.READ,
    }
