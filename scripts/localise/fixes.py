"""Finds the commits of a repository that fix something, and turns each into a request and the files that answer it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from worker.git.command import GitCommand

MAX_SOURCES = 5

_FIX = re.compile(r"\b(?:bug ?)?fix(?:e[sd]|ing)?\b|\bbugs?\b|\bregression\b|\bcrash", re.IGNORECASE)
# By its prefix no fix of the program (`docs: …`, `New: …`), or something that tidies up or undoes.
_OTHER = re.compile(
    r"^(?:docs?|chore|ci|build|tests?|style|refactor|perf|release|revert|feat|new|update|upgrade|breaking)"
    r"(?:\([^)]*\))?!?:"
    r"|\b(?:typos?|lint(?:er|ing)?|flak[ey]\w*|flake8|revert|reverts|reverted|release|translations?|merge[ds]?|spelling"
    r"|warnings?|docs?|documentation|docstrings?|javadocs?|comments?|changelog|tests?|formatting|bump|deps|builds?"
    r"|compil\w+)\b",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"^[a-z][\w-]+-(?:by|id|to|on|url):.*$|^(?:change-id|pr-url|refs?|see also|git-svn-id):?.*$"
    r"|^--HG--(?:\nextra :.*)*",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"https?://\S+")
_REFERENCE = re.compile(
    r"\(?\b(?:(?:close|fix|resolve)[sd]?|see|refs?|issue|pr|gh|ticket|bug|bz)?[ :-]*(?:[\w.-]+/[\w.-]+)?#\d+\)?"
    r"|\(#\d+\)|\bGH-\d+",
    re.IGNORECASE,
)
_HASH = re.compile(r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}\b")
# The two rules say what is measured, so they are not those of the selection that is measured.
_SOURCE = re.compile(
    r".*\.(?:[ch]|cc|cjs|cpp|cs|cts|cxx|ex|go|hpp|java|jsx?|kts?|mjs|mts|php|pyi?|rb|rs|scala|svelte|swift|tsx?|vue)"
)
_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|testsuite|__tests__|__mocks__|specs?|testdata|fixtures?|examples?|benchmarks?"
    r"|playground|node_modules|vendor|dist)/|(?:^|/)(?:test_|conftest)[^/]*$|[_.-](?:test|tests|spec)\.\w+$|Tests?\.\w+$"
)


@dataclass(frozen=True)
class Fix:
    """A commit that fixes something.

    `request` is its message without what an issue would not hold. `sources` are the source files that it changed, and
    `tests` the tests, as far as its parent has them.
    """

    sha: str
    parent: str
    request: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]


def sample_fixes(git: GitCommand, commits: int, *, history: int, least_words: int, seed: int) -> list[Fix]:
    """At most `commits` of the fixes among the last `history` commits, drawn by `seed`, in the history's order."""
    found = [fix for fix in _fixes(git, history) if len(fix.request.split()) >= least_words]
    chosen = random.Random(seed).sample(range(len(found)), min(commits, len(found)))
    return [found[index] for index in sorted(chosen)]


def clean(message: str) -> str:
    """A commit message without trailers, addresses, hashes and references to issues."""
    text = _REFERENCE.sub(" ", _HASH.sub(" ", _ADDRESS.sub(" ", _TRAILER.sub("", message))))
    lines = (line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def is_fix(title: str) -> bool:
    """Whether the first line of a message says that the program was mended."""
    return _FIX.search(title) is not None and _OTHER.search(title) is None


def is_source(path: str) -> bool:
    """Whether somebody wrote it for a compiler or an interpreter."""
    return _SOURCE.fullmatch(PurePosixPath(path).name) is not None


def is_test(path: str) -> bool:
    """Whether its name or a folder says that it is no part of the program itself."""
    return _TEST.search(path) is not None


def _fixes(git: GitCommand, history: int) -> Iterator[Fix]:
    shape = "--format=%x01%H%x00%P%x00%B%x00"
    log = git("log", "-z", "--no-merges", "--no-renames", "--name-status", f"--max-count={history}", shape, "HEAD")
    for record in log.decode(errors="replace").split("\x01")[1:]:
        sha, parents, message, *fields = record.split("\0")
        changes = [field.strip("\n") for field in fields if field.strip("\n")]
        if parents and is_fix(message.strip().split("\n", 1)[0]):
            statuses = dict(zip(changes[1::2], changes[::2], strict=True))
            yield from _fix(sha, parents.split()[0], clean(message), statuses)


def _fix(sha: str, parent: str, request: str, statuses: dict[str, str]) -> Iterator[Fix]:
    """The fix, when it is small enough and its parent has a source file that it changed."""
    changed = [path for path in statuses if is_source(path)]
    there = [path for path in changed if statuses[path] in {"M", "D"}]
    sources = tuple(path for path in there if not is_test(path))
    if sources and sum(not is_test(path) for path in changed) <= MAX_SOURCES:
        yield Fix(sha, parent, request, sources, tuple(path for path in there if is_test(path)))
