from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from worker.config.fields import GROUPS, variable

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "configuration_page.py"
PAGE = ROOT / "docs" / "CONFIGURATION.md"


def test_the_configuration_page_is_up_to_date() -> None:
    checked = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert checked.stderr == ""
    assert checked.returncode == 0


def test_the_page_has_a_row_for_every_setting() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| .+ \| .+\. \|$", PAGE.read_text(), re.MULTILINE)
    assert rows == [variable(name) for group in GROUPS for name in group.model_fields]


def test_a_stale_page_fails_the_check(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "docs").mkdir()
    copy = tmp_path / "scripts" / SCRIPT.name
    copy.write_text(SCRIPT.read_text())
    (tmp_path / "docs" / PAGE.name).write_text(PAGE.read_text().replace("3600", "3601"))
    checked = subprocess.run(
        [sys.executable, copy, "--check"], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert checked.returncode == 1
    assert "is stale" in checked.stderr
