"""Repositories that were made by hand to hurt who checks them out: names, links, sizes, attributes."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.contract.git_worlds import BRANCH, HttpWorld, http_world
from worker.deadline import Deadline
from worker.errors import Reason, Refused
from worker.git import command
from worker.ports import Checkout

Entry = tuple[str, bytes, str]  # mode, name, object


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HttpWorld]:
    with http_world(tmp_path, {"README.md": "# Shop\n"}) as made:
        yield made


def store(world: HttpWorld, kind: str, data: bytes) -> str:
    """An object that git itself would not make."""
    arguments = ("hash-object", "-w", "--literally", "-t", kind, "--stdin")
    return world.repository.store.git(*arguments, stdin=data).decode().strip()


def tree(world: HttpWorld, entries: Sequence[Entry]) -> str:
    data = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(sha) for mode, name, sha in entries)
    return store(world, "tree", data)


def serve(world: HttpWorld, entries: Sequence[Entry]) -> None:
    """Make a commit with this root folder the tip of the default branch."""
    who = "Mallory <m@example.com> 1760000000 +0000"
    text = f"tree {tree(world, entries)}\nauthor {who}\ncommitter {who}\n\nHello\n"
    world.repository.store.git("update-ref", f"refs/heads/{BRANCH}", store(world, "commit", text.encode()))


def refusal(world: HttpWorld) -> Refused:
    with pytest.raises(Refused) as refused, world.git.checkout(world.url, BRANCH, Deadline(60)):
        pass
    assert list(world.workspaces.iterdir()) == []
    return refused.value


def changed(checkout: Checkout) -> list[str]:
    (checkout.tree / "new.txt").write_text("new\n")
    return [change.path for change in checkout.stage().changes]


@pytest.mark.parametrize(
    "name",
    [
        b"..",
        b".",
        b".git",
        b".GIT",
        b"git~1",
        b".git ",
        b".git.",
        b".g\xe2\x80\x8cit",
        b".git::$INDEX_ALLOCATION",
        b"/x",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
def test_a_name_that_leads_out_of_the_tree_or_into_git_is_refused(world: HttpWorld, name: bytes, folder: bool) -> None:  # noqa: FBT001
    entry = ("100644", name, store(world, "blob", b"pwned\n"))
    inner = ("100644", b"config", entry[2])
    serve(world, [("40000", name, tree(world, [inner])) if folder else entry])
    before = {path for path in world.workspaces.parent.rglob("*") if "objects" not in path.parts}

    refused = refusal(world)

    assert refused.reason is Reason.REPOSITORY
    assert "invalid path" in refused.sentence
    after = {path for path in world.workspaces.parent.rglob("*") if "objects" not in path.parts}
    assert after - before <= {world.workspaces}


def test_a_link_and_a_folder_of_one_name_write_nothing_behind_the_link(world: HttpWorld, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = store(world, "blob", os.fsencode(outside))
    inner = tree(world, [("100644", b"x", store(world, "blob", b"pwned\n"))])
    serve(world, [("120000", b"a", link), ("40000", b"a", inner)])

    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        changed(checkout)

    assert list(outside.iterdir()) == []


def test_files_without_number_from_a_few_objects_are_refused(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, mode = store(world, "blob", b"x\n"), "100644"
    for _ in range(10):
        entry, mode = tree(world, [(mode, b"%d" % number, entry) for number in range(10)]), "40000"
    serve(world, [("40000", b"bomb", entry)])
    monkeypatch.setattr(command, "LIMITS", {resource.RLIMIT_DATA: 64_000_000})

    refused = refusal(world)

    assert refused.reason is Reason.TOO_LARGE
    assert "too large" in refused.sentence


def test_a_pack_without_end_is_refused(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(world, [("100644", b"noise", store(world, "blob", os.urandom(2_000_000)))])
    monkeypatch.setattr(command, "LIMITS", {resource.RLIMIT_FSIZE: 1_000_000})

    assert refusal(world).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("attributes", ["* text eol=lf", "* text eol=crlf", "* text=auto", "* crlf", "*.txt ident"])
def test_attributes_do_not_put_files_into_the_diff_that_nobody_changed(world: HttpWorld, attributes: str) -> None:
    world.commit(BRANCH, {".gitattributes": f"{attributes}\n", "dos.txt": b"a\r\nb $Id: x$\r\n", "unix.txt": b"a\nb\n"})

    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        assert changed(checkout) == ["new.txt"]
        assert (checkout.tree / "dos.txt").read_bytes() == b"a\r\nb $Id: x$\r\n"


@pytest.mark.parametrize("word", ["$" * 100_000, "é" * 100_000, "x" * 200_000])
def test_a_word_of_any_length_can_be_searched_for(world: HttpWorld, word: str) -> None:
    with world.git.checkout(world.url, BRANCH, Deadline(60)) as checkout:
        assert checkout.count_words([word, "Shop"]) == {word: {}, "Shop": {"README.md": 1}}
