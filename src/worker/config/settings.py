"""The settings, read once at start by `load`; nothing else in the project reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from worker.config.fields import Broker, GitHub, Model, Network, Operation, PullRequest, Task, variable
from worker.config.problems import contradictions, sentences, unusable
from worker.config.sources import gather, is_provider_variable
from worker.config.view import Described, describe, secret_texts

_DOTENV = Path(".env")
_SHUTDOWN_MARGIN = 60
_MODEL_MISSING = (
    "PATCHFERRY_MODEL is not set: set it to a model's litellm name, such as ollama_chat/qwen2.5-coder:14b "
    "for a local Ollama, or anthropic/claude-sonnet-4-5 together with ANTHROPIC_API_KEY."
)


class ConfigurationError(Exception):
    """The settings can't be used; `problems` are sentences that name the variable and what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Settings(Broker, GitHub, Model, Task, PullRequest, Operation, Network, BaseSettings):
    """Every setting, frozen. Constructing it reads nothing from outside: what is not given has its default."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)

    provider_environment: dict[str, SecretStr] = Field(
        default_factory=dict, description="The variables of models' providers that are set, by name."
    )
    _sources: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only arguments: `load` gathers the rest, because it must know each value's source and all problems."""
        return (init_settings,)

    def require_model(self) -> str:
        """The model; raises ConfigurationError with two examples when none is set."""
        if self.model is None:
            raise ConfigurationError((_MODEL_MISSING,))
        return self.model

    def shutdown_seconds(self) -> int:
        """How long running work may go on after SIGTERM."""
        return self.shutdown_grace or self.task_timeout + _SHUTDOWN_MARGIN

    def described(self) -> tuple[Described, ...]:
        """Every setting and set provider variable: its variable, its value (secrets masked) and its source."""
        return describe(self, self._sources)

    def secrets(self) -> tuple[str, ...]:
        """Every text that must never leave the process: for the redactor."""
        return secret_texts(self)


def load(
    environ: Mapping[str, str] = os.environ,
    *,
    read_dotenv: bool = False,
    overrides: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings from `overrides` (by variable), the environment, files in SECRETS_DIR, `.env`, defaults.

    `.env` is that of the working directory, and only read when asked for. Raises ConfigurationError with all problems.
    """
    fields = {variable(name): name for name in Settings.model_fields if name != "provider_environment"}
    found = gather(fields, environ, _DOTENV if read_dotenv else None, overrides or {})
    texts: dict[str, Any] = {fields[name]: value.text for name, value in found.values.items() if name in fields}
    texts["provider_environment"] = {
        name: value.text for name, value in sorted(found.values.items()) if is_provider_variable(name)
    }
    settings, problems = _validated(texts)
    if settings is None or found.problems or problems:
        raise ConfigurationError((*found.problems, *problems))
    settings._sources.update({name: value.source for name, value in found.values.items()})  # noqa: SLF001
    return settings


def _validated(texts: dict[str, Any]) -> tuple[Settings | None, list[str]]:
    try:
        settings = Settings(**texts)
    except ValidationError as error:
        problems = sentences(error, Settings.model_fields)
        broken = {str(one["loc"][0]) for one in error.errors()}
        _, more = _validated({name: text for name, text in texts.items() if name not in broken})
        return None, problems + more
    return settings, contradictions(settings) + unusable(settings)
