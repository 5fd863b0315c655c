import pytest

from tests.fakes.forge import FakeForge
from worker.dry_run import URL, DryRunForge, PlannedCall
from worker.errors import Reason, Refused

REPOSITORY = "acme/shop"


@pytest.fixture
def real() -> FakeForge:
    forge = FakeForge()
    repository = forge.add_repository(REPOSITORY)
    repository.grant("ada", "write")
    repository.add_issue("Rounding", "1.5")
    repository.comment(1, "ada", "please")
    repository.open_pull_request("fix", author=forge.user)
    return forge


def test_what_can_be_read_is_read(real: FakeForge) -> None:
    dry = DryRunForge(real)
    sha = dry.branches(REPOSITORY, "main")[0].sha
    read = [
        (dry.host, real.host),
        (dry.login(), real.login()),
        (dry.may_write(REPOSITORY, "ada"), True),
        (dry.may_write(REPOSITORY, "eve"), False),
        (dry.repository(REPOSITORY), real.repository(REPOSITORY)),
        (dry.issue(REPOSITORY, 1), real.issue(REPOSITORY, 1)),
        (dry.comments(REPOSITORY, 1), real.comments(REPOSITORY, 1)),
        (dry.commit(REPOSITORY, sha), real.commit(REPOSITORY, sha)),
        (dry.pull_requests(REPOSITORY, head="fix"), real.pull_requests(REPOSITORY, head="fix")),
        (dry.pull_requests(REPOSITORY, head="fix", state="closed"), []),
    ]
    assert [(seen, seen) for seen, _ in read] == read
    assert dry.planned == ()


def test_what_would_be_written_is_planned_in_order_and_not_done(real: FakeForge) -> None:
    dry = DryRunForge(real)
    dry.react(REPOSITORY, 1)
    comment = dry.create_comment(REPOSITORY, 1, "working")
    pull = dry.create_pull_request(REPOSITORY, head="b", base="main", title="fix: x", body="Fixes #1", draft=True)
    dry.edit_comment(REPOSITORY, comment.id, "done")
    assert real.writes == []
    assert (comment.id, comment.url, comment.author) == (0, URL, real.user)
    assert (pull.number, pull.url, pull.draft, pull.head_branch) == (0, URL, True, "b")
    assert dry.planned == (
        PlannedCall("POST", "/repos/acme/shop/issues/1/reactions", "put 👀 on #1"),
        PlannedCall("POST", "/repos/acme/shop/issues/1/comments", "comment on #1", "working"),
        PlannedCall("POST", "/repos/acme/shop/pulls", "open the draft pull request “fix: x”: b into main", "Fixes #1"),
        PlannedCall("PATCH", "/repos/acme/shop/issues/comments/0", "edit the comment", "done"),
    )


def test_an_ordinary_pull_request_is_called_so(real: FakeForge) -> None:
    dry = DryRunForge(real)
    dry.create_pull_request(REPOSITORY, head="b", base="main", title="t", body="", draft=False)
    assert dry.planned[0].summary.startswith("open the pull request")


def test_without_a_token_the_one_at_the_keyboard_may_ask_and_nobody_else_is_trusted(real: FakeForge) -> None:
    dry = DryRunForge(real, anonymous="somebody")
    assert dry.login() == "somebody"
    assert dry.may_write(REPOSITORY, "somebody")
    assert not dry.may_write(REPOSITORY, "ada")
    assert dry.create_comment(REPOSITORY, 1, "hello").author == "somebody"
    assert real.calls == []


def test_a_refused_read_is_refused(real: FakeForge) -> None:
    with pytest.raises(Refused) as refused:
        DryRunForge(real).issue(REPOSITORY, 99)
    assert refused.value.reason is Reason.ISSUE
