"""Fusion by rank, cosine and shared words, each worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval import reciprocal_rank_fusion
from assistant.retrieval.fusion import cosine, shared_words
from assistant.values import PassageId
from tests.assistant.retrieval.made import unit


def ids(*numbers: int) -> list[PassageId]:
    return [PassageId(number) for number in numbers]


def test_the_sum_of_inverse_ranks_decides() -> None:
    fused = reciprocal_rank_fusion([ids(1, 2, 3), ids(3, 4)], k=60)
    assert [id_ for id_, _ in fused] == [3, 1, 2, 4]
    assert dict(fused) == {3: 1 / 63 + 1 / 61, 1: 1 / 61, 2: 1 / 62, 4: 1 / 62}


def test_first_in_both_lists_stays_first_and_nothing_gives_nothing() -> None:
    assert reciprocal_rank_fusion([ids(9, 1), ids(9, 2)])[0] == (9, 2 / 61)
    assert reciprocal_rank_fusion([[], []]) == []
    weighed = reciprocal_rank_fusion([ids(1), ids(2)], 10, (1.0, 2.0))
    assert weighed == [(2, 2 / 11), (1, 1 / 11)]
    assert reciprocal_rank_fusion([]) == []


@given(st.lists(st.lists(st.integers(1, 50), unique=True, max_size=20), max_size=4))
def test_every_passage_comes_once_and_scores_fall(rankings: list[list[int]]) -> None:
    fused = reciprocal_rank_fusion([ids(*ranking) for ranking in rankings])
    assert {id_ for id_, _ in fused} == {id_ for ranking in rankings for id_ in ranking}
    assert len(fused) == len({id_ for id_, _ in fused})
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)


def test_cosine() -> None:
    assert cosine(unit(1), unit(1)) == 1.0
    assert cosine(unit(1), unit(0, 1)) == 0.0
    assert cosine(unit(1), unit(-1)) == -1.0
    nearly = cosine(unit(1), unit(1, 1))
    assert nearly is not None
    assert math.isclose(nearly, math.sqrt(0.5), abs_tol=1e-6)


@pytest.mark.parametrize(("one", "other"), [(b"", b""), (b"abc", b"abc"), (unit(1), unit(1, dimensions=8))])
def test_what_cannot_be_compared_has_no_cosine(one: bytes, other: bytes) -> None:
    assert cosine(one, other) is None


@pytest.mark.parametrize(
    ("words", "text", "share"),
    [
        (("company", "revenue"), "The companies' revenues fell.", 1.0),
        (("company", "revenue"), "A revenue.", 0.5),
        (("restructuring",), "They restructured; it was restructured.", 1.0),
        (("grösse",), "Die Größe.", 1.0),
        (("café",), "Das Cafe\u0301.", 1.0),
        (("art",), "An artist parted.", 0.0),
        ((), "Anything", 0.0),
    ],
)
def test_shared_words(words: tuple[str, ...], text: str, share: float) -> None:
    assert shared_words(words, text) == share
