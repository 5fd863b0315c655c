"""What a refused push means: a lease that failed, a rule of the repository, or a server in trouble."""

from __future__ import annotations

import re

from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.git.failures import from_server, readable, remote_failure, said

_STATUS = re.compile(r"^!\t[^\t]*\t(.*)$", re.MULTILINE)  # `git push --porcelain`: flag, refs, summary (reason)
_IN_THE_WAY = re.compile(r"exists; cannot create|directory file conflict")
_MOVED = re.compile(
    r"\((stale info|fetch first|non-fast-forward|needs force)\)|is at [0-9a-f]+ but expected|reference already exists"
)
_TROUBLE = re.compile(
    r"failed to update ref|cannot lock ref|unpacker error|missing necessary objects|shallow update not allowed"
    r"|internal( server)? error|timed? ?out",
    re.IGNORECASE,
)


def push_failure(branch: str, host: str, stdout: bytes, stderr: bytes) -> PatchferryError:
    """The error for a push whose exit code is not 0."""
    status = _STATUS.search(readable(stdout))
    if status is None:
        return remote_failure("push", host, stderr)
    server = from_server(stderr)
    why = f"{server}\n{status[1]}"
    if _IN_THE_WAY.search(why):
        sentence = f"{branch} can't be created: a branch named like a part of it is in the way; delete or rename that"
        return Refused(Reason.PUSH_REFUSED, sentence)
    if _MOVED.search(why):
        return Refused(Reason.BRANCH_MOVED, f"somebody else moved the branch {branch} in the meantime")
    if _TROUBLE.search(status[1]):
        return Retry(Reason.FORGE_UNAVAILABLE, f"{host} could not take the push to {branch}: {said(why)}")
    return Refused(Reason.PUSH_REFUSED, f"{host} refused the push to {branch}: {said(why)}")
