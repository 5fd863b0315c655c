"""GitHub behind the `Forge` port: PyGithub's lazy objects over our client, one request for each fact."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal

from github.AuthenticatedUser import AuthenticatedUser
from github.IssueComment import IssueComment
from github.Repository import Repository as GitHubRepository

from worker.errors import Reason, Refused, Retry
from worker.github import answers, permission
from worker.github.addresses import Addresses, is_repository
from worker.github.client import Client
from worker.github.connection import Network
from worker.github.errors import Rejected, asking, unreadable
from worker.github.pulls import Exists, open_pull_request
from worker.github.tokens import TokenSource
from worker.ports import Branch, Comment, Commit, Issue, PullRequest, Repository

MAX_TEXT = 65_536  # characters; GitHub refuses longer comments and descriptions


class GitHubForge:
    """One per task; safe for several threads, whose requests go one after the other.

    `tokens` None reads anonymously what is public, and refuses all that needs a name. `repository` (owner/name) is
    the one that tokens are asked for. `write_pause` in seconds. `proxy` and `ca_file` replace what the environment
    says. `sleep` may raise to cut a wait off.
    """

    def __init__(
        self,
        api_url: str,
        tokens: TokenSource | None,
        *,
        repository: str | None = None,
        write_pause: float = 1.0,
        ca_file: str | None = None,
        proxy: str | None = None,
        no_proxy: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._addresses = Addresses(api_url)
        self._tokens = tokens
        self._client = Client(
            self._addresses,
            tokens,
            repository=repository,
            network=Network(ca_file=ca_file, proxy=proxy, no_proxy=no_proxy),
            write_pause=write_pause,
            sleep=sleep,
        )
        self._login: str | None = None

    @property
    def host(self) -> str:
        """The git host, such as github.com."""
        return self._addresses.host

    def close(self) -> None:
        """Close the connection to GitHub; a later call opens another."""
        self._client.close()

    def login(self) -> str:
        """Who we are; asked once."""
        if self._login is None:
            self._login = self._named().login() or self._user()
        return self._login

    def may_write(self, repository: str, login: str) -> bool:
        """Whether `login` has write or admin access. Only a definite answer returns."""
        self._named()
        try:
            return permission.allows(self._repository(repository).get_collaborator_permission(login))
        except Rejected as rejected:
            return not permission.is_no(rejected)

    def repository(self, name: str) -> Repository:
        """Look the repository up; refuse one that has another name, or a clone address of another host."""
        with asking(f"the repository {name}"):
            found = self._repository(name).complete()
            full_name = answers.known(found.full_name)
            if not answers.same_repository(name, full_name):
                raise Refused(Reason.REPOSITORY, f"{name} was renamed to {full_name}; use the new name")
            return Repository(
                name=full_name,
                default_branch=answers.known(found.default_branch),
                clone_url=self._addresses.check_clone_url(answers.known(found.clone_url)),
                archived=bool(found.archived),
            )

    def issue(self, repository: str, number: int) -> Issue:
        """Look one issue up."""
        with asking(f"issue {repository}#{number}", Reason.ISSUE):
            return answers.issue(self._repository(repository).get_issue(number).complete())

    def comments(self, repository: str, number: int) -> Sequence[Comment]:
        """All comments, oldest first; 100 per request."""
        with asking(f"issue {repository}#{number}", Reason.ISSUE):
            found = self._repository(repository).get_issue(number).get_comments()
            return [answers.comment(comment) for comment in found]

    def create_comment(self, repository: str, number: int, body: str) -> Comment:
        """Add a comment. After a Retry nobody knows whether it is there: look before repeating."""
        self._check_write(body)
        with asking(f"issue {repository}#{number}", Reason.ISSUE):
            made = self._repository(repository).get_issue(number).create_comment(body)
            if not answers.is_of_issue(made, repository, number):
                raise unreadable()
            return answers.comment(made)

    def edit_comment(self, repository: str, comment_id: int, body: str) -> None:
        """Replace a comment's text."""
        self._check_write(body)
        path = f"{self._repository(repository).url}/issues/comments/{comment_id}"
        with asking(f"the comment {comment_id} in {repository}", Reason.ISSUE):
            comment = IssueComment(self._client, url=path)
            comment.edit(body)
            if comment.id != comment_id or not answers.is_of_issue(comment, repository):
                raise unreadable()

    def react(self, repository: str, number: int) -> None:
        """Put 👀 on an issue; GitHub keeps one per person."""
        self._named()
        with asking(f"issue {repository}#{number}", Reason.ISSUE):
            made = self._repository(repository).get_issue(number).create_reaction("eyes")
            answers.known(made.id)

    def branches(self, repository: str, prefix: str) -> Sequence[Branch]:
        """All branches whose names begin with `prefix`."""
        with asking(f"the repository {repository}"):
            found = self._repository(repository).get_git_matching_refs(f"heads/{prefix}")
            return [Branch(ref.ref.removeprefix("refs/heads/"), ref.object.sha) for ref in found]

    def commit(self, repository: str, sha: str) -> Commit:
        """Look one commit up."""
        with asking(f"the commit {sha} in {repository}"):
            return answers.commit(self._repository(repository).get_commit(sha).complete())

    def pull_requests(
        self, repository: str, *, head: str, state: Literal["open", "closed", "all"] = "all"
    ) -> Sequence[PullRequest]:
        """Pull requests from the branch `head` of the same repository, newest first."""
        with asking(f"the repository {repository}"):
            found = self._repository(repository).get_pulls(
                state=state, sort="created", direction="desc", head=_head(repository, head)
            )
            pulls = [answers.pull_request(pull) for pull in found]
        return [
            pull
            for pull in pulls
            if pull.head_branch == head and answers.same_repository(repository, pull.head_repository)
        ]

    def create_pull_request(
        self, repository: str, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        """Open a pull request, or return the open one that GitHub says is there. After a Retry look first."""
        self._check_write(body)
        with asking(f"the pull request from {head} in {repository}"):
            try:
                made = open_pull_request(
                    self._repository(repository),
                    head=_head(repository, head),
                    base=base,
                    title=title,
                    body=body,
                    draft=draft,
                )
            except Exists:
                return self._existing(repository, head, base)
            pull = answers.pull_request(made)
            if (pull.head_branch, pull.base_branch) != (head, base):
                raise unreadable()
            if not answers.same_repository(repository, made.base.repo.full_name):
                raise unreadable()
            return pull

    def _existing(self, repository: str, head: str, base: str) -> PullRequest:
        for pull in self.pull_requests(repository, head=head, state="open"):
            if pull.base_branch == base:
                return pull
        raise Retry(Reason.FORGE_UNAVAILABLE, f"GitHub has a pull request from {head}, but does not list it yet")

    def _repository(self, name: str) -> GitHubRepository:
        """A lazy object: costs no request."""
        if not is_repository(name):
            raise Refused(Reason.REPOSITORY, f"{name} is no repository name; write owner/name")
        return GitHubRepository(self._client, url=f"/repos/{name}")

    def _user(self) -> str:
        with asking("the token's user", Reason.CREDENTIALS):
            return answers.known(AuthenticatedUser(self._client, url="/user").complete().login)

    def _named(self) -> TokenSource:
        if self._tokens is None:
            raise Refused(Reason.CREDENTIALS, "this needs a token; set GITHUB_TOKEN")
        return self._tokens

    def _check_write(self, body: str) -> None:
        self._named()
        if len(body) > MAX_TEXT:
            sentence = f"a text for GitHub has {len(body)} characters; it takes at most {MAX_TEXT}"
            raise Refused(Reason.TOO_LARGE, sentence)


def _head(repository: str, branch: str) -> str:
    """GitHub ignores a filter by head that names no owner."""
    return f"{repository.partition('/')[0]}:{branch}"
