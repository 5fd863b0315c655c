import pytest

from worker.errors import Reason, Refused
from worker.github import permission
from worker.github.errors import Problem, Rejected


@pytest.mark.parametrize("word", ["admin", "maintain", "write"])
def test_writers_may_ask(word: str) -> None:
    assert permission.allows(word)


@pytest.mark.parametrize("word", ["read", "triage", "none", "", "WRITE", "writer"])
def test_everybody_else_may_not(word: str) -> None:
    assert not permission.allows(word)


def test_a_person_who_is_no_collaborator_is_a_definite_no() -> None:
    assert permission.is_no(Rejected("GET /x", 404, Problem()))


@pytest.mark.parametrize("status", [403, 422, 451])
def test_another_rejection_is_our_problem_and_no_answer(status: int) -> None:
    with pytest.raises(Refused) as refused:
        permission.is_no(Rejected("GET /x", status, Problem()))
    assert refused.value.reason is Reason.CREDENTIALS
