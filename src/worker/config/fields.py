"""Every setting with its type, default and description, in groups; `worker.config` puts them together.

An attribute's variable is its name in upper case, with the prefix `PATCHFERRY_` unless the world has named it already.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr

from worker.config import values

PREFIX = "PATCHFERRY_"
NAMED_BY_THE_WORLD = frozenset({
    "rabbitmq_url",
    "github_api_url",
    "github_token",
    "github_app_id",
    "github_app_private_key",
    "github_webhook_secret",
    "github_webhook_secret_previous",
    "https_proxy",
    "no_proxy",
    "ssl_cert_file",
})  # fmt: skip
EMPTY_IS_A_VALUE = frozenset({"commit_co_author"})
TEMPORARY_FOLDER = "`patchferry-UID` in the system's temporary folder, with our user id"
OWN_INTERPRETER = "the interpreter that runs Patchferry"

Seconds = Annotated[int, Field(gt=0)]
Caps = Annotated[int, Field(gt=0)]
Token = Annotated[SecretStr, AfterValidator(values.one_word_secret)]


def variable(field: str) -> str:
    """The environment variable of an attribute of `Settings`."""
    return field.upper() if field in NAMED_BY_THE_WORLD else PREFIX + field.upper()


class Broker(BaseModel):
    """The broker."""

    rabbitmq_url: Annotated[SecretStr, AfterValidator(values.broker_url)] = Field(
        SecretStr("amqp://guest:guest@localhost:5672/"), description="The address of RabbitMQ, amqp:// or amqps://."
    )
    queue_prefix: Annotated[str, AfterValidator(values.queue_prefix)] = Field(
        "patchferry", description="What the names of our queues and exchange begin with."
    )
    retry_delays: Annotated[
        tuple[int, ...], BeforeValidator(values.split_commas), AfterValidator(values.retry_delays)
    ] = Field(
        (60, 600, 3600), description="Seconds to wait before each further attempt, in rising order; one queue for each."
    )
    broker_consumer_timeout: int = Field(
        0,
        ge=0,
        description="The `consumer_timeout` configured on a RabbitMQ older than 3.12, in seconds (the node counts in "
        "milliseconds); 0 = not stated, and tasks on such a broker end after 25 minutes.",
    )
    publish_timeout: float = Field(10.0, gt=0, description="Seconds to wait for the broker's confirm of a message.")


class GitHub(BaseModel):
    """GitHub."""

    github_api_url: Annotated[str, AfterValidator(values.api_url)] = Field(
        "https://api.github.com",
        description="GitHub's REST API; `https://HOST/api/v3` for an Enterprise Server. Git by plain HTTP is allowed "
        "exactly when this address is plain HTTP.",
    )
    github_token: Token | None = Field(
        None, description="A personal access token: contents, issues and pull requests, read and write."
    )
    github_app_id: str | None = Field(None, description="The id of a GitHub App, instead of a token.")
    github_app_private_key: SecretStr | None = Field(None, description="The App's private key in PEM form.")
    github_webhook_secret: SecretStr | None = Field(None, description="What GitHub signs its webhooks with.")
    github_webhook_secret_previous: SecretStr | None = Field(
        None, description="The secret before it, accepted as well while it is being replaced."
    )
    github_write_pause: float = Field(
        1.0, ge=0, le=60, description="Seconds between two writes to GitHub, which limits bursts of them."
    )
    trigger_label: Annotated[str, AfterValidator(values.label)] = Field(
        "patchferry", description="The label that asks for a pull request."
    )


class Model(BaseModel):
    """The model."""

    model: Annotated[str, AfterValidator(values.model_name)] | None = Field(
        None,
        description="The model by its litellm name, such as `ollama_chat/qwen2.5-coder:14b` or "
        "`anthropic/claude-sonnet-4-5`.",
    )
    context_tokens: int = Field(
        0, ge=0, description="The model's window in tokens; 0 = ask the Ollama server, or litellm's table."
    )
    max_output_tokens: Caps = Field(8192, description="The longest answer to ask the model for, in tokens.")
    edit_format: Literal["auto", "diff", "diff-fenced", "udiff", "whole"] = Field(
        "auto", description="How the model is asked to write its edits; `auto` = by its name."
    )
    model_timeout: Seconds = Field(
        600, description="Seconds that one question to the model may take, with repetitions."
    )
    ollama_keep_alive: Annotated[str, AfterValidator(values.keep_alive)] = Field(
        "30m", description="How long Ollama keeps the model loaded after a call; -1 = for ever."
    )
    model_prices: Path | None = Field(
        None, description="A JSON file of prices and windows that adds to or overrides litellm's table."
    )
    engine_python: Path = Field(
        default_factory=lambda: Path(sys.executable),
        description="The interpreter that runs Aider 0.86.2.",
        json_schema_extra={"default_in_words": OWN_INTERPRETER},
    )


class Task(BaseModel):
    """The limits of a task."""

    task_timeout: int = Field(
        3600, gt=0, le=82_800, description="Seconds that a task may take, the clone included; at most 23 hours."
    )
    max_iterations: Caps = Field(
        3,
        description="How often the model may be asked to repair its own change; reserved: no tests are run yet.",
    )
    budget_tokens: Caps = Field(2_000_000, description="Tokens that one pull request may cost, in and out together.")
    budget_usd: float = Field(5.0, gt=0, description="US dollars that one pull request may cost.")
    max_changed_files: Caps = Field(50, description="The most files that a change may touch.")
    max_file_bytes: Caps = Field(1_000_000, description="The largest file that a change may leave, in bytes.")
    max_diff_bytes: Caps = Field(400_000, description="The largest diff, in bytes.")
    forbidden_paths: Annotated[tuple[str, ...], BeforeValidator(values.split_commas)] = Field(
        (), description="Paths that must not be changed, with commas between them; a folder ends in `/`."
    )


class PullRequest(BaseModel):
    """Branches, commits and pull requests."""

    branch_prefix: Annotated[str, AfterValidator(values.branch_prefix)] = Field(
        "patchferry/", description="What the names of our branches begin with."
    )
    pr_draft: bool = Field(True, description="Open pull requests as drafts.")  # noqa: FBT003
    title_template: Annotated[str, AfterValidator(values.title_template)] = Field(
        "{title}",
        description="The title of the pull request and subject of the commit, from `{title}`, `{issue}` and `{type}`; "
        "`{type}: {title}` gives Conventional Commits.",
    )
    commit_author: Annotated[str, AfterValidator(values.author)] = Field(
        "", description="The author of commits as `Name <email>`; empty = our login and its noreply address."
    )
    commit_co_author: Annotated[str, AfterValidator(values.co_author)] = Field(
        "aider ({model}) <aider@aider.chat>",
        description="The `Co-authored-by:` trailer, with the placeholder `{model}`; set but empty = none.",
    )
    sign_off: bool = Field(False, description="Add a `Signed-off-by:` trailer to commits.")  # noqa: FBT003


class Operation(BaseModel):
    """Running it."""

    workspace_dir: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()) / f"patchferry-{os.getuid()}",
        description="Where repositories are cloned to; empty when no task runs.",
        json_schema_extra={"default_in_words": TEMPORARY_FOLDER},
    )
    cache_dir: Path | None = Field(
        None, description="Where clones may be kept between tasks; reserved: none are kept yet."
    )
    shutdown_grace: int = Field(
        0, ge=0, description="Seconds that running work gets after SIGTERM; 0 = TASK_TIMEOUT and a minute."
    )
    health_port: int = Field(0, ge=0, le=65_535, description="The port of the health probes; 0 = no probe server.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="`json` lines, `text` for people, or `auto`: text on a terminal, else JSON."
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(values.upper)] = Field(
        "INFO", description="The least level that is logged: DEBUG, INFO, WARNING or ERROR."
    )
    secrets_dir: Path | None = Field(
        None, description="A folder of files, each named like a variable in lower case, that holds its value."
    )


class Network(BaseModel):
    """The network."""

    https_proxy: Annotated[SecretStr, AfterValidator(values.proxy_url)] | None = Field(
        None, description="The proxy for git, the GitHub client and the models."
    )
    no_proxy: str = Field("", description="Hosts that are reached without the proxy, with commas between them.")
    ssl_cert_file: Path | None = Field(
        None, description="A PEM file of the certificate authorities to trust: git, the GitHub client and the models."
    )


GROUPS: tuple[type[BaseModel], ...] = (Broker, GitHub, Model, Task, PullRequest, Operation, Network)
