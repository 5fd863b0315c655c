"""What one task may take from the machine, whatever a model or a library makes it do."""

from __future__ import annotations

import resource
from typing import Final

# Bytes of writable memory. About 250 MB are there before a task begins; the rest is room for the files of the chat.
MEMORY: Final = 1 << 30
# Bytes of one written file. The worker takes far smaller ones only; this saves the disk until it has looked.
FILE: Final = 64 << 20
# Descriptors. A task has its files, one after the other, and a connection or two.
DESCRIPTORS: Final = 256

_LIMITS = (
    (resource.RLIMIT_DATA, MEMORY),
    (resource.RLIMIT_FSIZE, FILE),
    (resource.RLIMIT_NOFILE, DESCRIPTORS),
    (resource.RLIMIT_CORE, 0),  # a core file would hold the model's key
)


def confine() -> None:
    """Limit this process for good; a limit that is stricter already stays."""
    for which, wanted in _LIMITS:
        _soft, hard = resource.getrlimit(which)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(which, (value, value))
