"""What a passage is turned into a vector as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.framing import embedded_text, frames, is_row, labels, lead, title_words
from assistant.values import Passage


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("3M_2018_10K.pdf", "3M 2018 10K"),
        ("Harrow Industries 10-K 2019.pdf", "Harrow Industries 10-K 2019"),
        ("AT&T-2020.pdf", "AT&T-2020"),
        ("山田 契約書.pdf", "山田 契約書"),
        ("12.txt", ""),
        ("2019.pdf", ""),
        ("IMG_2034.jpg", ""),
        ("scan.pdf", ""),
        ("", ""),
    ],
)
def test_a_document_s_name_is_said_where_it_says_something(title: str, expected: str) -> None:
    assert title_words(title) == expected


def test_a_long_name_ends_after_a_word() -> None:
    told = title_words("word " * 40 + ".pdf")
    assert told == " ".join(["word"] * 13)


def test_name_and_headings_come_first_each_once() -> None:
    passage = Passage("Sales rose.", 0, 3, 1, 1, ("Results", "Sales by contract"))
    assert embedded_text(passage, "Harrow 2019.pdf") == "Harrow 2019 > Results > Sales by contract\nSales rose."
    assert embedded_text(passage, "Results.pdf") == "Results > Sales by contract\nSales rose."
    assert embedded_text(Passage("The Harrow 2019 report.", 0, 4), "Harrow 2019.pdf") == "The Harrow 2019 report."


def test_a_long_path_keeps_its_innermost_heading() -> None:
    passage = Passage("Text.", 0, 1, 1, 1, ("a" * 100, "b" * 100, "c" * 100))
    assert embedded_text(passage).split("\n")[0] == "c" * 100


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Fixed Price $ 1,452.4 $ 1,146.2 $ 1,036.9", "Fixed Price"),
        ("Other disallowable items - (0.4)", "Other disallowable items"),
        ("(in thousands) 2019 2018", "(in thousands) 2019 2018"),
        ("| Total sales | $1,496.5 | $1,202.9 |", "Total sales"),
        ("| | 2019 | 2018 |", "2019, 2018"),
        ("We had 12 offices in 2019.", "We had 12 offices in 2019."),
        ("The period of 2018 and 2019", "The period of 2018 and 2019"),
    ],
)
def test_rows_are_told_by_their_labels(line: str, expected: str) -> None:
    assert labels(f"Above.\n{line}") == f"Above.\n{expected}"


def test_a_rule_under_a_header_says_nothing_and_figures_alone_stay() -> None:
    assert labels("| Year | Sales |\n|---|---|\n| North | 12 |") == "Year, Sales\nNorth"
    assert labels("1,204 88 17") == "1,204 88 17"


_FIRST = "Sales by contract type\n(in thousands) 2019 2018\nFixed price 1,204 1,100"


def test_rows_at_the_top_of_a_passage_come_with_what_heads_them() -> None:
    assert lead("Other 44.1 56.7\nTotal 1,496.5 1,202.9", [_FIRST]) == "Sales by contract type (in thousands) 2019 2018"
    assert lead("All of these contracts were renewed.", [_FIRST]) == ""
    assert lead("Other 44.1 56.7", []) == ""


def test_only_passages_of_the_same_page_are_looked_at() -> None:
    made = [Passage(str(at), at, 1, page, page) for at, page in enumerate([1, 1, 1, 1, 1, 2])]
    assert frames(made) == [(), ("0",), ("0", "1"), ("0", "1", "2"), ("1", "2", "3"), ()]


def test_a_line_of_prose_is_no_row() -> None:
    assert not is_row("The lease ends on 12 May 2031, after nine years.")
    assert is_row("Total (219,094) 8,516")


@given(st.text(alphabet="ab 19,.()$%|-–\n", max_size=200))
def test_there_is_always_something_to_embed(text: str) -> None:
    passage = Passage(text or "x", 0, 1, 1, 1)
    assert embedded_text(passage, "Any name 2019.pdf", [text]).strip() or not passage.text.strip()


@pytest.mark.parametrize("part", ["1 ", "(", "$ 1,", "- ", "1.", "| ", "a 1,0 "])
def test_however_a_line_is_built_it_is_read_at_once(part: str) -> None:
    line = part * 50_000
    assert isinstance(labels(line), str) and isinstance(lead(line, [line, line]), str)
