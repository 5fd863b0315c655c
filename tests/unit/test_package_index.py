"""The machine's own index settings, and uv's wheel fetched without pip from an index served here."""

from __future__ import annotations

import base64
import hashlib
import io
import platform
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts import package_index
from scripts.package_index import FetchError, fetch_uv, pip_settings, uv_environment

PROGRAM = b"#!/bin/sh\necho uv 9.9.9\n"
LINUX_WHEEL = f"uv-9.9.9-py3-none-manylinux_2_17_{platform.machine()}.manylinux2014_{platform.machine()}.whl"


class Index(ThreadingHTTPServer):
    """A simple index with one project."""

    def __init__(self, wheel_name: str = LINUX_WHEEL) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("uv-9.9.9.data/scripts/uv", PROGRAM)
        self.wheel_name, self.wheel = wheel_name, content.getvalue()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.logins: list[str | None] = []


class _Answers(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.logins.append(self.headers["Authorization"])
        href = f"../../files/{self.server.wheel_name}#sha256=0"
        page = f'<a href="../../files/uv-9.9.8-py3-none-any.whl">old</a><a href="{href}">x</a>'
        body = {"/simple/uv/": page.encode(), f"/files/{self.server.wheel_name}": self.server.wheel}.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the base class names it so
        """Keep the test's output quiet."""


@pytest.fixture(autouse=True)
def only_this_homes_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_index, "MACHINE_FILES", ())


@pytest.fixture
def index() -> Iterator[Index]:
    with Index() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def lock(folder: Path, *wheels: bytes) -> Path:
    path = folder / "uv.lock"
    hashes = " \\\n    ".join(f"--hash=sha256:{hashlib.sha256(wheel).hexdigest()}" for wheel in wheels)
    path.write_text(f"uv==9.9.9 \\\n    {hashes}\n")
    return path


def environment(home: Path, index: Index, login: str = "") -> dict[str, str]:
    return {"HOME": str(home), "PIP_INDEX_URL": index.address.replace("//", f"//{login}") + "/simple"}


def test_uv_comes_from_the_configured_index(tmp_path: Path, index: Index) -> None:
    program = tmp_path / "tools" / "uv"
    fetch_uv(lock(tmp_path, b"another machine's", index.wheel), program, environment(tmp_path, index))
    assert program.read_bytes() == PROGRAM
    assert program.stat().st_mode & 0o777 == 0o755


def test_a_wheel_with_another_hash_is_not_unpacked(tmp_path: Path, index: Index) -> None:
    program = tmp_path / "uv"
    with pytest.raises(FetchError, match="another sha256"):
        fetch_uv(lock(tmp_path, b"what was pinned"), program, environment(tmp_path, index))
    assert not program.exists()


def test_an_index_without_a_wheel_for_this_machine_is_told(tmp_path: Path, index: Index) -> None:
    index.wheel_name = "uv-9.9.9-py3-none-win_amd64.whl"
    with pytest.raises(FetchError, match=r"has no uv 9\.9\.9 for this machine"):
        fetch_uv(lock(tmp_path, index.wheel), tmp_path / "uv", environment(tmp_path, index))


def test_a_login_in_the_address_is_used_and_never_shown(tmp_path: Path, index: Index) -> None:
    fetch_uv(lock(tmp_path, index.wheel), tmp_path / "uv", environment(tmp_path, index, "me:s%40fe@"))
    assert index.logins == ["Basic " + base64.b64encode(b"me:s@fe").decode()] * 2

    with pytest.raises(FetchError) as error:
        fetch_uv(lock(tmp_path, b"other"), tmp_path / "uv2", environment(tmp_path, index, "me:s%40fe@"))
    assert "s%40fe" not in str(error.value)


def test_an_index_that_is_not_there_is_named(tmp_path: Path) -> None:
    nowhere = {"HOME": str(tmp_path), "PIP_INDEX_URL": "http://127.0.0.1:1/simple"}
    with pytest.raises(FetchError, match=r"127\.0\.0\.1:1 could not be read"):
        fetch_uv(lock(tmp_path, b""), tmp_path / "uv", nowhere)


def test_the_environment_wins_over_the_user_file_and_that_over_the_older_one(tmp_path: Path) -> None:
    for path, url in ((".pip", "http://older"), (".config/pip", "http://newer")):
        (tmp_path / path).mkdir(parents=True)
        (tmp_path / path / "pip.conf").write_text(f"[global]\nindex-url = {url}\ncert = {path}.pem\n")
    home = {"HOME": str(tmp_path)}
    assert pip_settings(home) == {"index-url": "http://newer", "cert": ".config/pip.pem"}
    assert pip_settings(home | {"PIP_INDEX_URL": "http://mine"})["index-url"] == "http://mine"


def test_uv_gets_what_pip_was_told(tmp_path: Path) -> None:
    told = uv_environment(
        {
            "HOME": str(tmp_path),
            "PIP_INDEX_URL": "http://mirror/simple",
            "PIP_EXTRA_INDEX_URL": "http://a http://b",
            "PIP_FIND_LINKS": "/one /two",
            "PIP_TRUSTED_HOST": "mirror",
            "PIP_CERT": "/ca.pem",
        }
    )
    assert told["UV_DEFAULT_INDEX"] == "http://mirror/simple"
    assert told["UV_INDEX"] == "http://a http://b"
    assert told["UV_FIND_LINKS"] == "/one,/two"
    assert told["UV_INSECURE_HOST"] == "mirror"
    assert told["SSL_CERT_FILE"] == "/ca.pem"


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_uvs_own_settings_win(tmp_path: Path, name: str) -> None:
    told = uv_environment({"HOME": str(tmp_path), "PIP_INDEX_URL": "http://pips", name: "http://uvs"})
    assert [value for key, value in told.items() if key.startswith("UV_")] == ["http://uvs"]
