"""The warm engine: a process that has imported everything, and a fork of it for every job."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from worker import process
from worker.deadline import Deadline
from worker.errors import Reason, Refused
from worker.llm.parent import Parent

_JOBS = 200  # a leak that nobody has found yet ends with the process that has it
_log = structlog.get_logger(__name__)


class Warm:
    """Keeps one parent while its `with` lasts; several threads may run jobs at the same time.

    It is started at the beginning, without waiting for it, and again after `jobs` jobs or when it has died. `python` is
    the engine's interpreter.
    """

    def __init__(self, python: str, *, jobs: int = _JOBS) -> None:
        self._python = python
        self._jobs = jobs
        self._lock = threading.Lock()
        self._parent: Parent | None = None

    def __enter__(self) -> Self:
        """Start. Raises Refused(CONFIGURATION) when the interpreter is not there."""
        self._parent = Parent(self._python)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._parent:
            self._parent.close()

    @property
    def pid(self) -> int:
        """The parent that serves now."""
        assert self._parent
        return self._parent.pid

    def wait(self, deadline: Deadline) -> None:
        """Return when a job would begin at once."""
        self._give_back(self._borrow(deadline))

    def run(self, job: bytes, home: Path, channel: process.Channel, deadline: Deadline) -> process.Finished:  # noqa: ARG002 - it stands in the job
        """As `child.Runner` says."""
        parent = self._borrow(deadline)
        try:
            return parent.run(job, channel, deadline)
        finally:
            self._give_back(parent)

    def _borrow(self, deadline: Deadline) -> Parent:
        """A parent that is ready; one that died is replaced, once."""
        deadline.check()
        status = None
        for _attempt in range(2):
            parent = self._take()
            try:
                if parent.wait(deadline):
                    return parent
            except BaseException:
                self._give_back(parent)
                raise
            status = parent.ended()
            self._give_back(parent)
        sentence = f"the engine ends while it is loaded (status {status}); check PATCHFERRY_ENGINE_PYTHON"
        raise Refused(Reason.ENGINE, sentence)

    def _take(self) -> Parent:
        with self._lock:
            parent = self._parent
            if parent is None or parent.ended() is not None or parent.served >= self._jobs:
                parent = self._replace()
            parent.active += 1
            parent.served += 1
            return parent

    def _give_back(self, parent: Parent) -> None:
        with self._lock:
            parent.active -= 1
            if parent is not self._parent and not parent.active:
                parent.close()
            elif parent.served >= self._jobs and not parent.active:
                self._replace()

    def _replace(self) -> Parent:
        """Start another parent; the old one ends now, or with its last job."""
        old, new = self._parent, Parent(self._python)
        self._parent = new
        if old:
            _log.info("engine replaced", jobs=old.served, status=old.ended())
            if not old.active:
                old.close()
        return new
