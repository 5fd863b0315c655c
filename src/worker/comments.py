"""Every sentence that Patchferry posts: status comments, pull request texts, commit messages."""

from __future__ import annotations

import re

from worker import markers
from worker.markdown import code, cut, inert, one_line, unlinked, without_closing
from worker.ports import Author, Diff
from worker.report import RunReport, changed, counted, table
from worker.tasks import Rules, Task

_SUBJECT_LENGTH = 72
_TITLE_LENGTH = 200
_SAID_LENGTH = 6_000
_LISTED_FILES = 30
_CONVENTIONAL = re.compile(
    r"^(feat|fix|docs|style|refactor|perf|test|build|ci|chore|revert)(\([^)]*\))?!?:\s*", re.IGNORECASE
)
_FEATURE = re.compile(r"^(add|implement|introduce|support|allow|provide|enable|feature)\b", re.IGNORECASE)
_DOCUMENTATION = re.compile(r"^(docs?|document|documentation|readme|typo)\b", re.IGNORECASE)


def status(task_id: str, state: markers.State, text: str) -> str:
    """The status comment of a task, with its marks."""
    head = f"{markers.marker(task_id, 'status')}\n{markers.state_marker(state)}"
    return f"{head}\n{text}\n\n<sub>Patchferry · task `{task_id}`</sub>"


def working() -> str:
    return "👀 On it: reading the repository and asking the model. This comment will tell how it ended."


def opened(url: str, *, draft: bool, wanted_draft: bool, report: RunReport | None) -> str:
    kind = "Draft pull request" if draft else "Pull request"
    if wanted_draft and not draft:
        kind += " (not a draft: the plan of this repository has none)"
    facts = "" if report is None else f"\n\nChanged: {changed(report)}."
    return f"✅ {kind}: {url}{facts}"


def already_open(url: str) -> str:
    return f"✅ There is an open pull request for this issue already: {url}\n\nComment on it to have it changed."


def already_ended(url: str, *, merged: bool) -> str:
    how = "merged" if merged else "closed"
    again = "It is not opened again; set the label anew for a new try."
    return f"✅ The pull request of this task was {how}: {url}\n\n{again}"


def failed(sentence: str, *, said: str = "", usage: str = "") -> str:
    spent = f"\n\nSpent: {usage}." if usage else ""
    model = f"\n\n{quoted('What the model said (not verified)', said)}" if said.strip() else ""
    return f"❌ No pull request: {_sentence(sentence)}{spent}{model}"


def waiting(sentence: str, *, until: str) -> str:
    return f"⏳ Waiting: {_sentence(sentence)} Next try at {until}."


def gave_up(sentence: str, attempts: int) -> str:
    return f"❌ Gave up after {counted(attempts, 'attempt')}: {_sentence(sentence)}"


def broken(task_id: str) -> str:
    return f"❌ Gave up: something broke in Patchferry itself. The operator finds it in the log as task `{task_id}`."


def title(rules: Rules, task: Task, issue_title: str) -> str:
    """The pull request's title: one line, by the operator's template; it becomes a commit's when that is squashed."""
    plain = one_line(issue_title) or "Change requested"
    kind = conventional_type(plain)
    if "{type}" in rules.title_template:
        plain = _CONVENTIONAL.sub("", plain) or plain
    made = rules.title_template.format(title=plain, issue=task.issue or "", type=kind)
    return _subject(made, _TITLE_LENGTH, task)


def conventional_type(plain: str) -> str:
    """The Conventional Commits type that a title asks for; a fix unless it says otherwise."""
    if found := _CONVENTIONAL.match(plain):
        return found.group(1).lower()
    if _FEATURE.match(plain):
        return "feat"
    return "docs" if _DOCUMENTATION.match(plain) else "fix"


def commit_message(task: Task, rules: Rules, subject: str, author: Author, model: str) -> str:
    """Subject and trailers, each on one line whatever the issue's title holds."""
    trailers = [f"Patchferry-Task: {task.id}", f"Requested-by: {task.requested_by}"]
    if rules.co_author:
        trailers.append(f"Co-authored-by: {one_line(rules.co_author.format(model=model))}")
    if rules.sign_off:
        trailers.append(f"Signed-off-by: {author.name} <{author.email}>")
    fixes = f"Fixes #{task.issue}\n\n" if task.issue else ""
    return f"{_subject(subject, _SUBJECT_LENGTH, task)}\n\n{fixes}" + "\n".join(trailers) + "\n"


def pull_request_body(task: Task, diff: Diff, report: RunReport, said: str, template: str | None) -> str:
    """What changed and how it was made; the repository's own template is kept below."""
    parts = [
        f"Fixes #{task.issue}" if task.issue else "",
        f"Requested by @{task.requested_by}." if task.issue else "",
        _changes(diff),
        quoted("What the model said (not verified)", said) if said.strip() else "",
        report_block(task, report),
        _template(template or ""),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def resumed_body(task: Task, sha: str, files: tuple[str, ...]) -> str:
    """The body of a pull request whose branch an earlier, interrupted run had pushed."""
    fixes = f"Fixes #{task.issue}\n\n" if task.issue else ""
    names = "\n".join(f"- {code(name)}" for name in files[:_LISTED_FILES])
    lost = (
        f"An earlier run pushed `{sha}` and was interrupted before it could open this pull request: "
        "what it measured (tokens, cost, durations) is lost.\n\nSandbox: none: no tests were run."
    )
    block = f"{markers.marker(task.id, 'report')}\n{lost}\n{markers.REPORT_END}"
    return f"{fixes}### What changed\n\n{names}\n\n{block}\n"


def report_block(task: Task, report: RunReport) -> str:
    """The part of a pull request's body that later runs bring up to date."""
    folded = f"<details><summary>Run report</summary>\n\n{table(report)}\n\n</details>"
    return f"{markers.marker(task.id, 'report')}\n{folded}\n{markers.REPORT_END}"


def quoted(summary: str, text: str) -> str:
    """Hostile text, folded, in a fence longer than any it holds: no mention, link or keyword in it acts."""
    seen = markers.defused("".join(char for char in text.strip() if char in "\n\t" or char.isprintable()))
    kept = cut(seen, _SAID_LENGTH)
    longest = max((len(run) for run in re.findall(r"`+", kept)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"<details><summary>{summary}</summary>\n\n{fence}text\n{kept}\n{fence}\n\n</details>"


def _changes(diff: Diff) -> str:
    lines = []
    for change in diff.changes[:_LISTED_FILES]:
        counts = "binary" if change.added is None else f"+{change.added} -{change.deleted}"
        lines.append(f"- {code(change.path)} ({change.status}, {counts})")
    if len(diff.changes) > _LISTED_FILES:
        lines.append(f"- and {len(diff.changes) - _LISTED_FILES} more")
    return "### What changed\n\n" + "\n".join(lines)


def _template(text: str) -> str:
    """The repository's own part. An example in it, such as `Fixes #123`, must not close that issue each time."""
    return f"---\n\n{without_closing(markers.defused(text.strip()))}" if text.strip() else ""


def _subject(text: str, longest: int, task: Task) -> str:
    """One line; a stranger's issue names whatever it likes, who types a request here means what it says."""
    plain = cut(one_line(text), longest)
    return plain if task.issue is None else unlinked(plain, task.issue)


def _sentence(text: str) -> str:
    plain = inert(one_line(text))
    if plain.split(" ", 1)[0].isalpha():  # a word, not the name of a model or a file
        plain = plain[:1].upper() + plain[1:]
    return plain if plain.endswith((".", "!", "?", ":")) else plain + "."
