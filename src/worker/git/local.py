"""Reads the user's own repository: where it is, what is checked out, where it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from worker.errors import Reason, Refused
from worker.git.failures import said
from worker.ports import Author

if TYPE_CHECKING:
    from git import Repo

_SCP_LIKE = re.compile(r"(?:[^@/\s]+@)?(?P<host>[^:/\s]+):(?!//)(?P<path>[^\s]+)")


@dataclass(frozen=True)
class Origin:
    """The repository on a git host that a remote's address stands for."""

    host: str  # without port
    name: str  # owner/name


@dataclass(frozen=True)
class LocalRepository:
    """A repository on this machine as its user sees it.

    `origin` is None when no remote leads to a git host, `author` when git does not know the user's name and address.
    """

    root: Path  # of the work tree, absolute
    git_dir: Path  # the one that all work trees share
    branch: str
    head: str  # the full sha
    branches: frozenset[str]
    origin: Origin | None
    author: Author | None
    dirty: bool  # changes that are not committed, or files that are not tracked


def read_repository(path: Path) -> LocalRepository:
    """Find the repository that `path` lies in; nothing in it is written, not even its index.

    Raises Refused(REPOSITORY) when there is none, git does not trust it, it has no work tree or no commit, or no branch
    is checked out.
    """
    from git import InvalidGitRepositoryError, NoSuchPathError, Repo  # noqa: PLC0415 (it starts git when imported)

    try:
        repository = Repo(path, search_parent_directories=True)
    except (InvalidGitRepositoryError, NoSuchPathError) as error:
        raise Refused(Reason.REPOSITORY, f"{path} is not in a git repository; give the path of one") from error
    with repository:
        return _describe(repository, path)


def is_tracked(path: Path) -> bool:
    """Whether a file belongs to a git repository: then it came with a clone, and not from the user.

    True also where git does not trust the repository, and so does not tell.
    """
    from git import GitCommandError, InvalidGitRepositoryError, Repo  # noqa: PLC0415

    try:
        repository = Repo(path.absolute().parent, search_parent_directories=True)
    except InvalidGitRepositoryError:
        return False
    with repository:
        try:
            return bool(repository.git(no_optional_locks=True).ls_files("--", str(path.absolute())))
        except GitCommandError:
            return True


def parse_origin(url: str) -> Origin | None:
    """What an https, ssh or scp-like address names; None for a path or anything without owner/name."""
    scp = _SCP_LIKE.fullmatch(url)
    parts = urlsplit(url)
    if scp and not parts.netloc:
        host, path = scp["host"], scp["path"]
    elif parts.scheme in {"https", "http", "ssh", "git"} and parts.hostname:
        host, path = parts.hostname, parts.path
    else:
        return None
    owner, _, name = path.strip("/").removesuffix(".git").partition("/")
    return Origin(host.lower(), f"{owner}/{name}") if owner and name and "/" not in name else None


def _describe(repository: Repo, path: Path) -> LocalRepository:
    if repository.working_tree_dir is None:
        raise Refused(Reason.REPOSITORY, f"{path} is a bare repository; give the path of a clone with its files")
    root = Path(repository.working_tree_dir)
    dirty = _is_dirty(repository)
    if repository.head.is_detached:
        raise Refused(Reason.REPOSITORY, f"no branch is checked out in {root}; run git switch <branch> first")
    if not repository.head.is_valid():
        raise Refused(Reason.REPOSITORY, f"{root} has no commit yet; commit something first")
    return LocalRepository(
        root=root,
        git_dir=Path(repository.common_dir).resolve(),
        branch=repository.active_branch.name,
        head=repository.head.commit.hexsha,
        branches=frozenset(head.name for head in repository.heads),
        origin=_origin(repository),
        author=_author(repository),
        dirty=dirty,
    )


def _is_dirty(repository: Repo) -> bool:
    """GitPython's own `is_dirty` runs `git diff`, which brings the index up to date on the disk."""
    from git import GitCommandError  # noqa: PLC0415

    try:
        return bool(repository.git(no_optional_locks=True).status("--porcelain"))
    except GitCommandError as error:
        why = " ".join(str(error.stderr).strip().removeprefix("stderr: ").strip("'").split())
        raise Refused(Reason.REPOSITORY, f"git does not read {repository.working_tree_dir}: {said(why)}") from error


def _origin(repository: Repo) -> Origin | None:
    """The remote that the branch follows, else `origin`, else the only one."""
    remotes = {remote.name: remote for remote in repository.remotes}
    tracked = repository.active_branch.tracking_branch()
    names = [tracked.remote_name] if tracked else []
    names += ["origin", *(remotes if len(remotes) == 1 else ())]
    found = next((remotes[name] for name in names if name in remotes), None)
    return parse_origin(found.url) if found else None


def _author(repository: Repo) -> Author | None:
    with repository.config_reader() as config:
        name, email = (str(config.get("user", key, fallback="")) for key in ("name", "email"))
    return Author(name, email) if name and email else None
