"""Reading what git prints about a diff."""

from __future__ import annotations

from worker.git.changes import describe, parse
from worker.ports import FileChange

SHA, OTHER, NONE = "a" * 40, "b" * 40, "0" * 40


def test_raw_records_and_line_counts_are_brought_together() -> None:
    output = (
        f":000000 100644 {NONE} {SHA} A\0new\nfile.py\0"
        f":100644 000000 {OTHER} {NONE} D\0old.py\0"
        f":100644 120000 {OTHER} {SHA} T\0link\0"
        f":000000 160000 {NONE} {OTHER} A\0sub\0"
        "3\t0\tnew\nfile.py\0" + "0\t2\told.py\0" + "-\t-\tlink\0" + "1\t0\tsub\0"
    ).encode()

    raw, counts = parse(output)
    changes = [describe(one, counts, {SHA: 30}) for one in raw]

    assert changes == [
        FileChange("new\nfile.py", "added", "100644", 3, 0, 30),
        FileChange("old.py", "deleted", "000000", 0, 2, 0),
        FileChange("link", "type_changed", "120000", None, None, 30),
        FileChange("sub", "added", "160000", 1, 0, 0),
    ]


def test_a_path_that_is_not_utf8_can_still_be_shown_and_encoded() -> None:
    output = f":000000 100644 {NONE} {SHA} A\0".encode() + b"caf\xe9.py\0" + b"1\t0\tcaf\xe9.py\0"

    raw, counts = parse(output)

    assert describe(raw[0], counts, {SHA: 1}).path.encode() == rb"caf\xe9.py"


def test_no_output_is_no_change() -> None:
    assert parse(b"") == ([], {})
