"""The composition root: settings in, a worker out. The only place that knows every adapter."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from worker import forges, models
from worker.conduct import conduct
from worker.config import Settings
from worker.deadline import Deadline
from worker.git.adapter import GitAdapter
from worker.github.addresses import Addresses
from worker.github.forge import GitHubForge
from worker.github.tokens import TokenSource
from worker.llm.child import Runner
from worker.ports import Engine
from worker.queues import Topology
from worker.redact import Redactor
from worker.service import Service
from worker.tasks import Outcome, Rules, Task, Tools
from worker.work import Work

_log = structlog.get_logger(__name__)


class Unsupported(Exception):
    """A message of a kind that this version has no mode for: dead-lettered, so that nothing is lost."""


@dataclass(frozen=True)
class Workshop:
    """Makes what a task needs from the settings.

    `runner` has the engine's processes; without it each task starts its own.
    """

    settings: Settings
    redactor: Redactor
    runner: Runner | None = None

    @property
    def addresses(self) -> Addresses:
        """What belongs to our GitHub."""
        return Addresses(self.settings.github_api_url)

    def rules(self) -> Rules:
        """What the operator allows and wants."""
        return Rules(
            branch_prefix=self.settings.branch_prefix,
            draft=self.settings.pr_draft,
            sign_off=self.settings.sign_off,
            author=self.settings.commit_author,
            co_author=self.settings.commit_co_author,
            title_template=self.settings.title_template,
            max_changed_files=self.settings.max_changed_files,
            max_file_bytes=self.settings.max_file_bytes,
            max_diff_bytes=self.settings.max_diff_bytes,
            forbidden_paths=self.settings.forbidden_paths,
            budget_tokens=self.settings.budget_tokens,
            budget_usd=self.settings.budget_usd,
        )

    def tokens(self) -> TokenSource | None:
        """Where GitHub's token comes from; None when there is none."""
        return forges.tokens(self.settings)

    def forge(self, repository: str) -> GitHubForge:
        """GitHub, for one task."""
        return forges.forge(self.settings, repository)

    def git(self, repository: str) -> GitAdapter:
        """Git over HTTP, for one repository."""
        tokens = self.tokens()
        return GitAdapter(
            self.settings.workspace_dir,
            (lambda: tokens.token(repository)) if tokens else None,
            self.addresses.origin,
            allow_http=self.addresses.plain_http,
            proxy=self._proxy(),
            no_proxy=self.settings.no_proxy or None,
            ca_file=self.settings.ssl_cert_file,
        )

    def engine(self) -> Engine:
        """The coding model."""
        from worker.llm.aider import AiderEngine  # noqa: PLC0415 - its clients load while a worker consumes already

        settings = self.settings
        return AiderEngine(
            model=settings.require_model(),
            provider_environment={
                name: value.get_secret_value() for name, value in settings.provider_environment.items()
            },
            engine_python=settings.engine_python,
            runner=self.runner,
            context_tokens=settings.context_tokens,
            max_output_tokens=settings.max_output_tokens,
            edit_format=settings.edit_format,
            model_timeout=settings.model_timeout,
            model_prices=settings.model_prices,
            ollama_keep_alive=settings.ollama_keep_alive,
            https_proxy=self._proxy(),
            no_proxy=settings.no_proxy or None,
            ssl_cert_file=settings.ssl_cert_file,
        )

    def tools(self, repository: str, deadline: Deadline) -> Tools:
        """The collaborators of one task."""
        return Tools(self.git(repository), self.engine(), deadline, self.redactor.redact)

    def _proxy(self) -> str | None:
        proxy = self.settings.https_proxy
        return proxy.get_secret_value() if proxy else None


def create_service(workshop: Workshop, *, once: bool = False, idle: float = 60.0) -> Service:
    """A worker that consumes the queue of the settings. Raises ConfigurationError, Refused(CONFIGURATION)."""
    settings = workshop.settings
    settings.require_model()
    forges.require_tokens(settings)
    swept = workshop.git("").sweep()
    if swept:
        _log.warning("swept workspaces of killed workers", count=swept)
    return Service(
        url=settings.rabbitmq_url.get_secret_value(),
        topology=Topology(settings.queue_prefix, settings.retry_delays),
        host=workshop.addresses.host,
        perform=Performer(workshop),
        task_timeout=settings.task_timeout,
        stated_consumer_timeout=settings.broker_consumer_timeout or None,
        grace=settings.shutdown_seconds(),
        publish_timeout=settings.publish_timeout,
        once=once,
        idle=idle,
        health_port=settings.health_port,
    )


@dataclass(frozen=True)
class Performer:
    """Does the work of one delivery; blocks."""

    workshop: Workshop

    def __call__(self, work: Work) -> Outcome:
        message = work.message
        if not isinstance(message, models.QuickFix):
            raise Unsupported(f"this version has no mode for {message.kind!r}")
        task = Task(
            work.task_id,
            message.repository,
            message.requested_by,
            issue=message.issue,
            title=message.title,
            body=message.body,
            instructions=message.instructions,
        )
        return conduct(
            task,
            self.workshop.forge(message.repository),
            self.workshop.tools(message.repository, work.deadline),
            self.workshop.rules(),
            next_delay=work.next_delay,
            attempts=work.attempt + 1,
        )
