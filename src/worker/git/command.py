"""Runs git over one git directory and one work tree that lie apart from each other."""

from __future__ import annotations

import resource
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from worker.deadline import Deadline
from worker.errors import Reason, Refused
from worker.git.environment import environment
from worker.git.failures import local_failure
from worker.process import Finished, run

MAX_OUTPUT = 50_000_000
# A few hundred bytes can unpack into files without number, or into one that fills the disk.
LIMITS: Mapping[int, int] = MappingProxyType(
    {
        resource.RLIMIT_DATA: 1 << 30,  # bytes of memory; a million files need about 150 MB
        resource.RLIMIT_FSIZE: 4 << 30,  # bytes of one file, a pack included
        resource.RLIMIT_CORE: 0,  # a core file of the process that talks to the server would hold the token
    }
)


@dataclass(frozen=True)
class GitCommand:
    """Git with the hardened environment. `home` is an empty directory, also the working directory of the process."""

    git_dir: Path
    tree: Path
    home: Path
    deadline: Deadline
    config: Mapping[str, str] = field(default_factory=dict)

    def __call__(
        self,
        *arguments: str,
        stdin: bytes = b"",
        variables: Mapping[str, str] | None = None,
        accept: Collection[int] = (0,),
        max_output: int = MAX_OUTPUT,
    ) -> bytes:
        """Standard output of a command that needs no network, at most `max_output` bytes.

        Raises the typed failure of an exit code that is not in `accept`, and what the deadline raises.
        """
        env = environment(self.home, config=self.config) | dict(variables or {})
        finished = self.start(arguments, env, stdin=stdin, max_output=max_output)
        if finished.returncode not in accept:
            raise local_failure(arguments[0], finished.stderr)
        return finished.stdout

    def start(
        self, arguments: Sequence[str], env: Mapping[str, str], *, stdin: bytes = b"", max_output: int = MAX_OUTPUT
    ) -> Finished:
        """Run one command with exactly `env`, whatever its exit code."""
        argv = ["git", "--no-pager", "--literal-pathspecs", f"--git-dir={self.git_dir}", f"--work-tree={self.tree}"]
        try:
            return run(
                [*argv, *arguments],
                env=env,
                cwd=self.home,
                deadline=self.deadline,
                stdin=stdin,
                max_output=max_output,
                limits=LIMITS,
            )
        except FileNotFoundError as error:
            raise Refused(
                Reason.CONFIGURATION, "git is not installed on the worker; install git 2.38 or newer"
            ) from error
