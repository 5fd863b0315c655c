"""The code of a repository, as a test writes and reads it: commits, branches, files."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.github.conversation import now
from tests.fakes.github.push_rules import PushRules
from tests.fakes.github.store import CommitData, Content, Store


class Code:
    """What somebody with a clone could do and see; `store` is the bare repository, `rules` refuse pushes over HTTP."""

    store: Store
    rules: PushRules
    default_branch: str

    def commit(
        self,
        files: Mapping[str, Content],
        message: str = "Change files",
        *,
        branch: str | None = None,
        author: str = "Ada <ada@example.com>",
    ) -> str:
        """Commit on a branch as if somebody had pushed; a new branch starts at the default branch. Returns the sha."""
        start = self.store.resolve(f"refs/heads/{self.default_branch}")
        return self.store.commit(
            branch or self.default_branch, files, message=message, author=author, when=now(), start=start
        )

    def branches(self) -> dict[str, str]:
        """Branch name -> sha."""
        heads = self.store.refs("refs/heads/")
        return {ref.removeprefix("refs/heads/"): sha for ref, sha in heads.items()}

    def delete_branch(self, name: str) -> None:
        self.store.git("update-ref", "-d", f"refs/heads/{name}")

    def read_file(self, branch: str, path: str) -> str | None:
        """The text of a file on a branch, None when it is not there."""
        data = self.store.read_file(f"refs/heads/{branch}", path)
        return None if data is None else data.decode()

    def log(self, branch: str) -> list[CommitData]:
        """The commits of a branch, newest first, with their whole messages."""
        return self.store.commits(f"refs/heads/{branch}")

    def protect(self, branch: str) -> None:
        """From now on the branch takes no push; `rules` can do more."""
        self.rules.protect(branch)
