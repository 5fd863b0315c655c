"""Azure OpenAI's differences from OpenAI: https://learn.microsoft.com/azure/ai-services/openai/reference."""

from __future__ import annotations

import re

from tests.fakes import model_openai
from tests.fakes.model_openai import CONTENT_TYPE, END, answer, error, fragment, framed, streams, whole
from tests.fakes.model_script import Request

__all__ = ["CONTENT_TYPE", "END", "answer", "error", "fragment", "framed", "problems", "speaks", "streams", "whole"]

_PATH = re.compile(r"/openai/deployments/[^/]+/chat/completions")
_VERSION = re.compile(r"api-version=\d{4}-\d{2}-\d{2}(-preview)?")


def speaks(path: str) -> bool:
    """The deployment stands in the path."""
    return bool(_PATH.fullmatch(path))


def problems(request: Request) -> list[str]:
    """As OpenAI's, but for the version in the query and a header of its own for the key."""
    found = [one for one in model_openai.problems(request) if one != model_openai.NO_KEY]
    if not _VERSION.fullmatch(request.query):
        found.append("no api-version")
    if not (request.headers.get("api-key") or request.headers.get("authorization", "").startswith("Bearer ")):
        found.append("neither an api-key nor a bearer token")
    return found
