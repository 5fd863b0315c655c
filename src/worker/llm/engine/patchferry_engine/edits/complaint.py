"""What the model is told when its edits could not be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from patchferry_engine.edits.parts import Broken, Listing, Part, Replacement
from patchferry_engine.edits.text import Document

_MOST_QUOTED = 40  # lines of the model's own edit
_AROUND = 3  # lines of the file, on each side

Failure = tuple[Part, str, str | None]


def compose(root: str, failures: Sequence[Failure], accepted: int) -> str:
    """One message about every failed part; `accepted` are the parts that need not be sent again."""
    count = len(failures)
    head = f"# {count} of your edits could not be applied, so nothing has been changed yet."
    sections = [_section(root, *failure) for failure in failures]
    tail = "Reply with corrected edits for all of the above."
    if accepted:
        tail += f" What else you sent ({accepted}) is kept: do not send it again."
    return "\n\n".join([head, *sections, tail]) + "\n"


def _section(root: str, part: Part, why: str, path: str | None) -> str:
    name = path or next((one.text for one in part.names if one.exact), "an unnamed file")
    lines = [f"## {name}: {why}", *_quoted(part)]
    if path and isinstance(part, Replacement):
        lines += _nearest(Path(root, path), part.search)
    return "\n".join(lines)


def _quoted(part: Part) -> Iterable[str]:
    match part:
        case Replacement():
            return [
                "<<<<<<< SEARCH",
                *part.search[:_MOST_QUOTED],
                "=======",
                *part.replace[:_MOST_QUOTED],
                ">>>>>>> REPLACE",
            ]
        case Listing() | Broken():
            return ["````", *part.lines[:_MOST_QUOTED], "````"]


def _nearest(path: Path, search: Sequence[str]) -> list[str]:
    """The lines of the file that share most with those searched for; nothing where all of them are there."""
    wanted = {line.strip() for line in search if line.strip()}
    try:
        texts = Document.parse(path.read_bytes()).texts
    except (OSError, UnicodeDecodeError):
        return []
    size = max(len(search), 1)
    shared = [line.strip() in wanted for line in texts]
    best = max(range(len(texts)), key=lambda at: sum(shared[at : at + size]), default=0)
    found = {line.strip() for line in texts[best : best + size]}
    if not any(shared) or wanted <= found:
        return []
    here = texts[max(best - _AROUND, 0) : best + size + _AROUND]
    return ["The file has these lines; quote them exactly:", "````", *here, "````"]
