"""Pull requests, reviews and comments on the diff as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.github.shapes.code import stats
from tests.fakes.github.shapes.issues import label, reaction_rollup
from tests.fakes.github.shapes.people import association, node_id, simple_user, timestamp
from tests.fakes.github.shapes.repositories import repository_fields

if TYPE_CHECKING:
    from tests.fakes.github.pulls import PullRequest, Review, ReviewComment
    from tests.fakes.github.repository import Repository
    from tests.fakes.github.world import World


def simple(pull: PullRequest) -> dict[str, Any]:
    """A pull request as in lists."""
    repository = pull.repository
    addresses = _addresses(pull)
    return {
        **{f"{name}_url": address for name, address in addresses.items() if name not in {"self", "html", "issue"}},
        "url": addresses["self"],
        "html_url": pull.url,
        "issue_url": addresses["issue"],
        "diff_url": f"{pull.url}.diff",
        "patch_url": f"{pull.url}.patch",
        "_links": {name: {"href": address} for name, address in addresses.items()},
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "number": pull.number,
        "state": pull.state,
        "locked": pull.locked,
        "active_lock_reason": None,
        "title": pull.title,
        "body": pull.body or None,
        "user": simple_user(repository.github, pull.author),
        "labels": [label(repository, name) for name in pull.labels],
        "milestone": None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "created_at": timestamp(pull.created_at),
        "updated_at": timestamp(pull.updated_at),
        "closed_at": timestamp(pull.closed_at) if pull.closed_at else None,
        "merged_at": timestamp(pull.merged_at) if pull.merged_at else None,
        "merge_commit_sha": pull.merge_commit,
        "head": _end(repository.github, pull.head_repository, pull.head_owner, pull.head_branch, pull.head_sha),
        "base": _end(repository.github, repository, repository.owner.login, pull.base_branch, pull.base_sha),
        "author_association": association(repository, pull.author),
        "auto_merge": None,
        "draft": pull.draft,
    }


def full(pull: PullRequest) -> dict[str, Any]:
    """A pull request as in GET /pulls/{n}, with what costs GitHub a look into git."""
    files = pull.files()
    counts = stats(files)
    mergeable = pull.mergeable() if pull.state == "open" else None
    state = {True: "draft" if pull.draft else "clean", False: "dirty", None: "unknown"}[mergeable]
    return {
        **simple(pull),
        "merged": pull.merged,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": state,
        "merged_by": simple_user(pull.repository.github, pull.repository.owner) if pull.merged else None,
        "comments": len(pull.comments),
        "review_comments": len(pull.review_comments),
        "maintainer_can_modify": False,
        "commits": len(pull.commits()),
        "additions": counts["additions"],
        "deletions": counts["deletions"],
        "changed_files": len(files),
    }


def review(pull: PullRequest, given: Review) -> dict[str, Any]:
    html = f"{pull.url}#pullrequestreview-{given.id}"
    api = _addresses(pull)["self"]
    return {
        "id": given.id,
        "node_id": node_id("PRR", given.id),
        "user": simple_user(pull.repository.github, given.author),
        "body": given.body,
        "state": given.state,
        "html_url": html,
        "pull_request_url": api,
        "_links": {"html": {"href": html}, "pull_request": {"href": api}},
        "submitted_at": timestamp(given.submitted_at),
        "commit_id": given.commit,
        "author_association": association(pull.repository, given.author),
    }


def review_comment(comment: ReviewComment) -> dict[str, Any]:
    pull, repository = comment.pull, comment.repository
    api = f"{repository.api_url}/pulls/comments/{comment.id}"
    html = f"{pull.url}#discussion_r{comment.id}"
    pull_api = _addresses(pull)["self"]
    answer = {
        "url": api,
        "pull_request_review_id": comment.review_id,
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        "diff_hunk": next((one.patch or "" for one in pull.files() if one.path == comment.path), ""),
        "path": comment.path,
        "line": comment.line,
        "original_line": comment.line,
        "position": comment.line,
        "original_position": comment.line,
        "side": "RIGHT",
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "subject_type": "line",
        "commit_id": pull.head_sha,
        "original_commit_id": comment.commit,
        "user": simple_user(repository.github, comment.author),
        "body": comment.body,
        "created_at": timestamp(comment.created_at),
        "updated_at": timestamp(comment.updated_at),
        "html_url": html,
        "pull_request_url": pull_api,
        "author_association": association(repository, comment.author),
        "_links": {"self": {"href": api}, "html": {"href": html}, "pull_request": {"href": pull_api}},
        "reactions": reaction_rollup(comment, f"{api}/reactions"),
    }
    return answer if comment.reply_to is None else {**answer, "in_reply_to_id": comment.reply_to}


def _addresses(pull: PullRequest) -> dict[str, str]:
    repository = pull.repository
    api = f"{repository.api_url}/pulls/{pull.number}"
    issue = f"{repository.api_url}/issues/{pull.number}"
    return {
        "self": api,
        "html": pull.url,
        "issue": issue,
        "comments": f"{issue}/comments",
        "commits": f"{api}/commits",
        "review_comments": f"{api}/comments",
        "review_comment": f"{repository.api_url}/pulls/comments{{/number}}",
        "statuses": f"{repository.api_url}/statuses/{pull.head_sha}",
    }


def _end(github: World, repository: Repository | None, owner: str, branch: str, sha: str) -> dict[str, Any]:
    return {
        "label": f"{owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": simple_user(github, github.user(owner)),
        "repo": repository_fields(repository) if repository else None,
    }
