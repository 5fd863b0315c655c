"""Every prompt, as a strict template: a missing value is an error, and values are never templates themselves."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined


def render(name: str, **values: object) -> str:
    """Fill the template `<name>.md.j2` of this package."""
    return _environment().get_template(f"{name}.md.j2").render(**values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(lambda name: resources.files(__name__).joinpath(name).read_text(encoding="utf-8")),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text for a model, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
