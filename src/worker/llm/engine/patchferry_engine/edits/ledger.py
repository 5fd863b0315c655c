"""Keeps account of the edits of a conversation: a change is written when all of them are in, and not in part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from patchferry_engine.edits import complaint
from patchferry_engine.edits.draft import Draft
from patchferry_engine.edits.fitting import Misfit
from patchferry_engine.edits.parts import Broken, Listing, Part, Replacement, words
from patchferry_engine.edits.reader import is_named, read
from patchferry_engine.edits.targets import Targets
from patchferry_engine.policy import PathPolicy

_ENOUGH = 0.5


@dataclass(frozen=True)
class Failed:
    """A part that is not in, and why; `path` is the file that it was for, as far as that is known."""

    part: Part
    why: str
    path: str | None

    @property
    def is_question(self) -> bool:
        """Perhaps it was no edit at all, but an example in a sentence."""
        if isinstance(self.part, Broken):
            return self.part.doubtful
        return isinstance(self.part, Listing) and not is_named(self.part)


@dataclass(frozen=True)
class Verdict:
    """What came of a reply: the files that were written, or what to tell the model and which files to show it."""

    written: tuple[str, ...] = ()
    complaint: str | None = None
    show: tuple[str, ...] = ()


@dataclass
class Ledger:
    """`whole`: listings are edits; otherwise they are taken for edits in the wrong form."""

    policy: PathPolicy
    targets: Targets
    whole: bool
    kept: list[Part] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    @property
    def unapplied(self) -> bool:
        """Whether edits that the model sent are not in the files."""
        return any(not one.is_question for one in self.failed)

    def take(self, reply: str) -> Verdict:
        """Write the edits of a reply, and those of the replies before it that waited. Raises Abort."""
        parts = read(reply)
        if not parts:
            return Verdict()
        draft = Draft(self.policy, self.targets)
        known = set(self.kept)
        good, bad = self._place(draft, [one for one in self.kept if one not in parts], parts)
        fresh = [one for one in good if one in parts and one not in known]
        bad += [one for one in _unsettled(self.failed, fresh) if one.part not in parts]
        if not bad:
            try:
                changes = draft.changes()
            except Misfit as misfit:
                bad = [Failed(parts[0], misfit.why, misfit.path)]
            else:
                self.kept, self.failed = [], []
                return Verdict(self._write(changes))
        self.kept, self.failed = good, bad
        show = tuple(dict.fromkeys(one.path for one in bad if one.path))
        return Verdict(
            (), complaint.compose(self.policy.root, [(one.part, one.why, one.path) for one in bad], len(good)), show
        )

    def _place(self, draft: Draft, kept: Sequence[Part], parts: Sequence[Part]) -> tuple[list[Part], list[Failed]]:
        """New parts first: what was kept is taken for settled where a new part brings the same lines."""
        good: list[Part] = []
        bad: list[Failed] = []
        for part, copies in Counter(parts).items():
            try:
                if self._is_example(draft, part):
                    continue
                self._put(draft, part, copies)
                good.append(part)
            except Misfit as misfit:
                bad.append(Failed(part, misfit.why, misfit.path))
        for part in kept:
            try:
                self._put(draft, part, 1)
            except Misfit as misfit:
                lines = part.replace if isinstance(part, Replacement) else part.lines
                if misfit.path is None or not draft.holds(misfit.path, lines):
                    bad.append(Failed(part, misfit.why, misfit.path))
                continue
            good.append(part)
        return good, bad

    def _put(self, draft: Draft, part: Part, copies: int) -> str:
        if isinstance(part, Broken):
            raise Misfit(part.why, None)
        if isinstance(part, Listing) and not self.whole:
            raise Misfit("it is a listing without SEARCH and REPLACE; send the change as a SEARCH/REPLACE block", None)
        return draft.place(part, copies)

    def _is_example(self, draft: Draft, part: Part) -> bool:
        """Whether a listing only shows what a file holds, or, where listings are no edits, belongs to no file."""
        if not isinstance(part, Listing):
            return isinstance(part, Broken) and part.doubtful and not self.whole
        paths = [path for one in part.names if (path := self.targets.existing(one.text))]
        if self.whole:
            return False
        if any(draft.held(path, part.lines) for path in paths):
            return True
        if paths or is_named(part):
            return False
        return not any(draft.resembles(path, part.lines) for path in self.targets.chat())

    def _write(self, changes: dict[str, bytes]) -> tuple[str, ...]:
        for path in changes:
            self.policy.check(path)
        for path, data in changes.items():
            full = Path(self.policy.root, path)
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_bytes(data)
        return tuple(changes)


def _unsettled(failed: Sequence[Failed], fresh: Sequence[Part]) -> list[Failed]:
    """Earlier failures that no new part makes good: by half of its lines, or by being one more for the same file.

    Markers that belong to nothing come in pairs, so one new part answers for two of them.
    """
    heirs = [_heir(fresh, one.part) for one in failed]
    spare = [part for part in fresh if part not in heirs]
    stray = 2 * len(fresh)
    left = []
    for one, known in zip(failed, heirs, strict=True):
        if known is not None:
            continue
        if _is_stray(one.part) and stray:
            stray -= 1
            continue
        heir = next((part for part in spare if _same_file(part, one)), None)
        if heir is None:
            left.append(one)
        else:
            spare.remove(heir)
    return left


def _is_stray(part: Part) -> bool:
    """Whether it is a marker with nothing but text or fences around it."""
    return isinstance(part, Broken) and not any("====" in line for line in part.lines)


def _heir(fresh: Sequence[Part], old: Part) -> Part | None:
    """The part that brings most of the lines of an old one, if it brings half of them."""
    shares = [_share(part, old) for part in fresh]
    best = max(shares, default=0.0)
    return fresh[shares.index(best)] if best >= _ENOUGH else None


def _share(new: Part, old: Part) -> float:
    """How much of the lines of one part are in another one."""
    lines = words(old)
    present = {line.strip() for line in (new.replace + new.search if isinstance(new, Replacement) else new.lines)}
    return len(lines & present) / len(lines) if lines else 0.0


def _same_file(new: Part, old: Failed) -> bool:
    wanted = {_base(one.text) for one in old.part.names if one.exact} | ({_base(old.path)} if old.path else set())
    return not wanted or bool(wanted & {_base(one.text) for one in new.names})


def _base(name: str) -> str:
    return PurePosixPath(name).name.casefold()
