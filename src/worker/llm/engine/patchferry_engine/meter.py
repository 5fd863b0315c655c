"""Counts what the calls consume, and stops the job when a budget is spent."""

from __future__ import annotations

from dataclasses import dataclass

from patchferry_engine.failures import Abort
from patchferry_engine.protocol import Price, Report


@dataclass(frozen=True)
class Tokens:
    """The size of one call; `cached` is the part of `prompt` that the provider bills as cached."""

    prompt: int
    answer: int
    cached: int = 0


class Meter:
    """Sums over one job. `price` None means that nobody knows what the tokens cost."""

    def __init__(
        self, price: Price | None, budget_tokens: int | None, budget_usd: float | None, report: Report
    ) -> None:
        self._price = price
        self._budget_tokens = budget_tokens
        self._budget_usd = budget_usd
        self._report = report
        self._tokens_in = 0
        self._tokens_out = 0
        self._calls = 0
        self._cost = 0.0

    def before(self, prompt: int) -> None:
        """Raise Abort when a call with that many prompt tokens would go over a budget."""
        self._judge(self._tokens_in + self._tokens_out + prompt, self._cost + self._bill(Tokens(prompt, 0)))

    def count(self, tokens: Tokens) -> None:
        """Add one call, tell the worker, and raise Abort when a budget is overspent."""
        self._calls += 1
        self._tokens_in += tokens.prompt
        self._tokens_out += tokens.answer
        self._cost += self._bill(tokens)
        cost = None if self._price is None else self._cost
        self._report.usage(tokens_in=self._tokens_in, tokens_out=self._tokens_out, calls=self._calls, cost_usd=cost)
        self._judge(self._tokens_in + self._tokens_out, self._cost)

    def _bill(self, tokens: Tokens) -> float:
        if self._price is None:
            return 0.0
        cached = self._price.prompt if self._price.cached is None else self._price.cached
        fresh = tokens.prompt - tokens.cached
        return fresh * self._price.prompt + tokens.cached * cached + tokens.answer * self._price.answer

    def _judge(self, tokens: int, cost: float) -> None:
        if self._budget_tokens is not None and tokens > self._budget_tokens:
            raise Abort(
                "budget",
                f"the model needs about {tokens:,} tokens, more than the {self._budget_tokens:,} that are left "
                "(PATCHFERRY_BUDGET_TOKENS)",
            )
        if self._budget_usd is not None and cost > self._budget_usd:
            raise Abort(
                "budget",
                f"the model costs about ${cost:.4f}, more than the ${self._budget_usd:.4f} that are left "
                "(PATCHFERRY_BUDGET_USD)",
            )
