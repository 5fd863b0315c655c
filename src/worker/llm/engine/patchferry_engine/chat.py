"""Aider 0.86.2, set up so that nothing but the job steers it: no git, no shell, no lint, no repository settings."""

from __future__ import annotations

from collections.abc import Iterator, MutableSet
from typing import Any

from aider import models
from aider.coders import Coder
from aider.sendchat import ensure_alternating_roles

from patchferry_engine.answers import Answers
from patchferry_engine.calls import Caller
from patchferry_engine.edits.ledger import Ledger
from patchferry_engine.edits.reader import holds_edit
from patchferry_engine.edits.targets import Targets
from patchferry_engine.policy import PathPolicy
from patchferry_engine.protocol import Job


class Chat:
    """One conversation about one request. Patches Aider's classes, so a process holds at most one."""

    def __init__(self, job: Job, policy: PathPolicy, caller: Caller, settings: dict[str, Any]) -> None:
        self._job = job
        self._policy = policy
        self.replies: list[str] = []
        targets = Targets(policy.root, job.all_files, self._shown)
        self._ledger = Ledger(policy, targets, whole=job.edit_format == "whole")
        _no_model_info()
        _own_calls(caller, settings, self.replies)
        self._restrict()
        self._coder = self._create()

    def run(self) -> None:
        """Ask, and let Aider feed failed edits back (at most three times). Raises Abort."""
        # Half a surrogate pair, which an issue may hold, could not be sent.
        self._coder.run_one(self._job.prompt.encode(errors="replace").decode(), preproc=False)

    @property
    def rounds(self) -> int:
        return len(self.replies)

    @property
    def unapplied(self) -> bool:
        """Whether edits that the model sent are not in the files."""
        return self._ledger.unapplied

    def _create(self) -> Any:
        io = Answers(self._policy, self._job.all_files, self._awaits_files)
        coder = Coder.create(
            main_model=models.Model(self._job.model, weak_model=self._job.model, editor_model=self._job.model),
            edit_format=self._job.edit_format,
            io=io,
            fnames=[],
            use_git=False,
            auto_commits=False,
            dirty_commits=False,
            auto_lint=False,
            auto_test=False,
            map_tokens=0,
            stream=True,
            suggest_shell_commands=False,
            detect_urls=False,
            summarizer=_NeverTooLong(),
        )
        # Without git Aider takes the common folder of the chat's files for the root, and remembers paths below it.
        coder.root = self._policy.root
        coder.abs_root_path_cache = {}
        coder.abs_fnames = _InOrder()
        for name in self._job.files:
            coder.add_rel_fname(name)
        return coder

    def _shown(self) -> list[str]:
        return [self._coder.get_rel_fname(name) for name in self._coder.abs_fnames]

    def _awaits_files(self) -> bool:
        """Whether the model may be shown more files: a reply that holds edits would be thrown away."""
        return bool(self.replies) and not holds_edit(self.replies[-1], whole=self._ledger.whole)

    def _restrict(self) -> None:
        """On the class, because some formats make coders of their own.

        Aider's reading of a reply is replaced as a whole: it takes what looks alike, the first of two places, and half
        of an answer.
        """
        policy, ledger, files = self._policy, self._ledger, sorted(self._job.all_files)

        def add(coder: Any, name: str) -> None:
            if policy.unreadable(name) is None:
                coder.abs_fnames.add(coder.abs_root_path(name))

        def apply(coder: Any) -> set[str]:
            verdict = ledger.take(coder.partial_response_content)
            for name in verdict.show:
                coder.add_rel_fname(name)
            coder.reflected_message = verdict.complaint
            return set(verdict.written)

        Coder.add_rel_fname = add
        Coder.apply_updates = apply
        Coder.get_all_relative_files = lambda _coder: files
        Coder.get_platform_info = lambda _coder: ""
        Coder.run_shell_commands = lambda _coder: ""


def _no_model_info() -> None:
    """Aider would ask GitHub for prices, look for keys and count tokens; windows, keys and counts are our business."""
    models.model_info_manager.get_model_info = lambda _name: {}
    models.Model.token_count = lambda _model, _messages: 0
    models.Model.validate_environment = lambda _model: {"keys_in_environment": True, "missing_keys": []}


def _own_calls(caller: Caller, settings: dict[str, Any], replies: list[str]) -> None:
    def send(model: Any, messages: list[dict[str, Any]], *_rest: Any, **_more: Any) -> tuple[Any, list[Any]]:
        if model.is_deepseek_r1():
            messages = ensure_alternating_roles(messages)
        chunks = caller.ask(messages, {**_temperature(model), **(model.extra_params or {}), **settings})
        replies.append("".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices))
        return _Digest(), chunks

    models.Model.send_completion = send


def _temperature(model: Any) -> dict[str, float]:
    if model.use_temperature is False:
        return {}
    return {"temperature": 0.0 if model.use_temperature is True else float(model.use_temperature)}


class _InOrder(MutableSet[str]):
    """The files of the chat: Aider's own set would show them in another order each time."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def add(self, value: str) -> None:
        self._names[value] = None

    def discard(self, value: str) -> None:
        self._names.pop(value, None)


class _Digest:
    """Stands for the hash of a call, which Aider records and nobody reads."""

    def hexdigest(self) -> str:
        return ""


class _NeverTooLong:
    """Aider would have another model summarise a long chat, in a thread."""

    def too_big(self, _messages: object) -> bool:
        return False
