"""A program that leaks a secret in one way on purpose: what the search for leaks is tried on."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from worker.broker import connected, publish

SECRET = os.environ.get("LEAKY_SECRET", "")


def into_the_log() -> None:
    sys.stderr.write(f"token={SECRET}\n")


def into_a_prompt() -> None:
    body = {"model": os.environ["LEAKY_MODEL"], "messages": [{"role": "user", "content": SECRET}]}
    httpx.post(f"{os.environ['OLLAMA_API_BASE']}/api/chat", json=body)


def into_a_text_on_github() -> None:
    httpx.post(
        f"{os.environ['GITHUB_API_URL']}/repos/acme/shop/issues/1/comments",
        json={"body": SECRET},
        headers={"Authorization": f"token {os.environ['GITHUB_TOKEN']}", "User-Agent": "leaky"},
    )


def into_a_message() -> None:
    async def put() -> None:
        async with connected(os.environ["RABBITMQ_URL"]) as connection:
            await publish(connection, os.environ["LEAKY_QUEUE"], SECRET.encode(), message_id="leak")

    asyncio.run(put())


def into_a_git_config() -> None:
    config = Path(os.environ["PATCHFERRY_WORKSPACE_DIR"], "leak", "config")
    config.parent.mkdir(parents=True)
    config.write_text(f"[remote]\nurl = https://x-access-token:{SECRET}@github.com\n")
    time.sleep(0.5)


def into_the_argv_of_git() -> None:
    _git_for_a_while("-c", f"http.extraHeader=Authorization: {SECRET}")


def into_the_environment_of_git() -> None:
    _git_for_a_while(GIT_CONFIG_VALUE_0=SECRET)


def _git_for_a_while(*options: str, **environment: str) -> None:
    git = subprocess.Popen(
        ["git", *options, "hash-object", "--stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], **environment},
    )
    time.sleep(0.5)
    git.communicate()


LEAKS: dict[str, Callable[[], None]] = {
    "log": into_the_log,
    "prompt": into_a_prompt,
    "text on GitHub": into_a_text_on_github,
    "message": into_a_message,
    "git config": into_a_git_config,
    "argv of git": into_the_argv_of_git,
    "environment of git": into_the_environment_of_git,
}

if __name__ == "__main__":
    LEAKS[sys.argv[1]]()
