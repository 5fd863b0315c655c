"""Finds what a text defines, in the notations of the usual languages; an approximation, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_MAX_LINE = 400  # longer ones are generated, and what they cost is not bounded otherwise
_NAME = r"([A-Za-z_$][\w$]*)"
_MODIFIERS = (
    r"(?:(?:export|default|declare|pub(?:\([^)\n]*\))?|public|private|protected|internal|static|final|abstract|sealed"
    r"|async|unsafe|extern|inline|virtual|override|open|data|suspend|partial|readonly)[ \t]+)*"
)
_KEYWORDS = (
    r"(?:def|class|function\*?|func|fun|fn|struct|enum|union|trait|interface|type|typedef|module|mod|namespace|object"
    r"|record|protocol|extension|const|let|var|val|macro_rules!|#define|impl|sub|procedure)"
)
_NO_TYPE = r"(?!(?:if|else|elif|while|for|switch|match|return|yield|await|new|throw|case|in|not|and|or)\b)"
_DEFINITION = re.compile(
    # def name, export async function name, func (receiver *T) name, def self.name
    rf"^[ \t]*{_MODIFIERS}{_KEYWORDS}[ \t]+(?:\([^)\n]*\)\s*)?(?:self\.)?{_NAME}"
    # NAME = …, name: Type = … at the beginning of a line
    rf"|^{_NAME}\s*(?::[^=\n]+)?=(?!=)"
    # name: function …, name = (…) => …
    rf"|^[ \t]*(?:[\w$]+\.)*{_NAME}\s*[:=]\s*(?:async\s*)?(?:function\b|\([^)\n]*\)\s*=>)"
    # int name(…) {, public List<T> name(…) throws E {
    rf"|^[ \t]*{_MODIFIERS}{_NO_TYPE}[\w:<>\[\],.*&]+[ \t*&]+(?:\w+::)?{_NAME}\s*\([^;\n]*\)[^;\n=]*\{{",
)


def defined_in(text: str, wanted: Iterable[str]) -> frozenset[str]:
    """Those of the `wanted` identifiers that `text` defines."""
    return frozenset(name for name in wanted if any(_defines(line, name) for line in _lines_with(name, text)))


def _defines(line: str, name: str) -> bool:
    return any(name in groups for groups in _DEFINITION.findall(line))


def _lines_with(word: str, text: str) -> Iterator[str]:
    """The lines that hold `word`. Most lines hold none, and finding those that do is cheap."""
    end = 0
    while (found := text.find(word, end)) >= 0:
        start = text.rfind("\n", 0, found) + 1
        end = text.find("\n", found)
        end = len(text) if end < 0 else end
        if end - start <= _MAX_LINE:
            yield text[start:end]
