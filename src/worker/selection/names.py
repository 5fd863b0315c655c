"""What the name of a file tells: which mention it answers, whether it is a test and of what, whether it is noise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

_TEST_AFFIXES = re.compile(r"^(?:test[_-]|Test(?=[A-Z]))|(?:[_.-](?:test|tests|spec)|(?<=[a-z0-9])(?:Tests?|Spec))$")
_WORD_OF_A_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NOISE_FOLDERS = frozenset({"node_modules", "vendor", "third_party", "dist", "__snapshots__", "site-packages"})
_NOISE_NAMES = re.compile(
    r".*\.(?:lock|lockb|min\.js|min\.css|map|svg|snap|sum|po|pot|csv|tsv|ipynb)|package-lock\.json|pnpm-lock\.yaml"
    r"|go\.sum|LICEN[CS]E.*|COPYING.*|AUTHORS.*|CHANGELOG.*|CHANGES.*|HISTORY.*|NEWS.*",
    re.IGNORECASE,
)


class NameIndex:
    """Finds files by the ends of their paths. Paths are `/`-separated and relative to the repository."""

    def __init__(self, files: Sequence[str]) -> None:
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for file in files:
            self._by_name[file.rpartition("/")[2]].append(file)
            self._by_stem[stem(file)].append(file)

    def find(self, mention: str) -> list[str]:
        """Files that a path as written in a request can mean: those that share the longest end with it.

        A path from another machine (`/app/src/shop/cart.py`) and one without its beginning (`shop/cart.py`, `cart.py`)
        both find `src/shop/cart.py`.
        """
        return _closest(mention, self._by_name.get(mention.rpartition("/")[2], ()))

    def find_module(self, mention: str) -> list[str]:
        """Files for a dotted name with slashes; its last one or two parts may be names inside the module."""
        parts = mention.split("/")
        for length in range(len(parts), max(0, len(parts) - 3), -1):
            path = "/".join(parts[:length])
            found = _closest(path, self._by_stem.get(parts[length - 1], ()), without_suffix=True)
            if found and (length > 1 or len(found) == 1):
                return found
        return []

    def companions(self, file: str) -> list[str]:
        """The tests of a source file, or the sources of a test: same subject, same language, nearest first."""
        subject = subject_of(file)
        wanted = [subject] if is_test(file) else _test_stems(subject)
        suffix = PurePosixPath(file).suffix
        found = [one for name in wanted for one in self._by_stem.get(name, ()) if one.endswith(suffix) and one != file]
        return sorted(found, key=lambda one: (-_shared_folders(one, file), one))


def stem(file: str) -> str:
    """The file's name without its last suffix: `cart.test` for `src/cart.test.ts`."""
    name = file.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def is_test(file: str) -> bool:
    """Whether the name says that the file holds tests."""
    return _TEST_AFFIXES.search(stem(file)) is not None


def subject_of(file: str) -> str:
    """The stem without what makes it a test: `cart` for `test_cart.py` and for `cart.py`."""
    return _TEST_AFFIXES.sub("", stem(file))


def is_noise(file: str) -> bool:
    """Whether nobody edits such a file by hand, or no request is about it: locks, vendored code, change logs."""
    *folders, name = file.split("/")
    return not _NOISE_FOLDERS.isdisjoint(folders) or _NOISE_NAMES.fullmatch(name) is not None


def words_of(file: str) -> frozenset[str]:
    """The words that a file's name is made of, in lower case: `shopping`, `cart` for `ShoppingCart.java`."""
    return frozenset(word.lower() for word in _WORD_OF_A_NAME.findall(stem(file)))


def _closest(mention: str, files: Iterable[str], *, without_suffix: bool = False) -> list[str]:
    """Of files with the right name, those that share the most of the mention's path, if they contradict none of it."""
    wanted = mention.split("/")
    shared: dict[str, int] = {}
    for file in files:
        parts = file.split("/")
        if without_suffix:
            parts[-1] = stem(file)
        length = _common_end(parts, wanted)
        # One is a part of the other, or at least the folder agrees as well.
        if length == min(len(parts), len(wanted)) or length > 1:
            shared[file] = length
    best = max(shared.values(), default=0)
    return [file for file, length in shared.items() if length == best]


def _common_end(left: Sequence[str], right: Sequence[str]) -> int:
    length = 0
    for one, other in zip(reversed(left), reversed(right), strict=False):
        if one != other:
            break
        length += 1
    return length


def _shared_folders(left: str, right: str) -> int:
    return len(set(left.split("/")[:-1]) & set(right.split("/")[:-1]))


def _test_stems(subject: str) -> list[str]:
    joined = [f"test_{subject}", f"test-{subject}", *(f"{subject}{affix}" for affix in ("Test", "Tests", "Spec"))]
    return joined + [f"{subject}{mark}{word}" for mark in "_.-" for word in ("test", "tests", "spec")]
