from __future__ import annotations

import pytest

from worker.pull_request_template import find


@pytest.mark.parametrize(
    ("files", "path"),
    [
        (["a.py", ".github/PULL_REQUEST_TEMPLATE.md"], ".github/PULL_REQUEST_TEMPLATE.md"),
        (["Pull_Request_Template.txt"], "Pull_Request_Template.txt"),
        (["docs/pull_request_template.md", "pull_request_template.md"], "pull_request_template.md"),
        (["pull_request_template.md", ".github/pull_request_template"], ".github/pull_request_template"),
        (["src/pull_request_template.md", ".github/my_pull_request_template.md"], None),
        ([".github/PULL_REQUEST_TEMPLATE/one.md"], None),
        ([], None),
    ],
)
def test_the_template_is_found_where_github_finds_it(files: list[str], path: str | None) -> None:
    assert find(files) == path
