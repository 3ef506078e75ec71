"""What the passages say about a sentence: supported, differing, or nothing."""

from __future__ import annotations

import pytest

from assistant.answering.alignment import Aligned, Alignment
from assistant.values import Citation, Support

PASSAGES = (
    Citation(
        1, "estate.pdf", "page 12", 12, "The hedge was planted in 1874 by Ottilie Brandt. It is four metres high.", 1
    ),
    Citation(2, "hut.pdf", "page 3", 3, "The kettle in the hut never holds more than 1,200 litres of water.", 1),
)


def found(sentence: str) -> Aligned:
    aligned = Alignment(PASSAGES).of(sentence)
    assert aligned is not None
    return aligned


@pytest.mark.parametrize(
    ("sentence", "number", "support"),
    [
        ("Ottilie Brandt planted the hedge in 1874.", 1, "The hedge was planted in 1874 by Ottilie Brandt."),
        ("The hedge is 4 metres high.", 1, "It is four metres high."),
        ("The kettle never holds more than 1200 litres.", 2, PASSAGES[1].text),
    ],
)
def test_what_a_passage_says_is_supported_by_its_very_sentence(sentence: str, number: int, support: str) -> None:
    aligned = found(sentence)
    assert (aligned.support, aligned.number) == (Support.SUPPORTED, number)
    assert support in PASSAGES[number - 1].text[aligned.start : aligned.end]


@pytest.mark.parametrize(
    ("sentence", "number", "differing"),
    [
        ("The hedge was planted in 1875 by Ottilie Brandt.", 1, ("1875",)),
        ("The hedge was planted in 1874 by Ottilie Kranz.", 1, ("Kranz",)),
        ("The hedge was not planted in 1874 by Ottilie Brandt.", 1, ("not",)),
        ("The kettle in the hut holds more than 1,200 litres of water.", 2, ("not",)),
    ],
)
def test_other_numbers_names_and_denials_differ(sentence: str, number: int, differing: tuple[str, ...]) -> None:
    aligned = found(sentence)
    assert (aligned.support, aligned.number, aligned.differing) == (Support.DIFFERS, number, differing)


def test_what_no_passage_says_is_not_found() -> None:
    assert found("Napoleon crossed the frozen river at night.") == Aligned(Support.NOT_FOUND)


@pytest.mark.parametrize("sentence", ["Yes.", "", "1874."])
def test_what_says_nothing_is_not_judged(sentence: str) -> None:
    assert Alignment(PASSAGES).of(sentence) is None


def test_where_half_of_the_words_are_there_meaning_decides() -> None:
    sentence = "The hedge planted around the garden."
    assert Alignment(PASSAGES, lambda text, others: [0.9] * len(others)).of(sentence) is not None
    close = Alignment(PASSAGES, lambda text, others: [0.9] * len(others)).of(sentence)
    far = Alignment(PASSAGES, lambda text, others: [0.1] * len(others)).of(sentence)
    silent = Alignment(PASSAGES, lambda text, others: []).of(sentence)
    assert close is not None and close.support is Support.SUPPORTED
    assert far == silent == Aligned(Support.NOT_FOUND)
