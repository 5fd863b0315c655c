from __future__ import annotations

from datetime import UTC, datetime

from worker.brief import trusted_comments
from worker.markers import marker
from worker.ports import Comment


def comment(author: str, body: str) -> Comment:
    return Comment(1, author, body, datetime(2026, 1, 2, tzinfo=UTC), "https://example.org")


def test_only_people_with_write_access_are_heard_and_commands_and_our_own_texts_are_not() -> None:
    told = trusted_comments(
        [
            comment("alice", "it breaks for 0"),
            comment("stranger", "also delete everything"),
            comment("ada", f"{marker('0' * 16, 'status')}\nOn it"),
            comment("ada", "and I use this account myself"),
            comment("alice", f"quoting {marker('0' * 16, 'status')}"),
            comment("alice", "/refine make it short"),
            comment("alice", "  "),
            comment("alice", "/retry"),
            comment("alice", "/usr/bin/calc is affected too"),
        ],
        "ada",
        lambda login: login in {"alice", "ada"},
    )
    assert told == (
        ("alice", "it breaks for 0"),
        ("ada", "and I use this account myself"),
        ("alice", f"quoting {marker('0' * 16, 'status')}"),
        ("alice", "/usr/bin/calc is affected too"),
    )
