"""The files as they will be once every edit is in; nothing is written before that is so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from patchferry_engine.edits import completeness
from patchferry_engine.edits.fitting import Misfit, fitted, searched, stand_in, unwrapped
from patchferry_engine.edits.parts import Lines, Listing, Part, Piece, Replacement
from patchferry_engine.edits.suspicion import suspicion
from patchferry_engine.edits.targets import Targets
from patchferry_engine.edits.text import Document, Line
from patchferry_engine.policy import PathPolicy


class Draft:
    """Applies parts one after the other."""

    def __init__(self, policy: PathPolicy, targets: Targets) -> None:
        self._policy = policy
        self._targets = targets
        self._documents: dict[str, Document] = {}
        self._before: dict[str, Document] = {}
        self._previous: str | None = None

    def changes(self) -> dict[str, bytes]:
        """What to write: path -> new content. Raises Misfit."""
        found = {}
        for path, document in self._documents.items():
            if document != self._before.get(path):
                try:
                    found[path] = document.render()
                except UnicodeEncodeError as error:
                    raise Misfit("it holds half a character, which no file can", path) from error
        return found

    def place(self, part: Replacement | Listing, copies: int = 1) -> str:
        """Put a part in; returns its file. `copies`: the reply holds it that often. Raises Misfit, Abort."""
        if isinstance(part, Listing):
            path = self._list(part)
        else:
            empty = next((one for one in part.versions if not searched(one)), None)
            path = self._create(part, empty) if empty and self._is_new(part) else self._replace(part, copies)
        self._previous = path
        return path

    def holds(self, path: str, lines: Lines) -> bool:
        """Whether the lines stand in the file by now, one after the other."""
        return stand_in(self._load(path), lines)

    def held(self, path: str, lines: Lines) -> bool:
        """Whether they stood in the file before."""
        self._load(path)
        return stand_in(self._before.get(path), lines)

    def resembles(self, path: str, lines: Lines) -> bool:
        """Whether lines may be a new version of the whole file."""
        document = self._load(path)
        return document is not None and not completeness.is_fragment(document.texts, lines)

    def _load(self, path: str) -> Document | None:
        if path not in self._documents:
            why = self._policy.unreadable(path)
            full = Path(self._policy.root, path)
            if why or not full.is_file():
                return None
            try:
                self._documents[path] = self._before[path] = Document.parse(full.read_bytes())
            except UnicodeDecodeError as error:
                raise Misfit("the file is not text in UTF-8, so it cannot be edited", path) from error
        return self._documents[path]

    def _is_new(self, part: Replacement) -> bool:
        path = self._named(part)
        document = self._load(path) if path else None
        return document is None or document.is_blank or len(part.versions) == 1

    def _named(self, part: Part) -> str | None:
        found = (self._targets.existing(one.text) or self._made(one.text) for one in part.names if one.exact)
        return next((path for path in found if path), None)

    def _made(self, name: str) -> str | None:
        path = self._targets.plain(name)
        return path if path in self._documents else None

    def _create(self, part: Replacement, version: Sequence[Piece]) -> str:
        name = next((one.text for one in part.names if one.exact), None)
        if name is None:
            raise Misfit("its SEARCH part is empty, and no file name stands alone on the line above it")
        path = self._named(part) or self._targets.plain(name)
        self._policy.check(path)
        existing = self._load(path)
        if existing and not existing.is_blank:
            raise Misfit("its SEARCH part is empty, but the file exists; quote the lines that shall change", path)
        self._put(path, unwrapped(path, tuple(line for piece in version for line in piece.replace)))
        return path

    def _put(self, path: str, lines: Lines) -> None:
        """A new file, or new lines in a blank one."""
        full = Path(self._policy.root, path)
        if full.is_dir() or any(one.is_file() for one in full.parents):
            raise Misfit("a folder cannot be where a file is, nor a file where a folder is", path)
        if why := suspicion(path, (), lines, ()):
            raise Misfit(why, path)
        empty = self._documents.get(path, Document())
        self._documents[path] = Document(tuple(Line(line, empty.line_end, fresh=True) for line in lines), empty.bom)

    def _replace(self, part: Replacement, copies: int) -> str:
        path = self._target(part)
        self._policy.check(path)
        self._documents[path] = self._fitted(part, path, copies)
        return path

    def _target(self, part: Replacement) -> str:
        if named := self._named(part):
            return named
        exact = next((one.text for one in part.names if one.exact), None)
        if exact:
            options, why = self._targets.alike(exact), f"there is no file {self._policy.show(exact)}"
        else:
            options, why = self._hinted(part), "it has no file name on the line above it"
        fitting = [path for path in options if self._fits(part, path)]
        if len(fitting) != 1:
            if exact:
                self._policy.check(self._targets.plain(exact))
            hint = f"; did you mean {' or '.join(fitting or options[:3])}?" if options and exact else ""
            raise Misfit(why + hint, fitting[0] if len(fitting) == 1 else None)
        return fitting[0]

    def _hinted(self, part: Part) -> list[str]:
        """Files that the sentence above names; else the one of the edit before; else those of the chat."""
        hints = [self._targets.existing(one.text) for one in part.names]
        found = list(dict.fromkeys(path for path in hints if path))
        if found:
            return found
        previous = self._previous if self._previous in self._before else None  # not one that has just been made
        if previous and isinstance(part, Replacement) and self._fits(part, previous):
            return [previous]
        return list(self._targets.chat())

    def _fits(self, part: Replacement, path: str) -> bool:
        try:
            self._fitted(part, path, 1)
        except Misfit:
            return False
        return self._policy.unwritable(path) is None

    def _fitted(self, part: Replacement, path: str, copies: int) -> Document:
        document = self._load(path)
        if document is None:
            raise Misfit("there is no such file; leave SEARCH empty to make a new one", path)
        return fitted(part, document, path, copies)

    def _list(self, part: Listing) -> str:
        path = self._named(part) or self._listed(part)
        self._policy.check(path)
        document = self._load(path)
        lines = unwrapped(path, part.lines)
        if document is None or document.is_blank:
            self._put(path, lines)
            return path
        if any(line.fresh for line in document.lines):
            raise Misfit("the reply changes the file twice; send it once", path)
        if why := suspicion(path, tuple(document.texts), lines, ()):
            raise Misfit(why, path)
        if completeness.is_fragment(document.texts, lines):
            raise Misfit(
                "the listing leaves out most of the file; send the whole file, or only the change as a "
                "SEARCH/REPLACE block",
                path,
            )
        if missing := completeness.missing_end(document.texts, lines):
            raise Misfit(
                f"the listing leaves out `{missing}` at its beginning or end; send the whole file, or, if that shall "
                "go, a SEARCH/REPLACE block that removes it",
                path,
            )
        self._documents[path] = document.merge(0, len(document.lines), lines)
        return path

    def _listed(self, part: Listing) -> str:
        """The file of a listing whose name, if it has one, is not that of a file."""
        exact = next((one.text for one in part.names if one.exact), None)
        if exact is None:
            options = self._hinted(part)
            if len(options) != 1:
                raise Misfit("it has no file name on the line above its fence")
            return options[0]
        self._policy.check(self._targets.plain(exact))
        options = self._targets.alike(exact)
        alike = [path for path in options if self.resembles(path, part.lines)]
        if len(alike) == 1:
            return alike[0]
        return self._targets.plain(exact)
