"""Reviews, and comments on the diff."""

from __future__ import annotations

from tests.fakes.github.endpoints.issues import react, text
from tests.fakes.github.endpoints.paging import page
from tests.fakes.github.endpoints.pulls import find_pull
from tests.fakes.github.exchange import Answer
from tests.fakes.github.pulls import ReviewComment
from tests.fakes.github.routing import NOT_FOUND, ApiError, Call, route
from tests.fakes.github.shapes import pulls as shapes


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews")
def list_reviews(call: Call) -> Answer:
    pull = find_pull(call)
    return page(call, [shapes.review(pull, one) for one in pull.reviews])


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/comments")
def list_review_comments(call: Call) -> Answer:
    return page(call, [shapes.review_comment(one) for one in find_pull(call).review_comments])


@route("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies")
def reply(call: Call) -> Answer:
    author, pull, first = call.author(), find_pull(call), _find(call)
    call.may_write("pull_requests")
    if first.pull is not pull:
        raise ApiError(404, NOT_FOUND)
    thread = first.reply_to or first.id
    answer = pull.review_comment(
        author.login, text(call, "PullRequestReviewComment"), path=first.path, line=first.line, reply_to=thread
    )
    created = shapes.review_comment(answer)
    return Answer(201, created, {"Location": created["url"]})


@route("GET", "/repos/{owner}/{repo}/pulls/comments/{comment_id}")
def get_review_comment(call: Call) -> Answer:
    return Answer(200, shapes.review_comment(_find(call)))


@route("POST", "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions")
def react_to_review_comment(call: Call) -> Answer:
    return react(call, _find(call), "pull_requests")


def _find(call: Call) -> ReviewComment:
    number = call.number("comment_id")
    comments = (one for pull in call.repository.pull_requests for one in pull.review_comments)
    found = next((one for one in comments if one.id == number), None)
    if found is None:
        raise ApiError(404, NOT_FOUND)
    return found
