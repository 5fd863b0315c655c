from typing import Any

import pytest

from worker.errors import Reason, Retry
from worker.github.errors import Moved, Problem, Rejected
from worker.github.redirects import moved_to, new_name


class Paths:
    """Answers every path with `answer`, or raises it."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, path: str) -> Any:
        self.asked.append(path)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_an_id_is_looked_up_on_our_own_server() -> None:
    get = Paths({"full_name": "acme/store"})
    assert new_name("https://elsewhere.example/repositories/77/issues/1?page=2", get) == "acme/store"
    assert get.asked == ["/repositories/77"]


def test_a_name_in_the_address_needs_no_request() -> None:
    get = Paths(None)
    assert new_name("https://api.github.com/repos/acme/store/issues/1", get) == "acme/store"
    assert get.asked == []


@pytest.mark.parametrize("answer", [Moved("x"), Rejected("GET /x", 404, Problem()), {}, {"full_name": 5}, [], None])
def test_a_place_that_cannot_be_seen_has_no_name(answer: object) -> None:
    assert new_name("/repositories/77", Paths(answer)) is None
    assert "may not see" in moved_to(None).sentence


@pytest.mark.parametrize("location", ["", "/login", "https://example.com/"])
def test_a_redirect_to_no_repository_has_no_name(location: str) -> None:
    get = Paths(None)
    assert new_name(location, get) is None
    assert get.asked == []


def test_no_answer_about_the_new_place_is_tried_again_later() -> None:
    with pytest.raises(Retry):
        new_name("/repositories/77", Paths(Retry(Reason.FORGE_UNAVAILABLE, "down")))


def test_the_person_is_told_the_new_name() -> None:
    refused = moved_to("acme/store")
    assert refused.reason is Reason.REPOSITORY
    assert "renamed" in refused.sentence
    assert "acme/store; use the new name" in refused.sentence
