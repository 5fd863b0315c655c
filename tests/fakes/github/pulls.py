"""Pull requests: issues with a branch. What they hold is computed from git, whoever pushed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.fakes.github import changes
from tests.fakes.github.accounts import User
from tests.fakes.github.conversation import Issue, Subject, now
from tests.fakes.github.store import CommitData

if TYPE_CHECKING:
    from tests.fakes.github.repository import Repository


@dataclass(eq=False)
class ReviewComment(Subject):
    """A comment on a line of the diff; `reply_to` is the id of the thread's first comment."""

    pull: PullRequest = field(kw_only=True, repr=False)
    path: str = field(kw_only=True)
    line: int = field(kw_only=True)
    commit: str = field(kw_only=True)
    review_id: int | None = field(default=None, kw_only=True)
    reply_to: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Review:
    """`state` is APPROVED, CHANGES_REQUESTED or COMMENTED."""

    id: int
    author: User
    state: str
    body: str
    commit: str
    submitted_at: datetime = field(default_factory=now)


@dataclass(eq=False)
class PullRequest(Issue):
    """A pull request of `repository`. While it is open, `refresh` makes `head_sha` follow the head branch."""

    head_repository: Repository | None = field(kw_only=True, repr=False)  # None: the fork is gone
    head_owner: str = field(kw_only=True)
    head_branch: str = field(kw_only=True)
    base_branch: str = field(kw_only=True)
    draft: bool = field(default=False, kw_only=True)
    head_sha: str = field(default="", kw_only=True)
    base_sha: str = field(default="", kw_only=True)
    merged_at: datetime | None = field(default=None, kw_only=True)
    merge_commit: str | None = field(default=None, kw_only=True)
    reviews: list[Review] = field(default_factory=list, kw_only=True)
    review_comments: list[ReviewComment] = field(default_factory=list, kw_only=True)

    @property
    def url(self) -> str:
        return f"{self.repository.html_url}/pull/{self.number}"

    @property
    def merged(self) -> bool:
        return self.merged_at is not None

    def refresh(self) -> None:
        """Look at git again: GitHub does so after each push. A pull request whose branch is gone is closed."""
        if self.state == "closed":
            return
        source = self.head_repository
        head = source.store.resolve(f"refs/heads/{self.head_branch}") if source else None
        base = self.repository.store.resolve(self._base())
        if head is None or base is None:
            self.close()
            return
        if head == self.head_sha:
            if self.repository.store.succeeds("merge-base", "--is-ancestor", head, base):
                self._end_merged(base)
            return
        self._fetch(head)
        self.head_sha, self.base_sha, self.updated_at = head, base, now()

    def merge(self) -> str:
        """Merge as a person would by the button; returns the merge commit. Raises ValueError on conflicts."""
        subject = f"Merge pull request #{self.number} from {self.head_owner}/{self.head_branch}"
        commit = self.repository.store.merge(self._base(), self.head_sha, subject)
        if commit is None:
            raise ValueError(f"{self.url} has conflicts")
        self.repository.store.git("update-ref", self._base(), commit)
        self._end_merged(commit)
        return commit

    def mergeable(self) -> bool:
        store, base = self.repository.store, self._base()
        up_to_date = store.succeeds("merge-base", "--is-ancestor", base, self.head_sha)
        return up_to_date or store.merge(base, self.head_sha, "Try") is not None

    def commits(self) -> list[CommitData]:
        """Oldest first."""
        return self.repository.store.commits(f"{self.base_sha}..{self.head_sha}")[::-1]

    def files(self) -> list[changes.FileChange]:
        """What the pull request changes since its branch left the base."""
        store = self.repository.store
        return changes.between(store, changes.merge_base(store, self.base_sha, self.head_sha), self.head_sha)

    def review(self, login: str, body: str = "", state: str = "COMMENTED") -> Review:
        github = self.repository.github
        with github.lock:
            review = Review(github.next_id(), github.user(login), state, body, self.head_sha)
            self.reviews.append(review)
        return review

    def review_comment(
        self,
        login: str,
        body: str,
        *,
        path: str,
        line: int = 1,
        reply_to: int | None = None,
        review: Review | None = None,
    ) -> ReviewComment:
        """Comment on a line of the diff, or answer in the thread of the comment with the id `reply_to`."""
        github = self.repository.github
        with github.lock:
            comment = ReviewComment(
                github.next_id(),
                self.repository,
                github.user(login),
                body,
                pull=self,
                path=path,
                line=line,
                commit=self.head_sha,
                review_id=review.id if review else None,
                reply_to=reply_to,
            )
            self.review_comments.append(comment)
        return comment

    def _base(self) -> str:
        return f"refs/heads/{self.base_branch}"

    def _end_merged(self, commit: str) -> None:
        self.close()
        self.merged_at, self.merge_commit = self.closed_at, commit

    def _fetch(self, head: str) -> None:
        """Keep the head in this repository as refs/pull/<n>/head, where people fetch it, even from a fork."""
        store, ref = self.repository.store, f"refs/pull/{self.number}/head"
        if self.head_repository is self.repository:
            store.git("update-ref", ref, head)
            return
        assert self.head_repository is not None
        store.git("fetch", "--quiet", "--no-tags", str(self.head_repository.store.path), f"+{head}:{ref}")
