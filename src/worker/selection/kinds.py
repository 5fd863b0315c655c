"""What kind a file is, by its path: source, test, text or support; and how likely a request is about such a file."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from worker.selection.names import is_noise, is_test

_NOISE, _TEST, _PROSE, _SUPPORT, _OTHER = 0.05, 0.4, 0.15, 0.3, 0.3
_PROSE_SUFFIXES = frozenset({".adoc", ".md", ".rst", ".txt"})
_SOURCE = re.compile(
    r".*\.(?:[cm]|cc|cjs|clj|cpp|cs|cts|cxx|dart|elm|erl|exs?|go|h|hpp|hs|java|jsx?|kts?|lua|mjs|mm|mts|php|pl|py[ix]?|rb|rs"
    r"|scala|sh|sql|svelte|swift|tsx?|vue|zig)"
)
_TEST_FOLDER = re.compile(
    r"(?:^|/)(?:tests?|testing|testsuite|__tests__|__mocks__|mocks?|specs?|testdata|fixtures?|playground)/"
)
_DOUBLE = re.compile(r"(?:^|[/_.-])(?:mock|fake|stub)s?[_.-][^/]*$|[_-](?:mock|fake|stub)s?\.\w+$")
_SUPPORT_FOLDER = re.compile(
    r"(?:^|/)(?:docs?|examples?|benchmarks?|demos?|samples?|scripts?|bin|sandbox|website|\.[^/]+)/"
)
_SETTING = re.compile(
    r"(?:^|/)(?:\.[^/]*|[^/]*[._]config\.\w+|[^/]*\.conf\.\w+|Gruntfile\.js|gulpfile\.js|setup\.py|conftest\.py|noxfile\.py"
    r"|build\.rs|[^/]*\.gradle\.kts|[Rr]akefile)$"
)


def is_source(file: str) -> bool:
    """Whether it is written for a compiler or an interpreter, by its suffix."""
    return _SOURCE.fullmatch(file) is not None


def belongs_to_tests(file: str) -> bool:
    """Whether its name or a folder says that it is a test or serves one."""
    return is_test(file) or _TEST_FOLDER.search(file) is not None or _DOUBLE.search(file) is not None


def supports(file: str) -> bool:
    """Whether it is a tool's setting or stands in a folder beside the program: documentation, examples, scripts."""
    return _SETTING.search(file) is not None or _SUPPORT_FOLDER.search(file) is not None


def likelihood(file: str) -> float:
    """How much of its points a file keeps that the request does not name, from 0 to 1."""
    if is_noise(file):
        return _NOISE
    share = 1.0
    if not is_source(file):
        share = _PROSE if PurePosixPath(file).suffix in _PROSE_SUFFIXES else _OTHER
    if belongs_to_tests(file):
        return share * _TEST
    return share * _SUPPORT if supports(file) else share
