"""Issues, their comments, labels and reactions."""

from __future__ import annotations

from tests.fakes.github.accounts import Role
from tests.fakes.github.conversation import Comment, Issue, Subject
from tests.fakes.github.endpoints.paging import page
from tests.fakes.github.exchange import Answer
from tests.fakes.github.pulls import PullRequest
from tests.fakes.github.routing import NOT_FOUND, ApiError, Call, invalid, moved, route
from tests.fakes.github.shapes import issues as shapes

_LONGEST = 65_536  # characters of a body


@route("GET", "/repos/{owner}/{repo}/issues")
def list_issues(call: Call) -> Answer:
    state = call.query("state", "open")
    labels = {name for name in call.query("labels", "").split(",") if name}
    chosen = [
        one
        for one in reversed(call.repository.issues)
        if not one.deleted and not one.moved_to and state in {one.state, "all"} and labels <= set(one.labels)
    ]
    return page(call, [shapes.issue(one) for one in chosen])


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}")
def get_issue(call: Call) -> Answer:
    return Answer(200, shapes.issue(find_issue(call)))


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/labels")
def list_labels(call: Call) -> Answer:
    return page(call, [shapes.label(call.repository, name) for name in find_issue(call).labels])


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments")
def list_comments(call: Call) -> Answer:
    return page(call, [shapes.comment(one) for one in find_issue(call).comments])


@route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments")
def create_comment(call: Call) -> Answer:
    author = call.author()
    issue = find_issue(call)
    call.may_write("issues")
    if issue.locked and call.role < Role.TRIAGE:
        raise ApiError(403, "Unable to create comment because issue is locked.")
    comment = issue.comment(author.login, text(call, "IssueComment"))
    created = shapes.comment(comment)
    return Answer(201, created, {"Location": created["url"]})


@route("GET", "/repos/{owner}/{repo}/issues/comments/{comment_id}")
def get_comment(call: Call) -> Answer:
    return Answer(200, shapes.comment(find_comment(call)))


@route("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}")
def edit_comment(call: Call) -> Answer:
    author = call.author()
    comment = find_comment(call)
    call.may_write("issues")
    if comment.author is not author and call.role < Role.WRITE:
        raise ApiError(403, "Must have admin rights to Repository.")
    comment.edit(text(call, "IssueComment"))
    return Answer(200, shapes.comment(comment))


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/reactions")
def list_reactions(call: Call) -> Answer:
    return page(call, [shapes.reaction(call.github, one) for one in find_issue(call).reactions])


@route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/reactions")
def react_to_issue(call: Call) -> Answer:
    return react(call, find_issue(call))


@route("GET", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions")
def list_comment_reactions(call: Call) -> Answer:
    return page(call, [shapes.reaction(call.github, one) for one in find_comment(call).reactions])


@route("POST", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions")
def react_to_comment(call: Call) -> Answer:
    return react(call, find_comment(call))


def react(call: Call, subject: Subject, permission: str = "issues") -> Answer:
    """Add the reaction: 201, or 200 when it is there already."""
    author = call.author()
    call.may_write(permission)
    content = call.body("content").get("content", "")
    try:
        new = subject.react(author.login, content)
    except ValueError as error:
        raise invalid("Reaction", code="invalid", field="content") from error
    given = next(one for one in subject.reactions if one.user is author and one.content == content)
    return Answer(201 if new else 200, shapes.reaction(call.github, given))


def find_issue(call: Call) -> Issue:
    """The issue or pull request of the path. Raises 301, 307, 404 and 410."""
    number = call.number("issue_number")
    found = next((one for one in call.repository.issues if one.number == number), None)
    if found is None:
        raise ApiError(404, NOT_FOUND)
    if found.deleted:
        raise ApiError(410, "This issue was deleted")
    if found.moved_to:
        raise moved(call.request, f"{found.moved_to.repository.api_url}/issues/{found.moved_to.number}")
    if not call.repository.has_issues and not isinstance(found, PullRequest):
        raise ApiError(410, "Issues are disabled for this repo")
    return found


def find_comment(call: Call) -> Comment:
    comment = call.repository.find_comment(call.number("comment_id"))
    if comment is None:
        raise ApiError(404, NOT_FOUND)
    return comment


def text(call: Call, resource: str) -> str:
    """The `body` of the request. Raises 422 when it is empty or too long."""
    body = call.body("body").get("body")
    if not isinstance(body, str) or not body.strip():
        raise invalid(resource, code="missing_field", field="body")
    if len(body) > _LONGEST:
        raise invalid(resource, field="body", message=f"body is too long (maximum is {_LONGEST} characters)")
    return body
