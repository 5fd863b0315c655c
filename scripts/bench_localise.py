"""Measures whether the files that a fix changed are among those that selection chooses for its message.

    python -m scripts.bench_localise REPOSITORY… [--commits 60] [--aider 5] [-o json]

Takes git repositories on this machine, which it only reads. For each it draws fix commits, cleans their messages of
what an issue would not hold, and lets selection choose in the tree of the parent. For some of them it asks Aider's
repository map the same. The same repositories and seed draw the same commits.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from scripts.localise.control import RepositoryMap, repository_map
from scripts.localise.figures import as_json, table
from scripts.localise.fixes import Fix, sample_fixes
from scripts.localise.measure import History, Outcome, localise, open_history
from worker.errors import PatchferryError
from worker.git.failures import GitFailedError
from worker.selection import MAX_TOKENS


def main() -> int:
    """Measure and print. Exit code 2 when a repository can't be read."""
    options = _options()
    measured: dict[str, list[Outcome]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        control = stack.enter_context(repository_map(options.engine_python)) if options.aider else None
        for repository in options.repositories:
            try:
                measured[_name(repository)] = _measure(repository, folder, control, options)
            except PatchferryError as error:
                print(f"{repository}: {error}", file=sys.stderr)
                return 2
    print(json.dumps(as_json(measured), indent=1) if options.output == "json" else table(measured))
    return 0


def _measure(
    repository: Path, folder: Path, control: RepositoryMap | None, options: argparse.Namespace
) -> list[Outcome]:
    with open_history(_git_dir(repository), folder) as history:
        fixes = sample_fixes(
            history.git, options.commits, history=options.history, least_words=options.least_words, seed=options.seed
        )
        every = max(1, len(fixes) // max(1, options.aider))
        outcomes = [
            _outcome(history, fix, options.tokens, control if index % every == 0 else None)
            for index, fix in enumerate(fixes)
        ]
    found = [one for one in outcomes if one]
    print(f"{_name(repository)}: {len(found)} of {len(fixes)} commits measured", file=sys.stderr)
    return found


def _outcome(history: History, fix: Fix, tokens: int, control: RepositoryMap | None) -> Outcome | None:
    """None for a commit whose files are not all in the repository: a clone can lack objects."""
    try:
        return localise(history, fix, tokens, control)
    except GitFailedError as error:
        print(f"{fix.sha}: {str(error)[:200]}", file=sys.stderr)
        return None


def _git_dir(repository: Path) -> Path:
    inner = repository / ".git"
    return (inner if inner.is_dir() else repository).resolve()


def _name(repository: Path) -> str:
    """The folder's name; of a folder that only says that it is a repository, the one around it."""
    path = repository.resolve()
    return path.parent.name if path.name in {"repo", ".git"} else path.name.removesuffix(".git")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY", help="a work tree or git directory")
    parser.add_argument("--commits", type=int, default=60, help="fixes a repository (60)")
    parser.add_argument("--history", type=int, default=6000, help="draw them from the last so many commits (6000)")
    parser.add_argument("--least-words", type=int, default=12, help="of a message that says enough (12)")
    parser.add_argument("--tokens", type=int, default=MAX_TOKENS, help=f"budget of the chosen files ({MAX_TOKENS})")
    parser.add_argument("--seed", type=int, default=1, help="of the draw (1)")
    parser.add_argument(
        "--aider", type=int, default=5, help="fixes a repository to ask Aider's map for; it is slow (5)"
    )
    parser.add_argument("--engine-python", type=Path, default=Path(sys.executable), help="one with aider-chat")
    parser.add_argument("-o", "--output", choices=["table", "json"], default="table")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
