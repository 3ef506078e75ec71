"""A conversation's first name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversations import title_from


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("What is a hedge?", "What is a hedge?"),
        ("  What\n is\t a hedge? ", "What is a hedge?"),
        ("", ""),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("word " * 30, "word " * 11 + "word…"),
        ("a, " * 18 + "at, the end", "a, " * 18 + "at…"),
        ("a short one, " + "y" * 80, "a short one, " + "y" * 46 + "…"),
        (
            "the notice, which is long: of this contract, and, also, its renewals",
            "the notice, which is long: of this contract, and, also, its…",
        ),
    ],
)
def test_a_title_is_the_first_words_on_one_line(text: str, title: str) -> None:
    assert title_from(text) == title


@given(st.text(max_size=300))
def test_no_title_is_too_long_or_has_lines(text: str) -> None:
    title = title_from(text)
    assert len(title) <= 60
    assert title.split() == title.split(" ") or title == ""
