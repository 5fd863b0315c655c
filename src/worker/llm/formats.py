"""Which edit format a model is asked to answer in: its name decides, unless the operator does.

The names are Aider's own experience (its `model-settings.yml`) where it has one, and judgement elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

EditFormat = Literal["diff", "diff-fenced", "udiff", "whole"]
Wanted = Literal["auto", "diff", "diff-fenced", "udiff", "whole"]

_BY_NAME: tuple[tuple[str, EditFormat], ...] = (
    (r"gemini-1\.5-flash|gemma", "whole"),
    (r"gemini", "diff-fenced"),  # puts the file name inside the fence, whatever it is told
    (r"gpt-4-turbo|gpt-4-(?:0125|1106)-preview", "udiff"),  # leaves code out of its blocks
    (r"gpt-3\.5|gpt-4o-mini|o1-mini|claude-3-(?:haiku|sonnet)|command-(?:r|a)\b", "whole"),
)
_PARAMETERS = re.compile(r"(?<![\d.a-z])(\d+(?:\.\d+)?)b(?![a-z\d])")
_SMALL = 10  # billions of parameters: fewer rarely quote a file exactly
_BYTES_PER_TOKEN = 3  # of code, on the safe side
_ROOM = 0.75  # of the answer, for the files


def choose(model: str, wanted: Wanted, files: Iterable[Path], max_output: int) -> EditFormat:
    """The format for a request about `files`, of which a model writes each whole in the format of that name.

    What the operator wants is taken as it is; `auto` never asks for a file that `max_output` tokens could not hold.
    """
    if wanted != "auto":
        return wanted
    found = by_name(model)
    return "diff" if found == "whole" and not _fit(files, max_output) else found


def by_name(model: str) -> EditFormat:
    """The format for a litellm name."""
    name = model.lower()
    for pattern, form in _BY_NAME:
        if re.search(pattern, name):
            return form
    sizes = [float(found) for found in _PARAMETERS.findall(name)]
    return "whole" if sizes and max(sizes) < _SMALL else "diff"


def _fit(files: Iterable[Path], max_output: int) -> bool:
    sizes = [path.lstat().st_size for path in files if path.is_file()]
    return max(sizes, default=0) <= max_output * _BYTES_PER_TOKEN * _ROOM
