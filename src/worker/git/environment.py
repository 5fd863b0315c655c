"""The environment of every git call: nothing inherited but PATH, and no setting that a repository could plant."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

# Command-scope settings win over every file, also over one that somebody put into our own git directory.
# https://git-scm.com/docs/git-config#ENVIRONMENT
HARDENING: Mapping[str, str] = MappingProxyType(
    {
        "core.askPass": "",
        "core.attributesFile": os.devnull,
        "core.autocrlf": "false",
        "core.bigFileThreshold": "64m",  # larger ones are streamed, not held in memory
        "core.excludesFile": os.devnull,
        "core.fsmonitor": "false",
        "core.hooksPath": os.devnull,
        "core.protectHFS": "true",  # names that are .git elsewhere: with characters that nobody sees,
        "core.protectNTFS": "true",  # and git~1
        "core.symlinks": "false",  # a tracked symlink becomes a plain file that holds its target
        "credential.helper": "",  # the empty value clears the list of helpers
        "fetch.recurseSubmodules": "false",
        "gc.auto": "0",
        "http.followRedirects": "false",
        "http.lowSpeedLimit": "1",  # bytes a second; a server that is still counting objects sends keep-alives
        "http.lowSpeedTime": "60",
        "http.proxy": "",
        "http.sslVerify": "true",
        "maintenance.auto": "false",
        "protocol.allow": "never",
        "push.recurseSubmodules": "no",
        "safe.bareRepository": "explicit",
        "submodule.recurse": "false",
    }
)
# For git directories of our own. They live minutes: neither waiting for the disk nor a history of refs buys anything;
# and names in a patch are for people to read.
OURS: Mapping[str, str] = MappingProxyType(
    {"core.fsync": "none", "core.logAllRefUpdates": "false", "core.quotePath": "false"}
)


def environment(home: Path, *, protocol: str = "", config: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables for a git process whose home is the empty directory `home`.

    `protocol` is the one transport that may be used ("https", "http"); none by default. `config` adds settings to
    `HARDENING`, or overrides them.
    """
    settings = {**HARDENING, **(config or {})}
    if protocol:
        settings[f"protocol.{protocol}.allow"] = "always"
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": protocol,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for index, (key, value) in enumerate(settings.items()):
        variables[f"GIT_CONFIG_KEY_{index}"] = key
        variables[f"GIT_CONFIG_VALUE_{index}"] = value
    return variables
