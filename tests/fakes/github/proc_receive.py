"""A program: git's proc-receive hook, which refuses every ref that it is given, as the rules file says.

https://git-scm.com/docs/githooks#proc-receive
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path


def main() -> None:
    rules = json.loads(Path(sys.argv[1]).read_text())
    list(_read_packets())  # the version and what git can do
    _write_packet(b"version=1\0")
    _flush()
    for command in list(_read_packets()):
        ref = command.decode().split()[2]
        rule = next(one for one in rules if ref == one["ref"] or ref.startswith(one["ref"] + "/"))
        for line in rule["lines"]:
            sys.stderr.write(line.replace("{ref}", ref) + "\n")
        _write_packet(f"ng {ref} {rule['reason']}".encode())
    _flush()


def _read_packets() -> Iterator[bytes]:
    """The packets up to the next flush."""
    while size := int(sys.stdin.buffer.read(4), 16):
        yield sys.stdin.buffer.read(size - 4)


def _write_packet(data: bytes) -> None:
    sys.stdout.buffer.write(b"%04x" % (len(data) + 4) + data)


def _flush() -> None:
    sys.stdout.buffer.write(b"0000")
    sys.stdout.buffer.flush()


main()
