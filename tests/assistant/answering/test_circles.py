"""A model that writes the same over and over is stopped; lists, tables and refrains are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.circles import Circles

PARAGRAPH = (
    "The answer to this question is that 60 was used as a dummy value, because it allows us to use the same values "
    "across all ages. This is known as a spline, which can be applied to any data set.\n\n"
)


def noticed(text: str, piece: int) -> int | None:
    """After how many letters it is noticed, in pieces of this length."""
    circles = Circles()
    for at in range(0, len(text), piece):
        if circles.add(text[at : at + piece]):
            return at + piece
    return None


@pytest.mark.parametrize("piece", [1, 5, 40])
def test_the_third_time_is_one_too_many(piece: int) -> None:
    begun = "Here is what I found out about it, as well as I can tell. "
    assert noticed(begun + 2 * PARAGRAPH, piece) is None
    third = noticed(begun + 6 * PARAGRAPH, piece)
    assert third is not None and third <= len(begun) + 3 * len(PARAGRAPH) + 40
    assert noticed("ha" * 400, piece) is not None


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{number}. The mc.cores option can be set in number {number}.\n" for number in range(60)),
        "| --- " * 100,
        "-" * 900,
        "0, " * 300,
        "Row, row, row your boat, gently down the stream.\nMerrily, merrily, merrily, merrily, life is but a dream.\n"
        * 2,
        "no no no no no no no no no no",
    ],
)
def test_what_only_looks_alike_goes_on(text: str) -> None:
    assert noticed(text, 3) is None


@given(st.text(alphabet="ab \n", max_size=200), st.integers(1, 30))
def test_only_what_stands_there_three_times_is_stopped(text: str, piece: int) -> None:
    at = noticed(text, piece)
    if at is not None:  # something of a period has filled the least length
        ended = text[:at]
        assert any(ended[-240:-period] == ended[-240 + period :] for period in range(1, 81))
