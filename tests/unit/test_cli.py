from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from patchferry import cli
from patchferry.cli import COMMANDS
from patchferry.exits import Exit
from worker.config import ConfigurationError
from worker.errors import CutOff, Reason, Refused, Retry

HEAVY = (
    "aider", "aio_pika", "faststream", "git", "github", "httpx", "jinja2", "litellm", "ollama", "pydantic", "requests",
    "structlog", "worker",
)  # fmt: skip
Call = Callable[..., tuple[int, str, str]]
Fail = Callable[[BaseException], tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run the command line in this process; returns the exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["patchferry", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return run


@pytest.fixture
def fail_with(call: Call, monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Run a command that raises an exception."""

    def run(error: BaseException) -> tuple[int, str, str]:
        def command() -> None:
            raise error

        module = ModuleType("patchferry.commands.worker")
        module.__dict__["command"] = command
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return call("worker")

    return run


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)])
def test_help_imports_nothing_that_is_slow(arguments: list[str], tmp_path: Path) -> None:
    program = (
        "import json, pathlib, sys\n"
        "from patchferry.cli import main\n"
        "sys.argv = json.loads(sys.argv[1])\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "pathlib.Path('modules').write_text(json.dumps(list(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program, json.dumps(["patchferry", *arguments])]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    imported = {name.partition(".")[0] for name in json.loads((tmp_path / "modules").read_text())}
    assert sorted(imported.intersection(HEAVY)) == []


def test_help_names_every_command(call: Call) -> None:
    code, out, _ = call("--help")
    assert code == 0
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_module_and_its_help(call: Call, name: str) -> None:
    code, out, _ = call(name, "-h")
    assert code == 0
    assert f"patchferry {name}" in out


def test_a_module_of_a_command_is_in_the_list() -> None:
    modules = {path.stem for path in (Path(cli.__file__).parent / "commands").glob("*.py")} - {"__init__"}
    assert modules == set(COMMANDS)


def test_the_version_goes_to_stdout(call: Call) -> None:
    code, out, err = call("--version")
    assert (code, err) == (0, "")
    assert out.startswith("patchferry ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["submti"], "No such command 'submti'. Did you mean 'submit'?"),
        (["settings", "-o", "xml"], "'xml' is not one of 'text', 'json'. See `patchferry settings --help`."),
        (["submit"], "Missing argument 'OWNER/REPO#N'."),
        (["doctor", "--nope"], "No such option: --nope"),
        (["doctor", "nope"], "Got unexpected extra argument (nope). See `patchferry doctor --help`."),
    ],
)
def test_wrong_usage_is_code_2_and_one_line_on_stderr(call: Call, arguments: list[str], says: str) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_no_arguments_show_the_help_as_wrong_usage(call: Call) -> None:
    code, out, err = call()
    assert code == 2
    assert "Usage: patchferry" in out + err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Refused(Reason.NO_CHANGE, "the model changed nothing"), Exit.FAILED, ["the model changed nothing"]),
        (Retry(Reason.FORGE_UNAVAILABLE, "GitHub answered 502"), Exit.FAILED, ["GitHub answered 502"]),
        (Refused(Reason.CONFIGURATION, "GITHUB_TOKEN is not set"), Exit.MISSING, ["GITHUB_TOKEN is not set"]),
        (Refused(Reason.CREDENTIALS, "the token was refused"), Exit.MISSING, ["the token was refused"]),
        (Retry(Reason.BROKER_UNAVAILABLE, "RabbitMQ is not there"), Exit.MISSING, ["RabbitMQ is not there"]),
        (ConfigurationError(["A is wrong.", "B is wrong."]), Exit.MISSING, ["A is wrong.", "B is wrong."]),
        (CutOff(Reason.INTERRUPTED, "the worker was stopped"), Exit.CUT_OFF, ["the worker was stopped"]),
        (KeyboardInterrupt(), Exit.INTERRUPTED, []),
    ],
)
def test_an_expected_error_is_its_exit_code_and_its_sentences(
    fail_with: Fail, error: BaseException, code: Exit, said: list[str]
) -> None:
    assert fail_with(error) == (code, "", "".join(f"patchferry: {sentence}\n" for sentence in said))


def test_a_bug_is_not_hidden(fail_with: Fail) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_with(ZeroDivisionError())


def test_completion_knows_commands_and_the_options_of_each(tmp_path: Path) -> None:
    def complete(words: str, place: int) -> list[str]:
        environment = {"_PATCHFERRY_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(place)}
        program = "from patchferry.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.stdout.split()

    assert complete("patchferry s", 1) == ["submit", "settings"]
    assert complete("patchferry doctor --out", 2) == ["--output"]


def test_settings_are_a_table_for_people_and_json_for_programs(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_TOKEN", "planted-token")
    (tmp_path / ".env").write_text("PATCHFERRY_TASK_TIMEOUT=77\n")
    code, text, _ = call("settings")
    assert code == 0
    assert ["PATCHFERRY_TASK_TIMEOUT", "77", ".env"] in [line.split() for line in text.splitlines()]
    code, text, err = call("settings", "-o", "json")
    rows = {row["variable"]: row for row in json.loads(text)}
    assert (code, err) == (0, "")
    assert rows["GITHUB_TOKEN"] == {"variable": "GITHUB_TOKEN", "value": "********", "source": "environment"}
    assert rows["PATCHFERRY_CACHE_DIR"]["value"] is None
    assert "planted-token" not in text


def test_settings_that_cannot_be_used_are_code_3_with_a_line_for_each_problem(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHFERRY_MODLE", "x")
    monkeypatch.setenv("PATCHFERRY_TASK_TIMEOUT", "x")
    code, out, err = call("settings")
    assert (code, out) == (3, "")
    assert [line.split()[1] for line in err.splitlines()] == ["PATCHFERRY_MODLE", "PATCHFERRY_TASK_TIMEOUT"]
