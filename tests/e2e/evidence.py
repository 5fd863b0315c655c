"""Everything that can be seen of a run from outside, and a search for secrets in it."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.e2e.world import World

_PAUSE_SECONDS = 0.01


def forms(secret: str) -> list[bytes]:
    """A secret as it is, URL-encoded, and in base64 at each of the three places where it may begin."""
    raw = secret.encode()
    encoded = [base64.b64encode(b"\0" * shift + raw)[(0, 2, 3)[shift] : -4] for shift in range(3)]
    return [raw, quote(secret, safe="").encode(), *encoded]


@dataclass
class Evidence:
    """What was seen, by place."""

    seen: dict[str, set[bytes]] = field(default_factory=dict)

    def add(self, place: str, data: bytes | str) -> None:
        self.seen.setdefault(place, set()).add(data.encode() if isinstance(data, str) else data)

    def leaks(self, secret: str) -> set[str]:
        """The places where a secret shows, in whatever form."""
        return {
            place for place, texts in self.seen.items() if any(form in text for text in texts for form in forms(secret))
        }


@contextmanager
def sampled(evidence: Evidence, root: int, workspaces: Path) -> Iterator[None]:
    """Look at the children of a process, and at the git configuration that they use, again and again."""
    done = threading.Event()

    while not (worker := Path(f"/proc/{root}/cmdline").read_bytes()):
        time.sleep(_PAUSE_SECONDS)  # it is being started

    def watch() -> None:
        while not done.wait(_PAUSE_SECONDS):
            for pid in descendants(root):
                _look_at(evidence, pid, worker)
            with suppress(OSError):  # folders come and go while we look
                for path in workspaces.rglob("config"):
                    evidence.add("git config", path.read_bytes())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def descendants(root: int) -> list[int]:
    """Every process below `root`, without itself."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found: list[int] = []
    for pid in parents:
        at = pid
        while at in parents and at != root:
            at = parents[at]
        if at == root and pid != root:
            found.append(pid)
    return found


def collect(evidence: Evidence, world: World, outputs: Sequence[str]) -> None:
    """Add what is left after a run: logs, what the model and GitHub were sent, what stands in the queues."""
    for text in outputs:
        evidence.add("log", text)
    for request in world.model.requests:
        evidence.add("prompt", json.dumps(dict(request.body), ensure_ascii=False))
    for exchange in world.github.writes():
        evidence.add("text on GitHub", json.dumps(exchange.body, ensure_ascii=False, default=str))
    for body, headers in world.messages():
        evidence.add("message", body)
        evidence.add("message", repr(headers))


def _look_at(evidence: Evidence, pid: int, worker: bytes) -> None:
    """A child that has not called exec yet is the worker itself; one that is in it is looked at next time.

    While exec runs, /proc may show arguments that are not complete, or that run over into the environment.
    """
    with suppress(OSError):
        argv = Path(f"/proc/{pid}/cmdline").read_bytes()
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        settled = argv.endswith(b"\0") and argv == Path(f"/proc/{pid}/cmdline").read_bytes()
        if argv == worker or not settled:
            return
        name = "the engine" if b"/engine\0" in argv else "git" if b"git" in argv.split(b"\0")[0] else "another child"
        evidence.add(f"argv of {name}", argv)
        evidence.add(f"environment of {name}", environment)
