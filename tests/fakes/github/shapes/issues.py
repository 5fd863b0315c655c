"""Issues, comments, labels and reactions as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.github.conversation import REACTIONS, Comment, Issue, Reaction, Subject
from tests.fakes.github.pulls import PullRequest
from tests.fakes.github.shapes.people import association, author, node_id, timestamp

if TYPE_CHECKING:
    from tests.fakes.github.repository import Repository
    from tests.fakes.github.world import World


def issue(subject: Issue) -> dict[str, Any]:
    repository = subject.repository
    github = repository.github
    api = f"{repository.api_url}/issues/{subject.number}"
    shape = {
        "id": subject.id,
        "node_id": node_id("I", subject.id),
        "url": api,
        "repository_url": repository.api_url,
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "timeline_url": f"{api}/timeline",
        "html_url": subject.url,
        "number": subject.number,
        "state": subject.state,
        "state_reason": None if subject.state == "open" else "completed",
        "title": subject.title,
        "body": subject.body or None,
        "user": author(github, subject.author),
        "labels": [label(repository, name) for name in subject.labels],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": subject.locked,
        "active_lock_reason": None,
        "comments": len(subject.comments),
        "created_at": timestamp(subject.created_at),
        "updated_at": timestamp(subject.updated_at),
        "closed_at": timestamp(subject.closed_at) if subject.closed_at else None,
        "closed_by": None,
        "author_association": association(repository, subject.author),
        "performed_via_github_app": None,
        "reactions": reaction_rollup(subject, f"{api}/reactions"),
    }
    if not isinstance(subject, PullRequest):
        return shape
    pull = {
        "url": f"{repository.api_url}/pulls/{subject.number}",
        "html_url": subject.url,
        "diff_url": f"{subject.url}.diff",
        "patch_url": f"{subject.url}.patch",
        "merged_at": timestamp(subject.merged_at) if subject.merged_at else None,
    }
    return {**shape, "draft": subject.draft, "pull_request": pull}


def comment(subject: Comment) -> dict[str, Any]:
    repository = subject.repository
    api = f"{repository.api_url}/issues/comments/{subject.id}"
    return {
        "id": subject.id,
        "node_id": node_id("IC", subject.id),
        "url": api,
        "html_url": f"{subject.issue.url}#issuecomment-{subject.id}",
        "issue_url": f"{repository.api_url}/issues/{subject.issue.number}",
        "user": author(repository.github, subject.author),
        "body": subject.body,
        "created_at": timestamp(subject.created_at),
        "updated_at": timestamp(subject.updated_at),
        "author_association": association(repository, subject.author),
        "performed_via_github_app": None,
        "reactions": reaction_rollup(subject, f"{api}/reactions"),
    }


def label(repository: Repository, name: str) -> dict[str, Any]:
    number = sum(name.encode())  # stable for a name
    return {
        "id": number,
        "node_id": node_id("LA", number),
        "url": f"{repository.api_url}/labels/{name}",
        "name": name,
        "description": None,
        "color": "ededed",
        "default": False,
    }


def reaction(github: World, given: Reaction) -> dict[str, Any]:
    return {
        "id": given.id,
        "node_id": node_id("REA", given.id),
        "user": author(github, given.user),
        "content": given.content,
        "created_at": timestamp(given.created_at),
    }


def reaction_rollup(subject: Subject, url: str) -> dict[str, Any]:
    counts = {content: sum(1 for one in subject.reactions if one.content == content) for content in REACTIONS}
    return {"url": url, "total_count": len(subject.reactions), **counts}
