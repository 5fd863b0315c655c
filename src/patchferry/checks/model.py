"""The model: whether it is named, has its key, and, on Ollama, is there with a window that serves."""

from __future__ import annotations

from patchferry.checks.result import Check, fail, failed, ok, warn
from worker.config import ConfigurationError, Settings
from worker.errors import PatchferryError
from worker.llm import ollama, prices
from worker.llm.providers import Access

_SECONDS = 5


def model(settings: Settings) -> Check:
    """The check `model`; asks an Ollama server, and no other provider, because a call would cost money."""
    try:
        name = settings.require_model()
        prices.entry_for(name, settings.model_prices)
        access = Access.find(name, _variables(settings))
        if access.provider.name != "ollama":
            keys = [key for key in access.provider.keys if key in settings.provider_environment]
            key = f"{' and '.join(keys)} set" if keys else "no key set"
            return ok("model", f"{name}, {key}; not tried, as that would cost money")
        found = ollama.inspect(name.partition("/")[2], access.base or "", access.environment, timeout=_SECONDS)
    except ConfigurationError as error:
        detail, _, fix = error.problems[0].partition(": ")
        return fail("model", detail, fix.rstrip("."))
    except PatchferryError as error:
        return failed("model", error)
    return window(found, settings.context_tokens, settings.max_output_tokens)


def window(found: ollama.OllamaModel, asked: int, longest_answer: int) -> Check:
    """Whether the window that will be used (all in tokens; `asked` 0 = the model's own) serves."""
    used = asked or found.window
    detail = f"{found.name} is pulled, its window is {used} tokens"
    if found.trained and used > found.trained:
        return warn(
            "model",
            f"{detail}, more than its {found.trained}",
            "lower PATCHFERRY_CONTEXT_TOKENS to what it was made for",
        )
    if used <= longest_answer:
        return fail(
            "model",
            f"{detail}, which an answer of {longest_answer} tokens would fill",
            "lower PATCHFERRY_MAX_OUTPUT_TOKENS or raise PATCHFERRY_CONTEXT_TOKENS",
        )
    return ok("model", detail)


def _variables(settings: Settings) -> dict[str, str]:
    proxy = settings.https_proxy
    network = {
        "HTTPS_PROXY": proxy.get_secret_value() if proxy else "",
        "NO_PROXY": settings.no_proxy,
        "SSL_CERT_FILE": str(settings.ssl_cert_file or ""),
    }
    return {name: value.get_secret_value() for name, value in settings.provider_environment.items()} | network
