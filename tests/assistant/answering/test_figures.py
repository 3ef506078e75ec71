"""Numbers and dates in several spellings: found where they are the same, and told where they are not."""

from __future__ import annotations

from itertools import product

import pytest

from assistant.answering.figures import figures, missing

TWELVE_HUNDRED = (
    "1,200",
    "1.200",
    "1 200",
    "1'200",
    "1200",
    "1\u202f200",
    "1.2 thousand",
    "twelve hundred",
    "one thousand two hundred",
)
THIRD_OF_MARCH = (
    "3 March 2024",
    "March 3, 2024",
    "3rd of March 2024",
    "3 Mar 2024",
    "3. März 2024",
    "2024-03-03",
    "2024/03/03",
    "03/03/2024",
    "3.3.2024",
    "03.03.24",
)


def absent(claim: str, passage: str) -> list[str]:
    return [one.text for one in missing(figures(claim), figures(passage))]


@pytest.mark.parametrize(("said", "there"), list(product(TWELVE_HUNDRED, repeat=2)))
def test_a_number_is_found_in_every_spelling(said: str, there: str) -> None:
    assert not absent(f"It holds {said} litres.", f"The kettle of {there} litres is empty.")
    assert absent(f"It holds {said} litres.", "The kettle of 1,300 litres is empty.") == [said]


@pytest.mark.parametrize(("said", "there"), list(product(THIRD_OF_MARCH, repeat=2)))
def test_a_day_is_found_in_every_spelling(said: str, there: str) -> None:
    assert not absent(f"It was signed on {said}.", f"On {there} both came.")


@pytest.mark.parametrize("said", THIRD_OF_MARCH)
@pytest.mark.parametrize("other", ["4 March 2024", "3 April 2024", "3 March 2023", "2024-03-04", "March 2024", "2024"])
def test_another_day_is_none_and_neither_is_less_of_it(said: str, other: str) -> None:
    assert absent(f"It was signed on {said}.", f"In {other} both came.")


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("in March 2024", "on 3 March 2024"),
        ("in 2024", "on 03/03/2024"),
        ("on 3 March", "on 2024-03-03"),
        ("on 3 March 2024", "on 3 March of the year 2024"),
        ("on 2 January 2024", "on 01/02/2024"),  # in the American order
        ("60 %", "sixty percent"),
        ("60%", "60 per cent"),
        ("$474 million", "474,000,000 dollars"),
        ("about 1.2 million", "1,234,567"),
        ("the 3rd", "the third"),
        ("the 13th century", "the thirteenth century"),
        ("two and three", "2, then 3"),
        ("6½", "6.5"),
        ("twenty-one", "21"),
        ("5 m", "5 metres"),
        ("first of all", "then"),  # says no number
        ("one of them", "both"),
    ],
)
def test_what_says_the_same_or_less_is_there(said: str, there: str) -> None:
    assert not absent(said, there)


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("1,201", "1,200"),
        ("12 000", "12"),
        ("60%", "60 dollars"),
        ("$5", "€5"),
        ("1990", "the 1990s"),
        ("4:51", "4:52"),
        ("1.3 million", "1,234,567"),
        ("about 1.3 million", "1,234,567"),
        ("the 2nd", "the third"),
        ("three", "the third"),
        ("in April 2024", "on 3 March 2024"),
        ("on 13 January", "on 01/12/2024"),
    ],
)
def test_what_says_something_else_is_not_there(said: str, there: str) -> None:
    assert absent(said, there)
