"""Talks with a child over pipes: feeds it, and takes what it writes, until it has closed everything."""

from __future__ import annotations

import contextlib
import os
import selectors
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from worker.deadline import Deadline

POLL_SECONDS = 0.05
_CHUNK = 65_536


@dataclass(frozen=True)
class Sink:
    """Takes what comes from one descriptor; what is over `limit` bytes is thrown away."""

    data: bytearray
    limit: int

    def take(self, chunk: bytes) -> None:
        """Keep a piece, as far as there is room."""
        self.data.extend(chunk[: max(0, self.limit - len(self.data))])


def exchange(stdin: IO[bytes], sinks: Mapping[int, Sink], data: bytes, deadline: Deadline) -> None:
    """Write `data` to `stdin` and close it; read the descriptors until each has ended.

    Raises what `deadline.check` raises. A reader that goes away before it has read everything is fine.
    """
    with selectors.DefaultSelector() as selector:
        for descriptor in sinks:
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ)
        os.set_blocking(stdin.fileno(), False)
        selector.register(stdin, selectors.EVENT_WRITE)
        rest = memoryview(data)
        while selector.get_map():
            deadline.check()
            for key, _ in selector.select(timeout=POLL_SECONDS):
                if key.fileobj is stdin:
                    rest = _feed(stdin, rest)
                    if not rest:
                        selector.unregister(stdin)
                        with contextlib.suppress(BrokenPipeError):
                            stdin.close()
                    continue
                chunk = os.read(key.fd, _CHUNK)
                if chunk:
                    sinks[key.fd].take(chunk)
                else:
                    selector.unregister(key.fileobj)


def _feed(stdin: IO[bytes], rest: memoryview) -> memoryview:
    if not rest:
        return rest
    try:
        return rest[os.write(stdin.fileno(), rest[:_CHUNK]) :]
    except BrokenPipeError:
        return rest[:0]
