"""What can be wrong with settings, said in one sentence each that names the variable and what to do."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from worker.config.fields import GitHub, Model, Network, variable
from worker.config.view import mask_password

_EXPECTED = {
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_parsing": "must be true or false",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of {expected}",
    "value_error": "{error}",
}


def sentences(error: ValidationError, fields: Mapping[str, FieldInfo]) -> list[str]:
    """One sentence for each setting that can't be read; a secret's value is not in it."""
    return [_sentence(one, fields[str(one["loc"][0])]) for one in error.errors(include_url=False)]


def contradictions(settings: BaseModel) -> list[str]:
    """One sentence for each set of settings that can't hold together."""
    found: list[str] = []
    if isinstance(settings, GitHub):
        found += _github(settings)
    if isinstance(settings, Model) and 0 < settings.context_tokens <= settings.max_output_tokens:
        found.append(
            "PATCHFERRY_CONTEXT_TOKENS is not larger than PATCHFERRY_MAX_OUTPUT_TOKENS, which leaves no room for a "
            "request: raise the first or lower the second."
        )
    return found


def unusable(settings: Network) -> list[str]:
    """One sentence for each file that is named and can't be used; libraries fail on it as soon as they are imported."""
    path = settings.ssl_cert_file
    try:
        if path:
            ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        reason = "it holds no PEM certificate" if isinstance(error, ssl.SSLError) else error.strerror
        return [f"SSL_CERT_FILE names {path}, which can't be used ({reason}): correct or unset it."]
    return []


def _github(settings: GitHub) -> list[str]:
    found: list[str] = []
    if settings.github_token and (settings.github_app_id or settings.github_app_private_key):
        found.append(
            "GITHUB_TOKEN and GITHUB_APP_ID or GITHUB_APP_PRIVATE_KEY are both set: remove the token or the App."
        )
    elif settings.github_app_id and not settings.github_app_private_key:
        found.append("GITHUB_APP_ID is set without GITHUB_APP_PRIVATE_KEY: set the App's private key as well.")
    elif settings.github_app_private_key and not settings.github_app_id:
        found.append("GITHUB_APP_PRIVATE_KEY is set without GITHUB_APP_ID: set the App's id as well.")
    if settings.github_webhook_secret_previous and not settings.github_webhook_secret:
        found.append(
            "GITHUB_WEBHOOK_SECRET_PREVIOUS is set without GITHUB_WEBHOOK_SECRET: set the current secret as well."
        )
    return found


def _sentence(error: Any, field: FieldInfo) -> str:
    name = variable(str(error["loc"][0]))
    expected = _EXPECTED.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    subject = f"each part of {name}" if len(error["loc"]) > 1 else name
    seen = "" if _holds_secrets(field.annotation) else f", not {mask_password(_joined(error['input']))!r}"
    return f"{subject} {expected}{seen}{_hint(field)}."


def _hint(field: FieldInfo) -> str:
    default = field.default
    if isinstance(default, bool) or not isinstance(default, int | float | str | tuple) or default in ("", 0, ()):
        return ""
    return f"; the default is {_joined(default)}"


def _joined(value: object) -> str:
    return ",".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def _holds_secrets(annotation: Any) -> bool:
    return annotation is SecretStr or any(_holds_secrets(part) for part in get_args(annotation))
