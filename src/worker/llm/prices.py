"""The operator's own price list, PATCHFERRY_MODEL_PRICES: JSON in the form of litellm's table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypedDict

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from worker.errors import Reason, Refused

_Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Tokens = Annotated[int, Field(gt=0)]


class Price(TypedDict):
    """US dollars per token, as the engine takes it; `cached` are prompt tokens that the provider had in its cache."""

    prompt: float
    answer: float
    cached: float | None


FREE = Price(prompt=0.0, answer=0.0, cached=None)


class Entry(BaseModel):
    """One model: US dollars per token, and its window in tokens. Other fields of litellm's table are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    input_cost_per_token: _Dollars | None = None
    output_cost_per_token: _Dollars | None = None
    cache_read_input_token_cost: _Dollars | None = None
    max_input_tokens: _Tokens | None = None

    @property
    def price(self) -> Price | None:
        """None unless both directions have one."""
        if self.input_cost_per_token is None or self.output_cost_per_token is None:
            return None
        return Price(
            prompt=self.input_cost_per_token,
            answer=self.output_cost_per_token,
            cached=self.cache_read_input_token_cost,
        )


_TABLE = TypeAdapter(dict[str, Entry])


def entry_for(model: str, path: Path | None) -> Entry:
    """What the file says about a model, by its full litellm name or the part after the provider; empty if nothing.

    Raises Refused(CONFIGURATION) when the file can't be used.
    """
    if path is None:
        return Entry()
    try:
        table = _TABLE.validate_json(path.read_bytes())
    except OSError as error:
        sentence = f"PATCHFERRY_MODEL_PRICES cannot be read ({error.strerror})"
        raise Refused(Reason.CONFIGURATION, sentence) from error
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        problem = error.errors()[0]["msg"]
        sentence = f"PATCHFERRY_MODEL_PRICES is not a price list in litellm's form: {where or 'the file'}: {problem}"
        raise Refused(Reason.CONFIGURATION, sentence) from error
    return table.get(model) or table.get(model.partition("/")[2]) or Entry()
