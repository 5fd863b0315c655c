"""`make demo`: an issue becomes a pull request, on this machine, without an account, a key or a cluster.

Real are RabbitMQ, the worker and its Aider, git over HTTP and the unit tests; GitHub is the stand-in of our own tests.
The model is PATCHFERRY_MODEL, as for any worker; without it, one that replays the same reply to every request.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from scripts.demo import queues, shop, signals
from scripts.demo.checkout import Checkout
from scripts.demo.figures import figures
from scripts.demo.screen import Screen
from scripts.demo.stage import LABEL, Stage, stage
from scripts.demo.worker_log import LogLine, parse
from tests.fakes.github.conversation import Issue
from tests.fakes.github.exchange import Exchange
from tests.fakes.github.pulls import PullRequest
from worker.errors import PatchferryError
from worker.models import QuickFix, encode, task_id
from worker.queues import publish_task


class Failed(Exception):
    """The story did not come to its good end; the text says why."""


class Demo:
    """The story. A chapter that goes wrong raises Failed."""

    def __init__(self, stage: Stage, screen: Screen) -> None:
        self.stage = stage
        self.screen = screen
        self.output: list[str] = []
        self.log: list[LogLine] = []
        self.requests: list[Exchange] = []

    def play(self) -> None:
        self.screen.opening(self.stage.model, replayed=self.stage.replay is not None)
        checkout = self.show_the_bug()
        issue = self.label_an_issue()
        self.publish_a_message(issue)
        self.let_the_worker_work()
        pull = self.show_the_pull_request(issue)
        self.show_the_diff(checkout, pull)
        self.run_the_tests_on_its_branch(checkout, pull)
        self.show_the_answer(issue)
        self.show_what_is_left()

    def show_the_bug(self) -> Checkout:
        repository = self.stage.repository
        self.screen.step("A repository with a bug", repository.clone_url)
        checkout = Checkout(repository.clone_url, self.stage.folder / "checkout")
        tests = checkout.run_tests()
        self.screen.tests(tests)
        if tests.results.get(shop.FAILING_TEST) != "FAIL":
            raise Failed("the test that shows the bug should fail here, and it does not")
        return checkout

    def label_an_issue(self) -> Issue:
        issue = self.stage.repository.add_issue(shop.ISSUE_TITLE, shop.ISSUE_BODY, shop.CUSTOMER, labels=[LABEL])
        self.screen.step("An issue gets the label", LABEL)
        self.screen.page(f"#{issue.number} {issue.title}", issue.body, footer=f"opened by {shop.CUSTOMER}")
        return issue

    def publish_a_message(self, issue: Issue) -> None:
        message = QuickFix(
            repository=self.stage.repository.full_name,
            issue=issue.number,
            requested_by=shop.CUSTOMER,
            created_at=datetime.now(UTC),
        )
        self.screen.step("A message goes into RabbitMQ", f"queue {self.stage.topology.tasks}")
        identity = task_id(message, self.stage.host)
        publish_task(self.stage.broker_url, self.stage.topology, message, message_id=identity)
        self.screen.message(encode(message))

    def let_the_worker_work(self) -> None:
        self.screen.step("A worker takes it", "patchferry worker --once")
        started, before = datetime.now(UTC), len(self.stage.github.requests)
        with self.stage.worker() as process, self.screen.waiting() as now:
            assert process.stdout is not None
            for text in process.stdout:
                self.output.append(text)
                line = parse(text)
                if line is None:
                    self.screen.plain(text)
                    continue
                self.log.append(line)
                self.screen.log(line, (line.at - started).total_seconds())
                now("the model is at work" if line.event == "files chosen" else "the worker is at work")
            process.wait()
        self.requests = self.stage.github.requests[before:]
        if process.returncode:
            raise Failed(f"the worker ended with exit code {process.returncode}")

    def show_the_pull_request(self, issue: Issue) -> PullRequest:
        if not self.stage.repository.pull_requests:
            self.show_the_answer(issue)
            raise Failed("there is no pull request; the worker's comment on the issue says why")
        (pull,) = self.stage.repository.pull_requests
        self.screen.step("A pull request comes out", pull.url)
        kind = "draft" if pull.draft else "ready for review"
        self.screen.page(
            f"#{pull.number} {pull.title}", pull.body, footer=f"{kind}, {pull.base_branch} ← {pull.head_branch}"
        )
        return pull

    def show_the_diff(self, checkout: Checkout, pull: PullRequest) -> None:
        self.screen.step("Its diff", f"git diff {pull.base_branch}...{pull.head_branch}")
        checkout.switch(pull.head_branch)
        self.screen.diff(checkout.diff())

    def run_the_tests_on_its_branch(self, checkout: Checkout, pull: PullRequest) -> None:
        self.screen.step("The test that failed", f"on {pull.head_branch}")
        tests = checkout.run_tests()
        self.screen.tests(tests)
        if not tests.passed or tests.results.get(shop.FAILING_TEST) != "ok":
            raise Failed("there is a pull request, but the tests do not pass on its branch")

    def show_the_answer(self, issue: Issue) -> None:
        self.screen.step("The answer on the issue")
        for comment in issue.comments:
            self.screen.page(f"{comment.author.login} on #{issue.number}", comment.body)

    def show_what_is_left(self) -> None:
        self.screen.step("What is left behind, and what it took")
        waiting = queues.waiting(self.stage.broker_url, self.stage.topology)
        workspaces = [path.name for path in self.stage.workspaces.iterdir()]
        self.screen.facts({
            "messages": f"{sum(waiting.values())} in {len(waiting)} queues",
            "workspaces": str(len(workspaces)),
            **figures(self.log, self.requests, replayed=self.stage.replay is not None),
        })  # fmt: skip
        if workspaces or any(waiting.values()):
            raise Failed("a worker that has settled its task leaves no message and no workspace behind")
        if self.stage.github.violations:
            raise Failed("GitHub would not have taken this: " + "; ".join(self.stage.github.violations))


def main() -> int:
    """Play the demo; 0 for the good end, 1 for another, 3 without a broker, 128 + n after signal n."""
    screen = Screen()
    signals.listen()
    try:
        with stage(os.environ.get("RABBITMQ_URL") or "amqp://guest:guest@localhost:5672/") as everything:
            return _play(Demo(everything, screen), screen)
    except PatchferryError as error:
        screen.bad_end(error.sentence)
        return 3
    except signals.Interrupted as interrupted:
        screen.bad_end("interrupted; nothing is left behind")
        return interrupted.exit_code


def _play(demo: Demo, screen: Screen) -> int:
    try:
        demo.play()
    except Failed as failed:
        screen.output("The worker's whole log", demo.output)
        screen.bad_end(str(failed))
        return 1
    screen.good_end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
