"""Which provider a model's name means, which variables are that provider's, and where it is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.errors import Reason, Refused

_NETWORK = ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Provider:
    """A provider of models. `variables` ending in `*` are prefixes; one of `keys` must be set, if there are any.

    `base` is the variable that replaces `address`; "*." in an address stands for every host below it. With `tell` the
    variable is set even where nobody has set it.
    """

    name: str
    variables: tuple[str, ...]
    address: str | None
    keys: tuple[str, ...] = ()
    base: str | None = None
    tell: bool = False

    def owns(self, variable: str) -> bool:
        return any(variable.startswith(one[:-1]) if one.endswith("*") else variable == one for one in self.variables)


def _own(name: str, address: str) -> Provider:
    """A provider with one key and one variable for its address, both named after it."""
    key, base = f"{name.upper()}_API_KEY", f"{name.upper()}_API_BASE"
    return Provider(name, (key, base), address, (key,), base)


_OLLAMA = Provider("ollama", ("OLLAMA_API_BASE", "OLLAMA_API_KEY"), "http://localhost:11434", base="OLLAMA_API_BASE")
# Credentials that a machine of Google's or Amazon's gives to whoever asks it are out of the engine's reach.
_VERTEX = Provider(
    "vertex_ai", ("VERTEX*",), "https://*.googleapis.com", ("VERTEXAI_CREDENTIALS",), "VERTEXAI_API_BASE"
)
_AWS = ("AWS_ACCESS_KEY_ID", "AWS_BEARER_TOKEN_BEDROCK", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SHARED_CREDENTIALS_FILE")
# Names as in https://docs.litellm.ai/docs/providers
_PROVIDERS = {
    "ollama": _OLLAMA,
    "ollama_chat": _OLLAMA,
    "openai": _own("openai", "https://api.openai.com"),
    "anthropic": _own("anthropic", "https://api.anthropic.com"),
    "deepseek": _own("deepseek", "https://api.deepseek.com"),
    "openrouter": _own("openrouter", "https://openrouter.ai"),
    "gemini": Provider(
        "gemini",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_BASE"),
        # Told even where it is the default: litellm would put the key into the address, which every proxy logs.
        "https://generativelanguage.googleapis.com/v1beta",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        "GEMINI_API_BASE",
        tell=True,
    ),
    "azure": Provider("azure", ("AZURE_*",), None, ("AZURE_API_KEY", "AZURE_AD_TOKEN"), "AZURE_API_BASE"),
    "azure_ai": Provider("azure_ai", ("AZURE_*",), None, ("AZURE_AI_API_KEY",), "AZURE_AI_API_BASE"),
    "bedrock": Provider("bedrock", ("AWS_*",), "https://*.amazonaws.com", _AWS, "AWS_BEDROCK_RUNTIME_ENDPOINT"),
    "vertex_ai": _VERTEX,
    "vertex_ai_beta": _VERTEX,
}


def provider_of(model: str) -> Provider:
    """The provider of a litellm name. Raises Refused(CONFIGURATION) when there is none that we know."""
    prefix, slash, name = model.partition("/")
    if not slash or not name:
        sentence = f"PATCHFERRY_MODEL is {model!r}; write it with its provider, such as openai/{model}"
        raise Refused(Reason.CONFIGURATION, sentence)
    if prefix not in _PROVIDERS:
        known = ", ".join(sorted(_PROVIDERS))
        sentence = (
            f"PATCHFERRY_MODEL names the provider {prefix!r}, which is not one of {known}; "
            f"a server that speaks OpenAI's protocol is openai/{name} with OPENAI_API_BASE"
        )
        raise Refused(Reason.CONFIGURATION, sentence)
    return _PROVIDERS[prefix]


@dataclass(frozen=True)
class Access:
    """How one model is reached: the variables that its process gets, and the (host, port) pairs it may connect to."""

    provider: Provider
    base: str | None
    environment: Mapping[str, str]
    addresses: tuple[tuple[str, int], ...]

    @property
    def hosted(self) -> bool:
        """Whether the models are at the provider's own address, and not on a server of one's own."""
        return self.base == self.provider.address

    @classmethod
    def find(cls, model: str, variables: Mapping[str, str]) -> Access:
        """Pick from all `variables` what this model needs. Raises Refused(CONFIGURATION) when a key is missing."""
        provider = provider_of(model)
        chosen = {name: value for name, value in variables.items() if value and provider.owns(name)}
        if provider.name == "openai" and "OPENAI_API_BASE" in chosen:
            # The client insists on a key; servers of one's own often have none.
            chosen.setdefault("OPENAI_API_KEY", "none")
        if provider.name == "azure" and "AZURE_AD_TOKEN" in chosen:
            # litellm reads its own name for it and then does not use it; the client beneath has another.
            chosen.setdefault("AZURE_OPENAI_AD_TOKEN", chosen["AZURE_AD_TOKEN"])
        if provider.keys and not any(key in chosen for key in provider.keys):
            needed = " or ".join(provider.keys)
            raise Refused(Reason.CONFIGURATION, f"{model} needs {needed}, which is not set")
        base = _base(provider, chosen)
        network = {name: variables[name] for name in _NETWORK if variables.get(name)}
        # Where only the models are elsewhere, what signs us in is still the provider's.
        signing_in = provider.address if provider.address and "*" in provider.address else None
        reached = dict.fromkeys(url for url in (base, signing_in, network.get("HTTPS_PROXY")) if url)
        return cls(provider, base, {**chosen, **network}, tuple(_address(url) for url in reached))


def _base(provider: Provider, chosen: dict[str, str]) -> str | None:
    """The address of the API; a variable's value is put into the form that every client understands."""
    given = chosen.get(provider.base, "") if provider.base else ""
    if provider.base and given:
        url = (given if "://" in given else f"http://{given}").rstrip("/")
        _address(url, provider.base)
        chosen[provider.base] = url
        return url
    if provider.address is None:
        raise Refused(Reason.CONFIGURATION, f"models of {provider.name} need {provider.base}, which is not set")
    if provider.base and provider.tell:
        chosen[provider.base] = provider.address
    return provider.address


def _address(url: str, variable: str = "HTTPS_PROXY") -> tuple[str, int]:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        host, port = None, 0
    if not host:
        raise Refused(Reason.CONFIGURATION, f"{variable} is not an http:// or https:// address")
    return host, port
