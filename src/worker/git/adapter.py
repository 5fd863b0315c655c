"""Makes checkouts: a private git directory beside a work tree, in a workspace that is removed whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from worker.deadline import Deadline
from worker.errors import Reason, Refused
from worker.git.checkout import GitCheckout
from worker.git.command import GitCommand
from worker.git.environment import OURS
from worker.git.failures import GitFailedError
from worker.git.remote import BASE, HttpAccess, HttpRemote, Remote, checked_url
from worker.git.workspace import Workspace, open_workspace, sweep

# The highest level of attributes, ours alone. Without it the repository could hide text from the diff as "binary", and
# have files changed on their way out and in: then the diff would hold what nobody asked for. Filters have no command to
# run anyway.
_ATTRIBUTES = "* -text !diff !filter !ident !working-tree-encoding\n"


class GitAdapter:
    """Implements `worker.ports.Git` for the repositories of one git host.

    `origin` is scheme://host[:port] and the only server that is ever contacted; plain HTTP needs `allow_http`.
    `token` is asked before every fetch and push; None reads public repositories only. `proxy`, `no_proxy` and
    `ca_file` are what HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE say. `clock` dates the commits, in seconds since 1970.
    Raises Refused(CONFIGURATION) for an origin that is not allowed.
    """

    def __init__(
        self,
        workspace_dir: Path,
        token: Callable[[], str] | None,
        origin: str,
        *,
        allow_http: bool = False,
        proxy: str | None = None,
        no_proxy: str | None = None,
        ca_file: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._workspace_dir = workspace_dir
        self._access = HttpAccess(origin.rstrip("/"), token, proxy, no_proxy, ca_file)
        self._clock = clock
        if self._access.scheme not in ({"https", "http"} if allow_http else {"https"}):
            raise Refused(Reason.CONFIGURATION, f"git must not use {origin}; set GITHUB_API_URL to an https address")

    def sweep(self) -> int:
        """Remove what killed workers left behind; call it once at the start. Returns the number of workspaces."""
        return sweep(self._workspace_dir)

    @contextmanager
    def checkout(self, clone_url: str, branch: str, deadline: Deadline) -> Iterator[GitCheckout]:
        """A shallow clone of `branch`; every later call on it obeys the same deadline."""
        url = checked_url(clone_url, self._access.origin)
        with open_workspace(self._workspace_dir) as workspace:
            remote = HttpRemote(self._access, url, workspace.root)
            yield clone(workspace, remote, branch, deadline, self._clock)


def clone(
    workspace: Workspace, remote: Remote, branch: str, deadline: Deadline, clock: Callable[[], float]
) -> GitCheckout:
    """Set up the git directory, bring the branch in and write the work tree."""
    git = GitCommand(workspace.git_dir, workspace.tree, workspace.home, deadline, OURS)
    git("init", "--quiet", "--template=", f"--initial-branch={BASE.rpartition('/')[2]}")
    workspace.git_dir.chmod(0o700)
    attributes = workspace.git_dir / "info" / "attributes"
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text(_ATTRIBUTES)
    remote.fetch(git, branch)
    try:
        git("read-tree", "--reset", "-u", "HEAD")
    except GitFailedError as error:
        raise Refused(Reason.REPOSITORY, f"git refuses to write the files of the repository: {error}") from error
    base = git("rev-parse", "--verify", "HEAD^{commit}").decode().strip()
    return GitCheckout(git, base, remote, clock)
