"""Hits by meaning and by words, fused, with the figures that say how much to trust them."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from assistant.retrieval import Retrieval
from assistant.retrieval.search import relevance
from assistant.values import DocumentId, Hit, Passage, PassageId
from tests.assistant.retrieval.made import drawn, opened, put, unit


def hit(similarity: float | None, shared: float) -> Hit:
    return Hit(PassageId(1), DocumentId(1), "d", Passage("t", 0, 1), 0.1, similarity, shared)


def test_what_both_searches_find_comes_first(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        put(
            retrieval,
            "report",
            ["apples are red", "the moon is far", "apples grow on trees"],
            [unit(1), unit(0.9, 0.5), unit(0, 0, 1)],
        )
        hits = retrieval.search("Where do apples come from?", unit(1), 3)
        assert [hit.passage.ordinal for hit in hits] == [0, 2, 1]
        assert [hit.document for hit in hits] == ["report"] * 3
        assert hits[0].score == pytest.approx((2.0 + 1.0) / (10 + 1))  # first in both: weights 2 and 1, offset 10
        assert hits[0].similarity == pytest.approx(1.0, abs=1e-5)
        assert hits[1].similarity == pytest.approx(0.0, abs=1e-5)  # though only the words or a far vector found it
        assert hits[0].shared == hits[1].shared > hits[2].shared == 0.0


def test_only_so_many_come_back(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        put(retrieval, "one", [f"apple {number}" for number in range(60)], drawn(60))
        assert len(retrieval.search("apple", drawn(1)[0], 4)) == 4
        assert len(retrieval.search("apple", drawn(1)[0], 40)) == 40


def test_a_scope_holds_for_both_searches(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        put(retrieval, "one", ["an apple", "a pear"], [unit(1), unit(0, 1)])
        two = put(retrieval, "two", ["an apple too", "a plum"], [unit(1, 0.1), unit(0, 0, 1)])
        hits = retrieval.search("apple", unit(1), 10, scope={two.document.id})
        assert {hit.document_id for hit in hits} == {two.document.id}
        assert len(hits) == 2
        assert retrieval.search("apple", unit(1), 10, scope=()) == []


def test_without_a_vector_the_words_are_searched(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        put(retrieval, "one", ["an apple", "a pear"], [unit(1), unit(0, 1)])
        (found,) = retrieval.search("apple", b"", 10)
        assert found.passage.text == "an apple"
        assert found.similarity is None


def test_a_removed_document_is_never_found_again(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        stored = put(retrieval, "one", ["an apple"], [unit(1)])
        put(retrieval, "two", ["a pear"], [unit(0, 1)])
        retrieval.remove(stored.document.id)
        assert [hit.document for hit in retrieval.search("apple", unit(1), 10)] == ["two"]
        assert retrieval.count() == 1


def test_a_killed_child_does_not_stop_a_search(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        put(retrieval, "one", ["an apple", "a pear"], [unit(1), unit(0, 1)])
        for _ in range(2):
            pid = retrieval._index.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert [hit.passage.text for hit in retrieval.search("fruit", unit(0, 1), 1)] == ["a pear"]


def test_nothing_kept_is_nothing_found(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        assert retrieval.search("anything", unit(1), 4) == []
        assert retrieval.search("", b"", 4) == []


@pytest.mark.parametrize(
    ("similarity", "shared", "expected"),
    [(1.0, 1.0, 1.0), (0.5, 0.0, 0.35), (0.0, 1.0, 0.3), (-0.5, 0.0, 0.0), (None, 0.4, 0.0), (None, 0.5, 0.5)],
)
def test_relevance_is_meaning_and_words_together(similarity: float | None, shared: float, expected: float) -> None:
    assert relevance(hit(similarity, shared)) == pytest.approx(expected)


def test_what_is_not_relevant_is_left_out_in_the_same_order() -> None:
    hits = [hit(0.2, 0.0), hit(0.9, 0.5), hit(None, 0.2), hit(0.5, 0.5)]
    assert Retrieval.relevant(hits, 0.38) == [hits[1], hits[3]]
    assert Retrieval.relevant(hits, 0.0) == hits
