"""Settings as people may see them: secrets masked, each with the place that it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, SecretStr

from worker.config.fields import GROUPS, variable

MASK = "********"
DEFAULT = "default"

_ADDRESSES = ("rabbitmq_url", "https_proxy")
# The parts of providers' names that are no secrets; anything else of theirs is treated as one.
_HARMLESS_ENDINGS = ("_API_BASE", "_API_VERSION", "_API_TYPE", "_REGION", "_REGION_NAME", "_LOCATION", "_PROJECT")


@dataclass(frozen=True)
class Described:
    """One setting. `value` is text for people, None when it is not set; `source` is in words or a file's path."""

    variable: str
    value: str | None
    source: str


def describe(settings: BaseModel, sources: Mapping[str, str]) -> tuple[Described, ...]:
    """Every setting in the order of the groups, then the providers' variables; `sources` is by variable."""
    rows = [
        Described(variable(name), shown(name, value), sources.get(variable(name)) or _unnamed(settings, name))
        for group in GROUPS
        for name, value in ((name, getattr(settings, name)) for name in group.model_fields)
    ]
    for name, value in _providers(settings).items():
        rows.append(Described(name, _provider(name, value), sources.get(name, "program")))
    return tuple(rows)


def shown(field: str, value: object) -> str | None:
    """A setting's value as text: a secret as a mask, an address without its password."""
    match value:
        case None:
            return None
        case SecretStr():
            return mask_password(value.get_secret_value()) if field in _ADDRESSES else MASK
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(str(part) for part in value)
        case _:
            return str(value)


def mask_password(url: str) -> str:
    """An address with its password replaced by a mask."""
    password = _password(url)
    return url.replace(f":{password}@", f":{MASK}@", 1) if password else url


def secret_texts(settings: BaseModel) -> tuple[str, ...]:
    """The texts that must never be shown: every secret setting, and the passwords in addresses."""
    return tuple(dict.fromkeys(_secret_texts(settings)))


def _secret_texts(settings: BaseModel) -> Iterator[str]:
    for name, value in settings:
        if isinstance(value, SecretStr):
            text = value.get_secret_value()
            if name in _ADDRESSES:
                yield from _passwords(text)
            else:
                yield text
    for name, value in _providers(settings).items():
        text = value.get_secret_value()
        if name.endswith(_HARMLESS_ENDINGS):
            yield from _passwords(text)
        else:
            yield text


def _unnamed(settings: BaseModel, name: str) -> str:
    return "program" if name in settings.model_fields_set else DEFAULT


def _providers(settings: BaseModel) -> dict[str, SecretStr]:
    found: dict[str, SecretStr] = getattr(settings, "provider_environment", {})
    return found


def _provider(name: str, value: SecretStr) -> str:
    return mask_password(value.get_secret_value()) if name.endswith(_HARMLESS_ENDINGS) else MASK


def _passwords(url: str) -> Iterator[str]:
    if password := _password(url):
        yield from dict.fromkeys((password, unquote(password)))


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None
