"""How texts are taken apart and compared."""

from __future__ import annotations

import pytest

from worker.selection.question import read_question
from worker.selection.relevance import relevance
from worker.selection.terms import Document, Tally, terms_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("parsing", "parsed"),
        ("merges", "merging"),
        ("removed", "removes"),
        ("serializer", "serialization"),
        ("dependency", "dependencies"),
        ("stubbing", "stubs"),
        ("classes", "Class"),
        ("parseHeaders", "PARSED_HEADER"),
        ("HTTPServer", "http_servers"),
    ],
)
def test_forms_of_a_word_and_of_a_name_have_the_same_terms(one: str, other: str) -> None:
    assert terms_of(one) == terms_of(other)


@pytest.mark.parametrize(("one", "other"), [("stock", "stack"), ("cart", "car"), ("css", "cs"), ("form", "from")])
def test_other_words_have_other_terms(one: str, other: str) -> None:
    assert terms_of(one) != terms_of(other)


def test_a_tally_counts_what_was_asked_for_inside_names_too() -> None:
    document = Tally({"cart", "deep stub"}).read("cart = ShoppingCart()  # the carts\nreturns_deep_stubs(DEEP, stub)\n")

    assert document.counts == {"cart": 3, "deep stub": 1}
    assert document.length == 7


def test_the_title_weighs_more_and_common_words_nothing() -> None:
    question = read_question("Fix the rounding\n\nTotals of the cart are wrong. See the cart.")

    assert question.terms["round"] > question.terms["cart"] > question.terms["total"]
    assert not question.terms.keys() & {"fix", "the", "wrong"}
    assert question.words["round"] == "rounding"


def test_neighbours_are_pairs_within_a_clause_only() -> None:
    pairs = read_question("Deep stubs of generics. Bounds are lost").pairs

    assert "deep stub" in pairs
    assert not any("bound" in pair and "gener" in pair for pair in pairs)


def test_a_rare_term_beats_a_frequent_one_and_a_longer_document_is_marked_down_a_little() -> None:
    documents = {
        "rare": Document(100, {"vat": 1}),
        "frequent": Document(100, {"total": 1}),
        "long": Document(1_000, {"total": 1}),
        "other": Document(100, {"total": 1}),
        "none": Document(100, {}),
    }

    scores = relevance({"vat": 1.0, "total": 1.0}, documents)

    assert scores["rare"] > scores["frequent"] > scores["long"] > scores["frequent"] / 3
    assert "none" not in scores


def test_repetitions_count_less_and_less() -> None:
    documents = {f"{times}": Document(100, {"cart": times}) for times in (1, 2, 40, 80)} | {"none": Document(100, {})}

    scores = relevance({"cart": 1.0}, documents)

    assert scores["2"] - scores["1"] > scores["80"] - scores["40"] > 0


def test_nothing_asked_and_nothing_there_score_nothing() -> None:
    assert relevance({}, {"a": Document(1, {})}) == {}
    assert relevance({"a": 1.0}, {}) == {}
