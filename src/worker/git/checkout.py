"""A clone at one commit: its files, the commit of what changed, the push."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from worker.git.command import GitCommand
from worker.git.remote import Remote
from worker.git.staging import stage
from worker.git.worktree import read_text
from worker.ports import Author, Diff

_REGULAR = re.compile(rb"100(?:644|755) [0-9a-f]+ 0\t(.*)", re.DOTALL)
_OCCURRENCE = re.compile(rb"(.*?)\0(\d+)\0([^\n]*)\n", re.DOTALL)
_SPECIAL = re.compile(r"[][\\.*^$+?(){}|]")  # of POSIX extended regular expressions
_NOTHING_FOUND = 1  # the exit code of `git grep`


class GitCheckout:
    """Implements `worker.ports.Checkout`. `clock` gives the time of commits in seconds since 1970."""

    def __init__(self, git: GitCommand, base: str, remote: Remote, clock: Callable[[], float]) -> None:
        self._git = git
        self._base = base
        self._remote = remote
        self._clock = clock
        self._files: tuple[str, ...] | None = None

    @property
    def tree(self) -> Path:
        """The work tree, absolute."""
        return self._git.tree

    @property
    def base(self) -> str:
        """The full sha that the clone stands on."""
        return self._base

    def files(self) -> Sequence[str]:
        """Tracked regular files; a name that is not UTF-8 is left out, since nobody could ask for it."""
        if self._files is None:
            records = self._git("ls-files", "-z", "--stage").split(b"\0")
            names = (found[1] for record in records if (found := _REGULAR.fullmatch(record)))
            self._files = tuple(name.decode() for name in names if _is_utf8(name))
        return self._files

    def read(self, path: str, limit: int = 200_000) -> str | None:
        """The text of a tracked file as it stands in the work tree; bytes that are not UTF-8 are replaced."""
        return read_text(self.tree, path, limit) if path in self.files() else None

    def count_words(self, words: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
        """One `git grep` for all words; a word over a line's end is nowhere.

        Where words overlap, the longest that begins first is counted.
        """
        lines: dict[str, dict[str, set[bytes]]] = {word: defaultdict(set) for word in words if word.isprintable()}
        if not lines:
            return {}
        # One alternation is a single pass over each file; a pattern per word (-e, -F) took ten times as long.
        pattern = "|".join(_SPECIAL.sub(r"\\\g<0>", word) for word in lines)
        flags = ("-z", "-n", "-o", "-I", "-w", "--no-textconv", "--no-color")
        # Over stdin: one argument has room for 128 kB, and an issue can be made to need more.
        found = self._git("grep", *flags, "-E", "-f", "-", stdin=f"({pattern})\n".encode(), accept=(0, _NOTHING_FOUND))
        for path, line, word in _OCCURRENCE.findall(found):
            if _is_utf8(path):
                lines[word.decode()][path.decode()].add(line)
        return {word: {path: len(seen) for path, seen in paths.items()} for word, paths in lines.items()}

    def stage(self) -> Diff:
        """Stage the work tree. Raises Refused(FORBIDDEN_PATH) for what git can't store, Refused(TOO_LARGE)."""
        self._files = None
        return stage(self._git)

    def commit(self, message: str, author: Author) -> str:
        """The same content, message, author and second give the same sha."""
        when = f"{int(self._clock())} +0000"
        variables = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", author.name), ("EMAIL", author.email), ("DATE", when))
        }
        tree = self._git("write-tree").decode().strip()
        arguments = ("commit-tree", "--no-gpg-sign", "-p", self._base, tree)
        return self._git(*arguments, stdin=message.encode(), variables=variables).decode().strip()

    def push(self, sha: str, branch: str, *, expected: str | None) -> None:
        """Publish `sha` as `branch`; a branch that is at `sha` already is fine."""
        with self._git.deadline.publishing():
            self._remote.push(self._git, sha, branch, expected=expected)


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
