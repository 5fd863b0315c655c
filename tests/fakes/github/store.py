"""A bare git repository on disk, driven by git itself: what the stand-in knows of code, it reads here."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ENVIRONMENT: Mapping[str, str] = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
_CONFIGURATION = """
[http]
    receivepack = true
[uploadpack]
    allowReachableSHA1InWant = true
[receive]
    hideRefs = refs/pull
[gc]
    auto = 0
"""


@dataclass(frozen=True)
class Blob:
    """A file with a mode of its own: "100755" executable, "120000" symbolic link, "160000" submodule (data = sha)."""

    data: bytes
    mode: str = "100644"


Content = str | bytes | Blob | None  # None deletes the file


@dataclass(frozen=True)
class CommitData:
    """A commit as git stores it."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: tuple[str, str, str]  # name, e-mail, ISO date
    committer: tuple[str, str, str]
    message: str


class Store:
    """Reads and writes one bare repository. Raises CalledProcessError when git refuses."""

    def __init__(self, path: Path, default_branch: str = "main") -> None:
        self.path = path
        if not path.exists():
            path.mkdir(parents=True)
            self.git("init", "--quiet", "--bare", "--template=", f"--initial-branch={default_branch}")
            with (path / "config").open("a") as config:
                config.write(_CONFIGURATION)

    def git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        argv = ["git", "-c", "core.quotepath=off", *arguments]
        return subprocess.run(argv, cwd=self.path, env=ENVIRONMENT, input=stdin, capture_output=True, check=True).stdout

    def succeeds(self, *arguments: str) -> bool:
        """Whether git says yes."""
        argv = ["git", *arguments]
        return subprocess.run(argv, cwd=self.path, env=ENVIRONMENT, capture_output=True, check=False).returncode == 0

    def resolve(self, revision: str) -> str | None:
        """The full sha of a commit, None when there is no such thing."""
        try:
            return (
                self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
                .decode()
                .strip()
            )
        except subprocess.CalledProcessError:
            return None

    def refs(self, prefix: str) -> dict[str, str]:
        """Full ref name -> sha of all refs whose names begin with the text `prefix`, such as refs/heads/fix-."""
        folder = prefix.rpartition("/")[0] or "refs"
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)", folder).decode().splitlines()
        pairs = (line.split(" ") for line in lines)
        return {name: sha for name, sha in pairs if name.startswith(prefix)}

    def commit(
        self,
        branch: str,
        files: Mapping[str, Content],
        *,
        message: str,
        author: str,
        when: datetime,
        start: str | None = None,
    ) -> str:
        """Add a commit on top of `branch` (of `start`, a sha, for a new branch); `author` is `Name <e-mail>`."""
        ref = f"refs/heads/{branch}"
        parent = self.resolve(ref) or start
        text = message.encode()
        stamp = f"{author} {int(when.timestamp())} +0000"
        head = f"commit {ref}\nauthor {stamp}\ncommitter {stamp}\ndata {len(text)}\n"
        stream = [head.encode(), text, b"\n", f"from {parent}\n".encode() if parent else b""]
        stream.extend(_file_command(path, content) for path, content in files.items())
        self.git("fast-import", "--quiet", "--force", stdin=b"".join(stream) + b"\ndone\n")
        sha = self.resolve(ref)
        assert sha is not None
        return sha

    def merge(self, base: str, head: str, message: str) -> str | None:
        """The sha of a merge commit of two commits, which no branch holds yet; None when they conflict.

        `git merge-tree --write-tree` would do without a work tree, but the git of Ubuntu 22.04 has none.
        """
        with tempfile.TemporaryDirectory() as folder:
            tree = f"{folder}/tree"
            self.git("worktree", "add", "--quiet", "--detach", tree, base)
            in_tree = ("-C", tree, "-c", "user.name=GitHub", "-c", "user.email=noreply@github.com")
            clean = self.succeeds(*in_tree, "merge", "--no-ff", "-m", message, head)
            sha = self.git("-C", tree, "rev-parse", "HEAD").decode().strip()
            self.git("worktree", "remove", "--force", tree)
        return sha if clean else None

    def read_file(self, revision: str, path: str) -> bytes | None:
        """The bytes of a file, None when it is not there."""
        try:
            return self.git("cat-file", "blob", f"{revision}:{path}")
        except subprocess.CalledProcessError:
            return None

    def commits(self, *revisions: str, limit: int | None = None) -> list[CommitData]:
        """`git log` of a range, newest first."""
        cap = [] if limit is None else [f"-{limit}"]
        layout = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x01"
        output = self.git("log", *cap, layout, *revisions, "--").decode()
        return [_commit_data(one) for one in output.split("\x01") if one.strip()]


def _file_command(path: str, content: Content) -> bytes:
    quoted = '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if content is None:
        return f"D {quoted}\n".encode()
    blob = content if isinstance(content, Blob) else Blob(content.encode() if isinstance(content, str) else content)
    if blob.mode == "160000":
        return f"M 160000 {blob.data.decode()} {quoted}\n".encode()
    return f"M {blob.mode} inline {quoted}\ndata {len(blob.data)}\n".encode() + blob.data + b"\n"


def _commit_data(text: str) -> CommitData:
    sha, tree, parents, *people, message = text.lstrip("\n").split("\0")
    author, committer = tuple(people[:3]), tuple(people[3:])
    assert len(author) == len(committer) == 3
    return CommitData(sha, tree, tuple(parents.split()), author, committer, message.rstrip("\n"))
