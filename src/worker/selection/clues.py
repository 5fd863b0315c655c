"""Reads a request for clues: paths, modules, identifiers, quoted text, plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from worker.selection.stop_words import COMMON_NAMES, COMMON_WORDS

_MAX_OF_A_KIND = 60

# Every pattern takes time linear in the text, also when the text was made to be slow.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BLOB_URL = re.compile(
    r"https?://[^\s/]+/[^\s/]+/[^\s/]+/(?:blob|blame|raw|edit)/[^\s/]+/([^\s#?)\]>]+)(?:[#?][^\s)\]>]*)?"
)
_URL = re.compile(r"\b[a-z]{2,10}(?:\+[a-z]{2,6})?://[^\s)\]>]+")
_QUOTED_FRAME = re.compile(r'File "([^"\n]+)", line \d+')
# `at f (a/b.js:1:2)`, `a/b.go:12 +0x1d`, `--> a/b.rs:3:5`, `in /a/b.cs:line 7`, `a/b.rb:9:in`
_FRAME = re.compile(r"(?:^|[\s(])((?:[A-Za-z]:)?[\w@~.+/\\-]+\.[A-Za-z]\w{0,9})(?::line |:)\d+", re.MULTILINE)
_JAVA_FRAME = re.compile(r"\bat ([\w$.]+)\.[\w$<>]+\((\w+\.\w+):\d+\)")
_PATH = re.compile(r"(?<![\w/@~.+-])(?:\.{0,2}/)?(?:[\w@~.+-]+/)*[\w@~+-][\w@~.+-]*\.[A-Za-z]\w{0,9}(?![\w/])")
_FOLDER_PATH = re.compile(r"(?<![\w/@~.+-])(?:[\w@~.+-]+/)+[\w@~+-][\w@~.+-]*")
_FENCED = re.compile(r"^ {0,3}(`{3,}+|~{3,}+)[^\n]*+\n(.*?)(?:^ {0,3}\1|\Z)", re.DOTALL | re.MULTILINE)
_TICKED = re.compile(r"`([^`\n]+)`")
_DOTTED = re.compile(r"(?<![\w./-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?![\w/])")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_CODE_LIKE = re.compile(r"\w*[a-z0-9][A-Z]\w*|\w+_\w+|_\w+|[A-Z]{2,}[a-z]\w+")
_CALLED = re.compile(r"\b([A-Za-z_]\w{2,})\(")
_QUOTED = re.compile(r"\"([^\"\n]{4,80})\"|(?<!\w)'([^'\n]{4,80})'(?!\w)|“([^”\n]{4,80})”")
_WORD = re.compile(r"(?<![\w/.-])[A-Za-z][a-z]{3,}(?![\w/])")


@dataclass(frozen=True)
class Clues:
    """What a request mentions, each kind in the order of appearance, without repetitions.

    `frames` are the files of tracebacks, `paths` all file names and paths as written, `modules` dotted names with
    slashes for dots, `quoted` literal text, `names` identifiers that somebody marked as code, `identifiers` words
    that look like code, `words` plain words in lower case. `title` holds the words of the first line among them.
    """

    frames: tuple[str, ...]
    paths: tuple[str, ...]
    modules: tuple[str, ...]
    quoted: tuple[str, ...]
    names: tuple[str, ...]
    identifiers: tuple[str, ...]
    words: tuple[str, ...]
    title: frozenset[str]


def read_clues(text: str) -> Clues:
    """Find the clues in a request; its first line is the title."""
    text = _BLOB_URL.sub(r" \1 ", _COMMENT.sub(" ", text))
    text = _URL.sub(" ", text)
    title = text.strip().split("\n", 1)[0]
    prose = _FENCED.sub(" ", text)
    names = _unique(_marked(prose))
    identifiers = _unique(name for name in _looks_like_code(text) if name not in names)
    return Clues(
        frames=_unique(_frames(text)),
        paths=_unique(_normal(found) for pattern in (_PATH, _FOLDER_PATH) for found in pattern.findall(text)),
        modules=_unique(found.replace(".", "/") for found in _DOTTED.findall(text)),
        quoted=_unique(next(filter(None, found)).strip() for found in _QUOTED.findall(prose)),
        names=names,
        identifiers=identifiers,
        words=_unique(word for word in _plain(prose) if word not in COMMON_WORDS),
        title=frozenset(_IDENTIFIER.findall(title)) | frozenset(_plain(title)),
    )


def _frames(text: str) -> Iterator[str]:
    yield from map(_normal, _QUOTED_FRAME.findall(text))
    for qualified, file in _JAVA_FRAME.findall(text):
        package = qualified.split(".")[:-1]
        yield "/".join([*package, file])
    yield from map(_normal, _FRAME.findall(text))


def _normal(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./").lstrip("/")


def _marked(prose: str) -> Iterator[str]:
    for code in _TICKED.findall(prose):
        yield from (name for name in _IDENTIFIER.findall(code) if _telling(name))


def _looks_like_code(text: str) -> Iterator[str]:
    for name in _IDENTIFIER.findall(text):
        if _CODE_LIKE.fullmatch(name) and _telling(name):
            yield name
    yield from (name for name in _CALLED.findall(text) if _telling(name))


def _telling(name: str) -> bool:
    return len(name) > 2 and name not in COMMON_NAMES and name.lower() not in COMMON_WORDS  # noqa: PLR2004


def _plain(prose: str) -> Iterator[str]:
    return (word.lower() for word in _WORD.findall(prose))


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in found if one))[:_MAX_OF_A_KIND]
