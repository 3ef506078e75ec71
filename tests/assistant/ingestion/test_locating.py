"""A passage is found again on a page, however its lines, hyphens and spaces fall there."""

from __future__ import annotations

import pytest

from assistant.ingestion import locate, locate_words, occurrences, word_occurrences


def found(sought: str, text: str) -> list[str]:
    return [text[start:end] for start, end in locate(sought, text)]


@pytest.mark.parametrize(
    ("sought", "text", "there"),
    [
        ("The hedge was planted.", "Before. The  hedge\nwas plan-\nted. After.", "The  hedge\nwas plan-\nted"),
        ("die Straße", "Auf DIE STRASSE hin", "DIE STRASSE"),
        ("价格为六十", "合同 价格为\n六十 元", "价格为\n六十"),
        ("naïve café", "a naïve café.", "naïve café"),
    ],
)
def test_letters_count_and_not_what_stands_between_them(sought: str, text: str, there: str) -> None:
    assert found(sought, text) == [there]


def test_what_runs_over_a_page_is_found_with_the_part_that_is_there() -> None:
    passage = "Net sales rose by 12 percent to 48.3 million euros. Excluding currency effects it was 10 percent."
    page = "10-K 2024, page 13. Excluding currency effects it was 10 percent. Working capital rose."
    assert found(passage, page) == ["Excluding currency effects it was 10 percent"]


def test_a_header_row_that_was_said_again_does_not_hide_the_rows() -> None:
    passage = "| Year | Ducks |\n| 2021 | one hundred fifty |\n| 2022 | one hundred sixty |"
    page = "Year Ducks 2019 one 2020 two 2021 one hundred fifty 2022 one hundred sixty 2023 none"
    (there,) = found(passage, page)
    assert there == "2021 one hundred fifty 2022 one hundred sixty"


def test_nothing_is_found_where_nothing_is() -> None:
    assert locate("entirely other words here", "The hedge was planted in 1874.") == ()
    assert locate("", "text") == locate("text", "") == locate("—", "text") == ()


def test_words_of_a_page_are_found_by_their_numbers() -> None:
    words = ["The", "hedge", "was", "plan-", "ted", "in", "1874."]
    assert locate_words("was planted", words) == (range(2, 5),)
    assert [list(one) for one in word_occurrences("HEDGE was", words)] == [[1, 2]]


def test_a_search_knows_no_case_and_no_line_breaks_and_is_taken_literally() -> None:
    text = "Net sales. NET\nSALES (1.5)"
    assert [text[start:end] for start, end in occurrences("net sales", text)] == ["Net sales", "NET\nSALES"]
    assert [text[start:end] for start, end in occurrences("(1.5)", text)] == ["(1.5)"]
    assert occurrences("  ", text) == []
