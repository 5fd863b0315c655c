"""What git and the server say, and what it means for the task."""

from __future__ import annotations

import time

import pytest

from worker.errors import PatchferryError, Reason, Refused, Retry
from worker.git.failures import GitFailedError, local_failure, readable, remote_failure
from worker.git.rejections import push_failure

HOST = "github.com"
URL = "https://github.com/acme/shop.git/"
FORBIDDEN = f"fatal: unable to access '{URL}': The requested URL returned error: 403"


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        (f"remote: Repository not found.\nfatal: repository '{URL}' not found", Reason.REPOSITORY),
        ("fatal: couldn't find remote ref refs/heads/main", Reason.REPOSITORY),
        (f"fatal: {URL}info/refs not valid: is this a git repository?", Reason.REPOSITORY),
        (f"fatal: unable to access '{URL}': The requested URL returned error: 301", Reason.REPOSITORY),
        (f"fatal: unable to access '{URL}': The requested URL returned error: 410", Reason.REPOSITORY),
        (
            f"remote: This repository was archived so it is read-only.\n{FORBIDDEN}",
            Reason.REPOSITORY,
        ),
        ("fatal: mismatched algorithms: client sha1; server sha256", Reason.REPOSITORY),
        (f"fatal: Authentication failed for '{URL}'", Reason.CREDENTIALS),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", Reason.CREDENTIALS),
        (
            f"remote: Permission to acme/shop.git denied to bot.\n{FORBIDDEN}",
            Reason.CREDENTIALS,
        ),
        (
            f"fatal: unable to access '{URL}': server certificate verification failed. CAfile: none CRLfile: none",
            Reason.CONFIGURATION,
        ),
        (
            f"fatal: unable to access '{URL}': SSL certificate problem: self-signed certificate in certificate chain",
            Reason.CONFIGURATION,
        ),
        (
            f"fatal: unable to access '{URL}': SSL: certificate subject name 'a' does not match target host name 'b'",
            Reason.CONFIGURATION,
        ),
        (f"fatal: unable to access '{URL}': error reading ca cert file /x (Error while reading)", Reason.CONFIGURATION),
        (f"fatal: unable to access '{URL}': CONNECT tunnel failed, response 407", Reason.CONFIGURATION),
        (f"fatal: unable to access '{URL}': Received HTTP code 407 from proxy after CONNECT", Reason.CONFIGURATION),
        ("fatal: invalid refspec 'abc:refs/heads/a..b'", Reason.CONFIGURATION),
    ],
)
def test_a_failure_that_would_happen_again_is_refused(stderr: str, reason: Reason) -> None:
    failure = remote_failure("clone", HOST, stderr.encode())

    assert isinstance(failure, Refused)
    assert failure.reason is reason


@pytest.mark.parametrize(
    "stderr",
    [
        *(
            f"fatal: unable to access '{URL}': The requested URL returned error: {code}"
            for code in (429, 500, 502, 503)
        ),
        f"fatal: unable to access '{URL}': Could not resolve host: github.com",
        f"fatal: unable to access '{URL}': Failed to connect to github.com port 443 after 3 ms: Connection refused",
        f"fatal: unable to access '{URL}': Operation too slow. Less than 1 bytes/sec transferred the last 60 seconds",
        f"fatal: unable to access '{URL}': Empty reply from server",
        f"fatal: unable to access '{URL}': CONNECT tunnel failed, response 503",
        f"fatal: unable to access '{URL}': gnutls_handshake() failed: The TLS connection was non-properly terminated.",
        "error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: early EOF",
        "fatal: the remote end hung up unexpectedly",
        "fatal: protocol error: bad pack header",
        "something that nobody has seen before",
        "",
    ],
)
def test_trouble_on_the_way_is_retried(stderr: str) -> None:
    failure = remote_failure("clone", HOST, stderr.encode())

    assert isinstance(failure, Retry)
    assert failure.reason is Reason.FORGE_UNAVAILABLE


@pytest.mark.parametrize("name", ["certificate-problem", "rate-limit", "not-found", "Authentication-failed", "tls"])
def test_the_name_of_a_repository_is_no_message(name: str) -> None:
    stderr = f"fatal: unable to access 'https://github.com/acme/{name}.git/': The requested URL returned error: 503"

    failure = remote_failure("clone", HOST, stderr.encode())

    assert (type(failure), failure.reason) == (Retry, Reason.FORGE_UNAVAILABLE)


def test_a_refused_token_comes_with_the_server_s_words() -> None:
    stderr = (
        "remote: The 'acme' organization has enabled or enforced SAML SSO.\n"
        "fatal: unable to access '': The requested URL returned error: 403"
    )

    failure = remote_failure("push", HOST, stderr.encode())

    assert failure.reason is Reason.CREDENTIALS
    assert "enforced SAML SSO" in failure.sentence


@pytest.mark.parametrize(
    "stderr", [b"fatal: write error: No space left on device", b"error: unable to write file x: Disk quota exceeded"]
)
def test_a_full_disk_is_told_as_such_wherever_it_is_met(stderr: bytes) -> None:
    for failure in (local_failure("add", stderr), remote_failure("clone", HOST, stderr)):
        assert isinstance(failure, Retry)
        assert "no space left in PATCHFERRY_WORKSPACE_DIR" in failure.sentence


def test_a_local_failure_that_nothing_explains_is_a_bug() -> None:
    failure = local_failure("write-tree", b"error: invalid object")

    assert isinstance(failure, GitFailedError)
    assert not isinstance(failure, PatchferryError)


