"""Passages hold all of a document's text, fit the embedder, and stay on their page and in their section."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ingestion import chunk
from assistant.ingestion.pieces import MAX_PASSAGE_CHARACTERS
from assistant.values import Block, BlockKind, Passage


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def text(content: str, page: int | None = None) -> Block:
    return Block(BlockKind.PARAGRAPH, content, page)


def heading(content: str, level: int = 1, page: int | None = None) -> Block:
    return Block(BlockKind.HEADING, content, page, level)


def texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def solid(content: str) -> str:
    return re.sub(r"\s", "", content)


def is_subsequence(inner: str, outer: str) -> bool:
    letters = iter(outer)
    return all(letter in letters for letter in inner)


KINDS = st.sampled_from(list(BlockKind))
TEXTS = st.text(st.sampled_from("abC.!? \n,|-。ß\u0301😀"), max_size=120)
BLOCKS = st.lists(st.tuples(KINDS, TEXTS, st.integers(0, 2), st.integers(1, 3)), max_size=12)


def blocks_of(drawn: list[tuple[BlockKind, str, int, int]], paged: bool) -> list[Block]:
    page = 1
    blocks = []
    for kind, content, pages_on, level in drawn:
        page += pages_on
        blocks.append(Block(kind, content, page if paged else None, level if kind is BlockKind.HEADING else 0))
    return blocks


@settings(max_examples=300, deadline=None)
@given(BLOCKS, st.booleans(), st.integers(1, 30))
def test_passages_hold_all_text_within_the_limit(
    drawn: list[tuple[BlockKind, str, int, int]], paged: bool, limit: int
) -> None:
    blocks = blocks_of(drawn, paged)
    passages = chunk(blocks, words, limit)

    assert is_subsequence(solid("".join(b.text for b in blocks)), solid("".join(texts(passages))))
    for ordinal, passage in enumerate(passages):
        assert passage.ordinal == ordinal
        assert passage.text.strip()
        assert len(passage.text.split()) <= passage.tokens <= limit
    pages = [page for passage in passages for page in (passage.page, passage.last_page)]
    if paged:
        numbers = [page for page in pages if page is not None]
        assert len(numbers) == len(pages)
        assert numbers == sorted(numbers)
        assert all((p.last_page or 0) - (p.page or 0) <= 1 for p in passages)
    else:
        assert set(pages) <= {None}
    assert passages == chunk(blocks, words, limit)


@settings(max_examples=100, deadline=None)
@given(BLOCKS, st.integers(4, 30))
def test_a_counter_of_characters_holds_as_well(drawn: list[tuple[BlockKind, str, int, int]], limit: int) -> None:
    passages = chunk(blocks_of(drawn, paged=True), lambda texts: [len(solid(text)) for text in texts], limit)
    assert all(len(solid(passage.text)) <= limit for passage in passages)


def test_a_section_ends_where_the_next_begins_and_its_headings_are_its_path() -> None:
    blocks = [
        heading("Lease"),
        heading("Rent", 2),
        text("It is due monthly."),
        heading("Repairs", 2),
        text("The lessor pays."),
        heading("Annex"),
        text("None."),
    ]
    passages = chunk(blocks, words)
    assert [(p.heading, p.text) for p in passages] == [
        (("Lease", "Rent"), "Lease\n\nRent\n\nIt is due monthly."),
        (("Lease", "Repairs"), "Repairs\n\nThe lessor pays."),
        (("Annex",), "Annex\n\nNone."),
    ]


def test_the_path_of_headings_stays_small_and_keeps_the_innermost() -> None:
    blocks = [heading("outer " * 40), heading("middle " * 30, 2), heading("inner " * 5, 3), text("Body.")]
    [passage] = chunk(blocks, words)
    assert [part.split()[0] for part in passage.heading] == ["middle", "inner"]
    [passage] = chunk([heading("long " * 150), text("Body.")], words, limit=1000)
    assert 0 < len(passage.heading[0].split()) <= 48


def test_a_passage_ends_with_its_page() -> None:
    passages = chunk([text("One here.", 1), text("Two there.", 2)], words)
    assert [(p.text, p.page, p.last_page) for p in passages] == [("One here.", 1, 1), ("Two there.", 2, 2)]


def test_a_sentence_over_the_border_of_pages_stays_whole() -> None:
    passages = chunk([text("First. The lessee shall pay the", 3), text("rent on time. Next one.", 4)], words)
    assert [(p.text, p.page, p.last_page) for p in passages] == [
        ("First. The lessee shall pay the rent on time.", 3, 4),
        ("Next one.", 4, 4),
    ]


def test_a_heading_at_the_foot_of_a_page_keeps_its_own_path() -> None:
    passages = chunk([heading("A", page=1), heading("B", page=2), text("Body.", 2)], words)
    assert [(p.heading, p.page, p.text) for p in passages] == [(("A",), 1, "A"), (("B",), 2, "B\n\nBody.")]


def test_a_short_last_sentence_is_said_again_after_a_cut() -> None:
    sentences = [f"Sentence number {n} is here." for n in range(10)]
    passages = chunk([text(" ".join(sentences))], words, limit=25)
    assert passages[0].text == " ".join(sentences[:5])
    assert passages[1].text == " ".join(sentences[4:9])


def test_nothing_is_said_again_over_pages_or_sections() -> None:
    passages = chunk([text("A one. A two.", 1), heading("H", page=1), text("B one.", 1), text("C one.", 2)], words)
    assert texts(passages) == ["A one. A two.", "H\n\nB one.", "C one."]


def test_the_rows_of_a_table_stay_whole_under_its_header() -> None:
    rows = [f"| item {n} | {n}.00 |" for n in range(8)]
    table = Block(BlockKind.TABLE, "\n".join(["| name | price |", "|-|-|", *rows]))
    passages = chunk([table], words, limit=30)
    assert len(passages) > 1
    for passage in passages:
        assert passage.text.startswith("| name | price |\n|-|-|\n| item")
        assert all(line.startswith("|") and line.endswith("|") for line in passage.text.split("\n"))
    assert [row for p in passages for row in p.text.split("\n")[2:]] == rows


def test_an_over_long_sentence_is_cut_after_a_clause() -> None:
    passages = chunk([text("one two three four five six, seven eight nine ten eleven")], words, limit=8)
    assert texts(passages) == ["one two three four five six,", "seven eight nine ten eleven"]


def test_a_paragraph_that_fits_is_not_torn_to_fill_the_one_before() -> None:
    first, second = "a " * 59 + "a.", "b " * 49 + "b."
    assert texts(chunk([text(first), text(second)], words, limit=100)) == [first, second]


def test_a_word_of_any_length_is_cut_even_if_the_embedder_counts_it_as_one() -> None:
    passages = chunk([text("x" * 50_000)], lambda texts: [1] * len(texts))
    assert "".join(texts(passages)) == "x" * 50_000
    assert all(len(passage.text) <= MAX_PASSAGE_CHARACTERS for passage in passages)


@pytest.mark.parametrize("blocks", [[], [text("")], [text(" \n "), heading("")]])
def test_nothing_gives_no_passage(blocks: list[Block]) -> None:
    assert chunk(blocks, words) == ()


def test_tokens_are_asked_for_once() -> None:
    asked: list[int] = []

    def count(texts: Sequence[str]) -> list[int]:
        asked.append(len(texts))
        return words(texts)

    chunk([heading("Title"), text("One. Two."), text("Three.")], count)
    assert asked == [4]
