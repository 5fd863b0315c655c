"""The audit hook can't be taken out of a process again, so each case has one of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from worker.llm.child import FOLDER

PROGRAM = """
import os, socket, sys
sys.path.insert(0, sys.argv[1])
from patchferry_engine.failures import Abort
from patchferry_engine.guard import Guard
from patchferry_engine.policy import PathPolicy
from patchferry_engine.protocol import Address

root, home, port, other = sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
guard = Guard(PathPolicy(root, [".github/workflows"]), [Address("127.0.0.1", port)], [home])
guard.install()
try:
    exec(sys.argv[6])
except Abort as abort:
    assert guard.tripped is abort
    print(abort.reason)
else:
    guard.check()
    print("allowed")
"""


def run(tmp_path: Path, code: str) -> str:
    root, home = tmp_path / "tree", tmp_path / "home"
    for folder in (root, home):
        folder.mkdir()
    (root / "file").write_text("x")
    with socket.create_server(("127.0.0.1", 0)) as model, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [str(one.getsockname()[1]) for one in (model, other)]
        argv = [sys.executable, "-I", "-c", PROGRAM, str(FOLDER), str(root), str(home), *ports, code]
        return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=20).stdout.strip()


@pytest.mark.parametrize(
    "code",
    [
        "open(f'{root}/file', 'w').close()",
        "os.makedirs(f'{root}/new/folder'); open(f'{root}/new/folder/x', 'x').close()",
        "open(f'{home}/x', 'w').close(); os.remove(f'{home}/x')",
        "open('/etc/passwd').close()",
        "open(os.devnull, 'w').close()",
        "socket.create_connection(('127.0.0.1', port)).close()",
    ],
)
def test_what_an_edit_needs_is_allowed(tmp_path: Path, code: str) -> None:
    assert run(tmp_path, code) == "allowed"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("open(f'{root}/../x', 'w')", "forbidden_path"),
        ("open(f'{root}/.git', 'w')", "forbidden_path"),
        ("os.makedirs(f'{root}/.github/workflows/x')", "forbidden_path"),
        ("os.symlink('/etc', f'{home}/e'); open(f'{home}/e/x', 'w')", "forbidden_path"),
        ("os.rename(f'{root}/file', '/tmp/patchferry-moved')", "forbidden_path"),
        ("os.remove('/tmp/patchferry-absent')", "forbidden_path"),
        ("import sqlite3; sqlite3.connect('/tmp/patchferry.db')", "forbidden_path"),
        ("import subprocess; subprocess.run(['true'])", "engine"),
        ("os.system('true')", "engine"),
        ("os.fork()", "engine"),
        ("os.execv('/bin/true', ['true'])", "engine"),
        ("os.posix_spawn('/bin/true', ['true'], {})", "engine"),
        ("socket.create_connection(('127.0.0.1', other))", "engine"),
        ("socket.socket().connect(('127.0.0.1', other))", "engine"),
        ("socket.socket(socket.AF_UNIX).connect('/run/x')", "engine"),
        ("socket.getaddrinfo('example.com', 443)", "engine"),
        ("socket.gethostbyname('example.com')", "engine"),
        ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', port))", "engine"),
        ("socket.socket().bind(('127.0.0.1', 0))", "engine"),
    ],
)
def test_everything_else_is_refused(tmp_path: Path, code: str, reason: str) -> None:
    assert run(tmp_path, code) == reason


def test_a_refusal_that_a_library_swallows_is_remembered(tmp_path: Path) -> None:
    code = "\ntry:\n    os.system('true')\nexcept BaseException:\n    pass\n"
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run(tmp_path, code)
    assert "tried to start a process" in failed.value.stderr
