"""Git's smart HTTP protocol over the real repositories, by `git http-backend`.

https://git-scm.com/docs/git-http-backend
"""

from __future__ import annotations

import base64
import re
import subprocess
from typing import TYPE_CHECKING

from tests.fakes.github.accounts import Role, Token
from tests.fakes.github.exchange import Answer, Request
from tests.fakes.github.store import ENVIRONMENT

if TYPE_CHECKING:
    from tests.fakes.github.repository import Repository
    from tests.fakes.github.world import World

_ADDRESS = re.compile(r"/(?P<name>[^/]+/[^/]+?)(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)")
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="GitHub"'}


def is_git(request: Request) -> bool:
    return _ADDRESS.fullmatch(request.path) is not None


def serve(github: World, request: Request) -> Answer:
    """Answer one request of a git client."""
    match = _ADDRESS.fullmatch(request.path)
    assert match is not None
    push = "git-receive-pack" in request.target
    token = _token(github, request)
    if token is None and "authorization" in request.headers:
        sentence = "Invalid username or token. Password authentication is not supported for Git operations."
        return _refuse(401, sentence, _CHALLENGE)
    repository = github.find_repository(match["name"])
    if repository is None and (moved := github.renamed(match["name"])):
        query = request.target.partition("?")[2]
        return Answer(301, None, {"Location": f"{moved.clone_url}/{match['service']}" + (f"?{query}" if query else "")})
    if repository is None or github.role(token, repository) < Role.READ:
        return _refuse(404, "Repository not found.") if token else _refuse(401, "Repository not found.", _CHALLENGE)
    if push and (refused := _refuse_push(github, token, repository)):
        return refused
    answer = _run_backend(repository, request, match["service"])
    if push and request.method == "POST":
        repository.notice_push()
    return answer


def _token(github: World, request: Request) -> Token | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    return github.find_token(base64.b64decode(value).decode().partition(":")[2])


def _refuse_push(github: World, token: Token | None, repository: Repository) -> Answer | None:
    if token is None:
        return _refuse(401, "No anonymous write access.", _CHALLENGE)
    if repository.archived:
        return _refuse(403, "This repository was archived so it is read-only.")
    if github.role(token, repository) < Role.WRITE:
        return _refuse(403, f"Permission to {repository.full_name}.git denied to {token.user.login}.")
    if not token.allows("contents", write=True):
        return _refuse(403, "Write access to repository not granted.")
    return None


def _refuse(status: int, sentence: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, sentence.encode(), {"Content-Type": "text/plain; charset=utf-8", **(headers or {})})


def _run_backend(repository: Repository, request: Request, service: str) -> Answer:
    environment = {
        **ENVIRONMENT,
        "GIT_PROJECT_ROOT": str(repository.store.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{service}",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.target.partition("?")[2],
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
        "REMOTE_USER": "git",
        "REMOTE_ADDR": "127.0.0.1",
    }
    done = subprocess.run(["git", "http-backend"], env=environment, input=request.body, capture_output=True, check=True)
    return _parse_cgi(done.stdout)


def _parse_cgi(output: bytes) -> Answer:
    head, _, body = output.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    status = int(headers.pop("Status", "200").split()[0])
    return Answer(status, body, headers)
