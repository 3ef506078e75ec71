"""Cells say numbers as accountants, spreadsheets and reports write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tables import date_of, number_of


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,452.4", 1452.4, ""),
        ("$  1,452.4", 1452.4, "$"),
        ("(12)", -12, ""),
        ("$(3.2)", -3.2, "$"),
        ("(12.5)%", -12.5, "%"),
        ("12.5 %", 12.5, "%"),
        ("-$5", -5, "$"),
        ("\u22125", -5, ""),
        ("(0.5", -0.5, ""),
        ("1.234,56", 1234.56, ""),
        ("1 234", 1234, ""),
        ("1,5", 1.5, ""),
        ("1.2 million", 1_200_000, ""),
        ("5 kg", 5, "kg"),
        ("100 (2)", 100, ""),
    ],
)
def test_a_number_with_its_sign_scale_and_unit(text: str, value: float, unit: str) -> None:
    number = number_of(text)
    assert number is not None
    assert number.value == pytest.approx(value)
    assert number.unit == unit


@pytest.mark.parametrize("text", ["", "\u2014", "-", "N/A", "Q4 2019", "7)", "12/31/2019", "a", "1,2,3", "." * 5_000])
def test_what_is_no_number(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-05-03", "2019-05-03"),
        ("2019-05-03T00:00:00", "2019-05-03"),
        ("31.12.2019", "2019-12-31"),
        ("12/31/2019", "2019-12-31"),
        ("December 31, 2019", "2019-12-31"),
        ("3 Mar 2020", "2020-03-03"),
        ("04/05/2019", None),  # May the 4th, or April the 5th
        ("31 Foo 2019", None),
        ("30.02.2019", None),
    ],
)
def test_a_day_where_only_one_can_be_meant(text: str, day: str | None) -> None:
    assert date_of(text) == day


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    number_of(text)
    date_of(text)
