"""Branch protection and rulesets: pushes that are refused, in GitHub's words.

git's proc-receive hook is the only one that may name the reason which stands behind `[remote rejected]`.
https://git-scm.com/docs/githooks#proc-receive
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.github.store import Store

_HOOK = Path(__file__).with_name("proc_receive.py")
_MUST_BE_PULLED = "Changes must be made through a pull request."


@dataclass(frozen=True)
class Rule:
    """Refuses pushes to `ref` and to what lies below it; `{ref}` in the lines is the one that was pushed."""

    ref: str
    reason: str
    lines: tuple[str, ...]


class PushRules:
    """The rules of one repository."""

    def __init__(self, store: Store, address: str) -> None:
        self._store = store
        self._address = address
        self._rules: list[Rule] = []

    def protect(self, branch: str, *demands: str) -> None:
        """Branch protection: GH006."""
        first = "error: GH006: Protected branch update failed for {ref}."
        lines = (first, *(f"error: {one}" for one in demands or (_MUST_BE_PULLED,)))
        self._add(Rule(f"refs/heads/{branch}", "protected branch hook declined", lines))

    def restrict(self, branch: str, *demands: str) -> None:
        """A ruleset: GH013. `branch` may be the folder of branches, such as `patchferry`."""
        lines = (
            "error: GH013: Repository rule violations found for {ref}.",
            f"Review all repository rules at {self._address}/rules?ref={{ref}}",
            "",
            *(f"- {one}" for one in demands or (_MUST_BE_PULLED,)),
            "",
        )
        self._add(Rule(f"refs/heads/{branch}", "push declined due to repository rule violations", lines))

    def lift(self) -> None:
        """Remove all rules."""
        if not self._rules:
            return
        self._rules = []
        self._store.git("config", "--unset-all", "receive.procReceiveRefs")

    def protects(self, branch: str) -> bool:
        return any(rule.ref == f"refs/heads/{branch}" for rule in self._rules)

    def _add(self, rule: Rule) -> None:
        self._rules.append(rule)
        self._store.git("config", "--add", "receive.procReceiveRefs", rule.ref)
        hooks = self._store.path / "hooks"
        hooks.mkdir(exist_ok=True)
        (hooks / "rules.json").write_text(json.dumps([asdict(one) for one in self._rules]))
        script = hooks / "proc-receive"
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{_HOOK}" "{hooks / "rules.json"}"\n')
        script.chmod(0o755)
