"""`make bench`: what a task costs, next to plain Aider from the same environment, on this machine.

    python -m scripts.bench [--rounds 5] [--write]

Needs RABBITMQ_URL. `--write` puts the tables into docs/benchmarks.md. Real are the broker, git over HTTP, Aider and all
of Patchferry; GitHub is the stand-in, and the model answers at once.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import structlog

from scripts.bench import engine, ours, page, plain, repository
from scripts.bench.figures import Samples
from tests.e2e.world import FIX, World
from tests.fakes.github import GitHub
from tests.fakes.model import ScriptedModel


def main() -> int:
    """Measure, print, and write; 3 without a broker."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    chosen = arguments.parse_args()
    if "RABBITMQ_URL" not in os.environ:
        print("bench: RABBITMQ_URL is not set: use make bench", file=sys.stderr)
        return 3
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    samples = Samples()
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        small = stack.enter_context(_world(repository.small()))
        large = stack.enter_context(_world(repository.large()))
        for number in range(chosen.rounds):
            print(f"bench: round {number + 1} of {chosen.rounds}", file=sys.stderr)
            _round(small, large, samples)
    text = page.tables(samples, chosen.rounds, load)
    print(text)
    if chosen.write:
        page.write(text)
    return 0


def _round(small: World, large: World, samples: Samples) -> None:
    """Everything once, so that what else the machine does meets everything alike."""
    for name, world in (("small", small), ("large", large)):
        samples.add(f"plain Aider, default, {name}", plain.work(world, lean=False))
        samples.add(f"plain Aider, lean, {name}", plain.work(world, lean=True))
        with ours.serving(world, samples) as worker:
            samples.add("MB worker", ours.memory(worker.process.pid)["Rss"])
            worker.settle()
            worker.task(samples, name)
    samples.add("worker --once, small", ours.once(small))
    samples.add("patchferry run, small", ours.run(small))
    engine.measure(samples)


@contextmanager
def _world(files: Mapping[str, str]) -> Iterator[World]:
    prefix = f"bench-{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder, GitHub() as github, ScriptedModel.replayed(FIX) as model:
        yield World(github, model, os.environ["RABBITMQ_URL"], prefix, Path(folder), files)


if __name__ == "__main__":
    sys.exit(main())