def rejected(reason: str, *remote: str) -> PatchferryError:
    """The failure of a push that git describes as `! [remote rejected] ... (reason)`."""
    stdout = f"To {URL}\n!\tabc:refs/heads/patchferry/1\t{reason}\nDone\n"
    stderr = "".join(f"remote: {line}        \n" for line in remote) + f"error: failed to push some refs to '{URL}'\n"
    return push_failure("patchferry/1", HOST, stdout.encode(), stderr.encode())


@pytest.mark.parametrize(
    "reason",
    [
        "[rejected] (stale info)",
        "[rejected] (fetch first)",
        "[remote rejected] (cannot lock ref 'refs/heads/x': reference already exists)",
        "[remote rejected] (cannot lock ref 'refs/heads/x': is at 1f but expected 2e)",
    ],
)
def test_a_lease_that_fails_means_that_the_branch_moved(reason: str) -> None:
    failure = rejected(reason)

    assert (type(failure), failure.reason) == (Refused, Reason.BRANCH_MOVED)


def test_a_branch_that_moved_during_the_push_is_told_by_the_server() -> None:
    moved = rejected("[remote rejected] (failed to update ref)", "error: cannot lock ref 'r': is at 1f but expected 2e")
    trouble = rejected("[remote rejected] (failed to update ref)", "error: cannot lock ref 'r': Permission denied")

    assert (type(moved), moved.reason) == (Refused, Reason.BRANCH_MOVED)
    assert (type(trouble), trouble.reason) == (Retry, Reason.FORGE_UNAVAILABLE)


@pytest.mark.parametrize(
    ("reason", "remote", "words"),
    [
        (
            "[remote rejected] (protected branch hook declined)",
            ["error: GH006: Protected branch update failed for refs/heads/main."],
            "GH006: Protected branch update failed",
        ),
        (
            "[remote rejected] (push declined due to repository rule violations)",
            [
                "error: GH013: Repository rule violations found.",
                "- Cannot create ref due to creations being restricted.",
            ],
            "Cannot create ref due to creations being restricted",
        ),
        (
            "[remote rejected] (pre-receive hook declined)",
            ["error: commit 1f is no. 3 but expected no. 2", "error: the rate limit of this hook is 1"],
            "is no. 3 but expected no. 2",
        ),
        (
            "[remote rejected] (refusing to allow a Personal Access Token to create or update workflow)",
            [],
            "refusing to allow a Personal Access Token",
        ),
    ],
)
def test_a_rule_that_refuses_a_push_is_named(reason: str, remote: list[str], words: str) -> None:
    failure = rejected(reason, *remote)

    assert (type(failure), failure.reason) == (Refused, Reason.PUSH_REFUSED)
    assert words in failure.sentence


def test_a_branch_in_the_way_is_told() -> None:
    failure = rejected("[remote rejected] (directory file conflict)")

    assert (type(failure), failure.reason) == (Refused, Reason.PUSH_REFUSED)
    assert "in the way" in failure.sentence


@pytest.mark.parametrize(
    "reason", ["(Internal Server Error)", "(unpacker error)", "(missing necessary objects)", "(timed out)"]
)
def test_a_server_in_trouble_is_asked_again_later(reason: str) -> None:
    failure = rejected(f"[remote rejected] {reason}")

    assert (type(failure), failure.reason) == (Retry, Reason.FORGE_UNAVAILABLE)


def test_a_push_that_got_no_answer_is_read_like_a_fetch() -> None:
    failure = push_failure("patchferry/1", HOST, b"", b"fatal: the remote end hung up unexpectedly")

    assert (type(failure), failure.reason) == (Retry, Reason.FORGE_UNAVAILABLE)


def test_a_server_can_neither_colour_nor_reverse_nor_flood_a_sentence() -> None:
    failure = rejected("[remote rejected] (no)", "\x1b[31mred\x1b[0m \u202eesrever\u200b\x07", "x" * 5_000)

    assert "red esrever" in failure.sentence
    assert len(failure.sentence) < 800
    assert "\n" not in failure.sentence


def test_progress_lines_do_not_hide_behind_carriage_returns() -> None:
    assert readable(b"remote: Counting 1\rremote: Counting 2\nfatal: bad\n") == "Counting 1\nCounting 2\nfatal: bad"


@pytest.mark.parametrize(
    "words", ["Remote branch ", "repository ", "Permission to ", "unable to write file ", "\x1b[", "x"]
)
def test_any_number_of_words_from_a_server_is_read_in_no_time_and_the_end_counts(words: str) -> None:
    flood = (words * 5_000_000)[:20_000_000].encode()
    started = time.process_time()
    failure = remote_failure("clone", HOST, b"remote: " + flood + f"\n{FORBIDDEN}\n".encode())
    push_failure("main", HOST, flood, flood)
    assert time.process_time() - started < 2
    assert failure.reason is Reason.CREDENTIALS


@pytest.mark.parametrize(
    "stderr",
    [
        "fatal: Out of memory, malloc failed (tried to allocate 1048576 bytes)",
        "error: index-pack died of signal 25\nfatal: fetch-pack: invalid index-pack output",
    ],
)
def test_what_is_over_the_limits_of_a_git_process_is_too_large(stderr: str) -> None:
    for failure in (remote_failure("clone", HOST, stderr.encode()), local_failure("read-tree", stderr.encode())):
        assert isinstance(failure, Refused)
        assert failure.reason is Reason.TOO_LARGE
