"""Words that a recogniser ran together are parted where the picture of their line parts them."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.ingestion.formats.spacing import Line, gaps, with_spaces

INK, LETTER, CLOSE, WIDE, HEIGHT = 10, 8, 2, 9, 24


def drawn(text: str, ink: int = INK, paper: int = 250) -> tuple[Line, str, list[float]]:
    """A line on which every letter is a bar, what a recogniser without spaces makes of it, and its letters' places."""
    width = 2 * LETTER + sum(WIDE if letter == " " else LETTER + CLOSE for letter in text)
    line = np.full((HEIGHT, width, 3), paper, np.uint8)
    at, places = LETTER, []
    for letter in text:
        if letter == " ":
            at += WIDE - CLOSE
            continue
        line[6:18, at : at + LETTER] = ink
        places.append((at + LETTER / 2) / width)
        at += LETTER + CLOSE
    return line, text.replace(" ", ""), places


@pytest.mark.parametrize("text", ["The hedge is high.", "one,two three", "at 4 pm"])
@pytest.mark.parametrize(("ink", "paper"), [(INK, 250), (245, 30)], ids=["dark on light", "light on dark"])
def test_gaps_on_the_picture_become_spaces(text: str, ink: int, paper: int) -> None:
    line, run_together, places = drawn(text, ink, paper)
    assert with_spaces(line, run_together, places) == text


def test_spaces_that_were_recognised_stay_and_none_is_doubled() -> None:
    line, _, places = drawn("The hedge is high.")
    text = "The hedgeis high."
    middles = [*places[:3], (places[2] + places[3]) / 2, *places[3:10], (places[9] + places[10]) / 2, *places[10:]]
    assert with_spaces(line, text, middles) == "The hedge is high."


def test_a_place_that_is_a_little_off_does_not_tear_a_word() -> None:
    line, run_together, places = drawn("The hedge is high.")
    moved = [place + 0.008 * (1 if at % 2 else -1) for at, place in enumerate(places)]
    assert with_spaces(line, run_together, moved) == "The hedge is high."


def test_no_space_comes_before_what_closes_or_into_a_script_without_spaces() -> None:
    line, _, places = drawn("ab cd")
    assert " ," not in with_spaces(line, "ab,d", places)
    assert with_spaces(line, "\u751f\u7269\u5b66\u3067", places) == "\u751f\u7269\u5b66\u3067"


@pytest.mark.parametrize("text", ["hedge", "h"])
def test_one_word_is_left_whole(text: str) -> None:
    line, run_together, places = drawn(text)
    assert with_spaces(line, run_together, places) == text


def test_letters_of_one_word_that_stand_unevenly_are_no_words() -> None:
    line = np.full((47, 200, 3), 250, np.uint8)
    for left, right in ((5, 30), (32, 60), (68, 85), (87, 110), (112, 150)):  # a gap of 8 points, others of 2
        line[16:30, left:right] = INK
    assert list(gaps(line)) == []


def test_an_empty_line_and_one_without_places_are_left_alone() -> None:
    empty: Line = np.full((HEIGHT, 80, 3), 250, np.uint8)
    assert list(gaps(empty)) == []
    assert with_spaces(empty, "ab", [0.2, 0.6]) == "ab"
    assert with_spaces(drawn("ab cd")[0], "abcd", []) == "abcd"
