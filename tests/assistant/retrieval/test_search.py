"""Hits by meaning and by words, fused, with the figures that say how much to trust them."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from assistant.retrieval import Retrieval, indexing
from assistant.retrieval.search import relevance
from assistant.values import DocumentId, Hit, Passage, PassageId, Stop
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


def of_two_companies(retrieval: Retrieval) -> None:
    """Two companies' reports of two years, which say the same of land, and of the rest nothing."""
    for company in ("Harrow", "Osprey"):
        for year in (2018, 2019):
            put(
                retrieval,
                f"{company} Industries 10-K {year}.pdf",
                ["Annual report of the company", "The value of land and buildings fell", "The cost of sales rose"],
                [unit(1, 0.1), unit(1), unit(0, 1)],
            )


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What was the value of land in the 2018 report of Osprey Industries?", "Osprey Industries 10-K 2018.pdf"),
        ("In Harrow's 10-K for 2019, what was the value of land?", "Harrow Industries 10-K 2019.pdf"),
        ("osprey 2019: value of land", "Osprey Industries 10-K 2019.pdf"),
    ],
)
def test_the_document_that_a_question_names_comes_first(tmp_path: Path, question: str, title: str) -> None:
    with opened(tmp_path) as retrieval:
        of_two_companies(retrieval)
        first = retrieval.search(question, unit(1), 4)[0]
        assert (first.document, first.passage.ordinal) == (title, 1)


def test_what_a_document_is_called_decides_nothing_where_another_speaks_of_it(tmp_path: Path) -> None:
    """The question names no document then, but what it is about."""
    with opened(tmp_path) as retrieval:
        put(retrieval, "Warsaw.txt", ["Its old town was rebuilt", "The river is the Vistula"], [unit(0.5), unit(0, 1)])
        put(retrieval, "12.txt", ["The uprising in Warsaw began in August"], [unit(1)])
        assert retrieval.search("When did the Warsaw uprising begin?", unit(1), 3)[0].document == "12.txt"


def test_names_follow_what_is_renamed_and_removed(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        of_two_companies(retrieval)
        question = "What was the value of land at Brandt Telecom?"
        retrieval.search(question, unit(1), 4)
        changed = next(one for one in retrieval.documents() if one.title.startswith("Osprey") and "2018" in one.title)
        retrieval.move(changed.id, Path("/made/Brandt Telecom.pdf"), 1, 1)
        assert retrieval.search(question, unit(1), 4)[0].document == "Brandt Telecom.pdf"
        retrieval.remove(changed.id)
        assert "Brandt Telecom.pdf" not in {hit.document for hit in retrieval.search(question, unit(1), 12)}


def test_names_outside_of_the_scope_are_none(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        of_two_companies(retrieval)
        inside = {one.id for one in retrieval.documents() if one.title.startswith("Harrow")}
        hits = retrieval.search("What was the value of land at Osprey Industries in 2018?", unit(1), 12, scope=inside)
        assert {hit.document_id for hit in hits} == inside


def test_an_untitled_document_is_named_by_how_it_begins(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        for number, name in enumerate(("Brenner", "Ashgrove"), 1):
            texts = [f"Service agreement with {name} Ltd", "Either side may end it", "It is renewed", "Fees are due"]
            put(retrieval, f"scan {number}.pdf", texts, [unit(1), unit(0.9, 0.1), unit(0, 1), unit(0, 0, 1)])
        hits = retrieval.search("Which side may end the one with Ashgrove?", unit(0.9, 0.1), 4)
        assert (hits[0].document, hits[0].passage.ordinal) == ("scan 2.pdf", 1)


def test_what_stands_before_and_after_a_passage(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        one = put(retrieval, "one", ["first", "second", "third"], drawn(3))
        put(retrieval, "two", ["other"], drawn(1))
        first, second, third = one.passages
        around = retrieval.around([second, first])
        before, after = around[second].before, around[second].after
        assert before is not None
        assert after is not None
        assert (before[0], after[0]) == (first, third)
        assert before[1].text == "first"
        assert around[first].before is None


@pytest.mark.parametrize("kept_by", ["this Privet", "an earlier one"])
def test_the_names_of_documents_are_read_before_the_first_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept_by: str
) -> None:
    read: list[str] = []

    def words_of(title: str) -> str:
        read.append(title)
        return title

    with opened(tmp_path) as retrieval:
        put(retrieval, "Lease of Harrow Mill", ["The rent."], drawn(1))
        assert retrieval.search("What is the rent?", b"", 1)
    with opened(tmp_path) as retrieval:
        if kept_by == "an earlier one":
            with retrieval._library._vault.write() as connection:
                connection.execute("UPDATE meta SET value = '' WHERE key = ?", (indexing._KEY,))
        monkeypatch.setattr("assistant.retrieval.naming.title_words", words_of)
        list(retrieval.ensure(Stop()))
        before = len(read)
        assert retrieval.search("What is the rent of Harrow Mill?", b"", 1)
    # Where the index of words is made again with the first question, names are read from what it is then.
    assert (before, len(read)) == ((1, 1) if kept_by == "this Privet" else (0, 1))
