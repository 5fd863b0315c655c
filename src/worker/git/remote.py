"""Fetch from and push to the git host over HTTP: the only two calls that hold the token."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from worker.errors import Reason, Refused
from worker.git.command import GitCommand
from worker.git.credentials import lend
from worker.git.environment import environment
from worker.git.failures import remote_failure
from worker.git.rejections import push_failure
from worker.process import Finished

BASE = "refs/heads/base"  # where the fetched branch stands in our own git directory; HEAD points to it
_PATH = re.compile(r"(/(?!\.\.?(/|$))[A-Za-z0-9_.~-]+)+")


class Remote(Protocol):
    """Where a checkout comes from and where its commits go."""

    def fetch(self, git: GitCommand, branch: str) -> None:
        """Bring the tip of `branch` into our git directory as `BASE`."""

    def push(self, git: GitCommand, sha: str, branch: str, *, expected: str | None) -> None:
        """Publish `sha`, as `worker.ports.Checkout.push` promises."""


@dataclass(frozen=True)
class HttpAccess:
    """How to reach one git host.

    `origin` is scheme://host[:port]; `proxy` is None for a direct connection, `no_proxy` a comma-separated list of
    hosts that never go through it; `ca_file` is a PEM bundle instead of the system's.
    """

    origin: str
    token: Callable[[], str] | None
    proxy: str | None = None
    no_proxy: str | None = None
    ca_file: Path | None = None

    @property
    def scheme(self) -> str:
        return self.origin.partition("://")[0]

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2]


@dataclass(frozen=True)
class HttpRemote:
    """One repository on the git host. `url` is checked by `checked_url`; `secrets` is a folder private to the task."""

    access: HttpAccess
    url: str
    secrets: Path

    def fetch(self, git: GitCommand, branch: str) -> None:
        """A shallow fetch: nothing of a checkout needs the history."""
        finished = self._run(
            git,
            "fetch",
            "--quiet",
            "--depth=1",
            "--update-head-ok",
            "--no-tags",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            "--",
            self.url,
            f"+refs/heads/{branch}:{BASE}",
        )
        if finished.returncode != 0:
            raise remote_failure("clone", self.access.host, finished.stderr)

    def push(self, git: GitCommand, sha: str, branch: str, *, expected: str | None) -> None:
        """By URL, with a lease: an empty expectation means that the branch must not exist."""
        target = f"refs/heads/{branch}"
        finished = self._run(
            git,
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            "--recurse-submodules=no",
            f"--force-with-lease={target}:{expected or ''}",
            "--",
            self.url,
            f"{sha}:{target}",
        )
        if finished.returncode == 0:
            return
        failure = push_failure(branch, self.access.host, finished.stdout, finished.stderr)
        # When a connection breaks, curl sends the push once more, and the second meets what the first has done.
        if failure.reason is not Reason.BRANCH_MOVED or self._tip(git, target) != sha:
            raise failure

    def _tip(self, git: GitCommand, ref: str) -> str:
        """Where a ref of the server stands; empty when it is not there."""
        finished = self._run(git, "ls-remote", "--", self.url, ref)
        if finished.returncode != 0:
            raise remote_failure("push", self.access.host, finished.stderr)
        return finished.stdout.decode().partition("\t")[0]

    def _run(self, git: GitCommand, *arguments: str) -> Finished:
        with lend(self.secrets, self.access.origin, self.access.token, self.access.proxy) as loan:
            config: Mapping[str, str] = {**git.config, **self._config(), **loan.config}
            env = environment(git.home, protocol=self.access.scheme, config=config)
            return git.start(arguments, env | self._proxy_exceptions() | loan.variables)

    def _config(self) -> dict[str, str]:
        return {"http.sslCAInfo": str(self.access.ca_file)} if self.access.ca_file else {}

    def _proxy_exceptions(self) -> dict[str, str]:
        return {"NO_PROXY": self.access.no_proxy} if self.access.no_proxy else {}


def checked_url(url: str, origin: str) -> str:
    """`url` if it is a plain repository address on `origin`. Raises Refused(CONFIGURATION)."""
    server, path = url[: len(origin)], url[len(origin) :]
    if server.lower() != origin.lower() or not _PATH.fullmatch(path):
        sentence = f"the clone address is no repository on {origin}; set GITHUB_API_URL to the server that has it"
        raise Refused(Reason.CONFIGURATION, sentence)
    return f"{origin}{path}"
