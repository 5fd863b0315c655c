from __future__ import annotations

import json

import pytest

from worker.models import MAX_BODY_BYTES, QuickFix, Refine, Stop, encode, parse, task_id

QUICKFIX = {"schema": 1, "kind": "quickfix", "source": "github", "repository": "acme/shop", "issue": 12,
            "requested_by": "alice"}  # fmt: skip


def body(**changes: object) -> bytes:
    return json.dumps({**QUICKFIX, **changes}).encode()


def test_a_minimal_quickfix_is_read_with_its_defaults() -> None:
    message = parse(body())
    assert message == QuickFix(repository="acme/shop", issue=12, requested_by="alice")
    assert isinstance(message, QuickFix)
    assert message.revision == 0


def test_every_kind_survives_the_way_through_the_queue() -> None:
    messages: list[QuickFix | Refine | Stop] = [
        QuickFix(repository="acme/shop", issue=12, requested_by="alice", revision=7, instructions="in Python"),
        Refine(repository="acme/shop", pull_request=45, requested_by="alice", instructions="shorter", comment_id=9,
               comment_kind="issue"),
        Stop(repository="acme/shop", number=12, requested_by="alice"),
    ]  # fmt: skip
    for message in messages:
        assert parse(encode(message)) == message


def test_fields_of_a_newer_sender_are_ignored() -> None:
    assert parse(body(colour="blue")) == parse(body())


@pytest.mark.parametrize(
    "bad",
    [
        b"not json",
        b"[]",
        body(kind="dance"),
        body(schema=2),
        body(issue=0),
        body(issue="12"),
        body(issue=None),
        body(repository="acme"),
        body(repository="acme/shop/../x"),
        body(requested_by=""),
        body(requested_by="al ice"),
        body(task_id="ABC"),
    ],
)
def test_what_is_not_a_message_of_ours_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(bad)


def test_a_body_over_a_megabyte_is_refused_unread() -> None:
    with pytest.raises(ValueError, match="1000000 bytes"):
        parse(b"{" + b" " * MAX_BODY_BYTES)


def test_the_same_request_has_the_same_identity_whoever_computed_it() -> None:
    message = QuickFix(repository="acme/shop", issue=12, requested_by="alice")
    identity = task_id(message, "github.com")
    assert len(identity) == 16
    assert task_id(message.model_copy(update={"requested_by": "bob"}), "github.com") == identity
    assert task_id(message.model_copy(update={"task_id": identity}), "github.com") == identity
    assert task_id(message.model_copy(update={"repository": "Acme/Shop"}), "github.com") == identity


def test_another_issue_revision_or_host_is_another_task() -> None:
    message = QuickFix(repository="acme/shop", issue=12, requested_by="alice")
    others = [
        task_id(message.model_copy(update={"issue": 13}), "github.com"),
        task_id(message.model_copy(update={"revision": 1}), "github.com"),
        task_id(message, "github.example.com"),
        task_id(message, "github.com"),
    ]
    assert len(set(others)) == 4
