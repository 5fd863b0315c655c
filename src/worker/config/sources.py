"""Where values of settings come from: arguments, the environment, files in SECRETS_DIR, `.env`; the first one wins."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream

from worker.config.fields import EMPTY_IS_A_VALUE as EMPTY_FIELDS
from worker.config.fields import PREFIX, variable

PROVIDER_VARIABLES = (
    "OPENAI_API_KEY",
    "OPENAI_API_BASE",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_API_BASE",
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "GEMINI_API_BASE",
    "DEEPSEEK_API_KEY",
    "DEEPSEEK_API_BASE",
    "OPENROUTER_API_KEY",
    "OPENROUTER_API_BASE",
    "OLLAMA_API_BASE",
    "OLLAMA_API_KEY",
)
PROVIDER_PREFIXES = ("AZURE_", "AWS_", "VERTEX")

_ALSO_IN_LOWER_CASE = ("HTTPS_PROXY", "NO_PROXY")  # as curl and requests read them
EMPTY_IS_A_VALUE = frozenset(variable(name) for name in EMPTY_FIELDS)
_SECRETS_DIR = variable("secrets_dir")
# What Kubernetes sets in every pod for a Service named patchferry… :
# https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
_SERVICE_LINK = re.compile(r".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://\S+")


@dataclass(frozen=True)
class Value:
    """The text of one variable and where it was found, in words."""

    text: str
    source: str


@dataclass
class Gathered:
    """Every variable of ours that is set anywhere, by name, and the problems met on the way."""

    values: dict[str, Value] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def gather(
    known: Iterable[str], environ: Mapping[str, str], dotenv: Path | None, overrides: Mapping[str, str]
) -> Gathered:
    """Collect the `known` variables and the providers' ones; anything else that begins with our prefix is a problem."""
    found = Gathered()
    known = tuple(known)
    _take(found, known, _pairs(overrides, "command line"))
    _take(found, known, _environment(environ))
    dotenv_pairs = tuple(_dotenv(dotenv, found.problems)) if dotenv else ()
    folder = found.values.get(_SECRETS_DIR) or dict(dotenv_pairs).get(_SECRETS_DIR)
    if folder and folder.text:
        _take(found, known, _files(Path(folder.text), known, found.problems))
    _take(found, known, dotenv_pairs)
    return found


def is_provider_variable(name: str) -> bool:
    """Whether the variable belongs to a provider of models."""
    return name in PROVIDER_VARIABLES or name.startswith(PROVIDER_PREFIXES)


def _take(found: Gathered, known: tuple[str, ...], pairs: Iterable[tuple[str, Value]]) -> None:
    for name, value in pairs:
        if name in known or is_provider_variable(name):
            if value.text or name in EMPTY_IS_A_VALUE:
                found.values.setdefault(name, value)
        elif name.startswith(PREFIX) and not _is_service_link(name, value.text):
            nearest = difflib.get_close_matches(name, [one for one in known if one.startswith(PREFIX)], 1, 0.0)[0]
            found.problems.append(
                f"{name} ({value.source}) is not a setting of this version: correct or remove it; "
                f"the nearest name is {nearest}."
            )


def _is_service_link(name: str, text: str) -> bool:
    return bool(_SERVICE_LINK.fullmatch(name)) or (name.endswith("_PORT") and bool(_SERVICE_ADDRESS.fullmatch(text)))


def _environment(environ: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    yield from _pairs(environ, "environment")
    for name in _ALSO_IN_LOWER_CASE:
        if environ.get(name.lower()):
            yield name, Value(environ[name.lower()], "environment")


def _dotenv(path: Path, problems: list[str]) -> Iterator[tuple[str, Value]]:
    if not path.is_file():
        return
    try:
        with path.open(encoding="utf-8") as file:
            lines = tuple(parse_stream(file))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path} can't be read ({_reason(error)}): make it readable or remove it.")
        return
    broken = [line.original.line for line in lines if line.error]  # by number: what stands there may be a secret
    problems += [f"{path} has a line {number} that can't be read: write NAME=value, or remove it." for number in broken]
    yield from _pairs({line.key: line.value for line in lines if line.key and line.value is not None}, ".env")


def _files(folder: Path, known: tuple[str, ...], problems: list[str]) -> Iterator[tuple[str, Value]]:
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        reason = _reason(error)
        problems.append(f"{_SECRETS_DIR} names {folder}, which can't be listed ({reason}): create it or correct it.")
        return
    for path in paths:
        name = path.name.upper()
        ours = name in known or is_provider_variable(name) or name.startswith(PREFIX)
        if not ours or path.name != name.lower() or not path.is_file():
            continue
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{name} can't be read from {path} ({_reason(error)}): make it readable or remove it.")
        else:
            yield name, Value(text.rstrip("\r\n"), str(path))


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "unknown" if isinstance(error, OSError) else "it is not UTF-8 text"


def _pairs(entries: Mapping[str, str], source: str) -> Iterator[tuple[str, Value]]:
    for name, text in entries.items():
        yield name, Value(text, source)
