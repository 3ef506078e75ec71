"""What the passages say about a sentence: supported, differing, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

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


def test_one_word_may_be_another_of_the_same_meaning() -> None:
    sentence = "The hedge was set in 1874 by Ottilie Brandt."
    asked: list[tuple[str, list[str]]] = []

    def alike(word: str, others: Sequence[str]) -> list[float]:
        asked.append((word, list(others)))
        return [0.9 if other == "planted" else 0.1 for other in others]

    close = Alignment(PASSAGES, alike).of(sentence)
    far = Alignment(PASSAGES, lambda text, others: [0.1] * len(others)).of(sentence)
    silent = Alignment(PASSAGES, lambda text, others: []).of(sentence)
    assert close is not None and close.support is Support.SUPPORTED
    assert all(word == "set" and "planted" in others for word, others in asked)
    assert far == silent == Aligned(Support.NOT_FOUND)


@pytest.mark.parametrize(
    "sentence",
    [
        "The kettle was planted in 1874 by Ottilie Brandt.",  # another's
        "Ottilie Brandt was planted by the hedge in 1874.",  # turned around
        "The hut in the kettle never holds more than 1,200 litres of water.",
        "The hedge is 1,874 metres high.",  # a number that stands there, of something else
        "The hedge was burnt in 1874 by Ottilie Brandt.",
    ],
)
def test_the_same_words_in_another_relation_are_not_supported(sentence: str) -> None:
    assert found(sentence).support is not Support.SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "support"),
    [
        ("The hedge was planted by Ottilie Brandt on 3 March 1874.", Support.SUPPORTED),
        ("The hedge was planted by Ottilie Brandt on 1874-03-03.", Support.SUPPORTED),
        ("The hedge was planted by Ottilie Brandt on 4 March 1874.", Support.DIFFERS),
        ("It grew by twenty per cent to four metres.", Support.SUPPORTED),
        ("It grew by 30% to 4 metres.", Support.DIFFERS),
    ],
)
def test_figures_may_be_spelled_otherwise(sentence: str, support: Support) -> None:
    passage = "The hedge was planted by Ottilie Brandt on 03/03/1874. It grew by 20% to 4 metres."
    aligned = Alignment([Citation(1, "", "", None, passage, 1)]).of(sentence)
    assert aligned is not None and aligned.support is support


@pytest.mark.parametrize(
    ("passage", "true", "false"),
    [
        ("Lime is one of the oldest trees here.", "Lime is one of the oldest trees.", "Lime is the oldest trees here."),
        ("It is the largest inland port of the land.", "It is the largest inland port.", "It is the largest port."),
        (
            "The feast, with the exception of the dance, was filmed in the hall.",
            "The feast was filmed in the hall.",
            "The dance was filmed in the hall.",
        ),
    ],
)
def test_limits_are_kept(passage: str, true: str, false: str) -> None:
    alignment = Alignment([Citation(1, "", "", None, passage, 1)])
    said = [alignment.of(true), alignment.of(false)]
    assert [one is not None and one.support is Support.SUPPORTED for one in said] == [True, False]


def test_the_month_of_may_is_no_perhaps() -> None:
    passage = "The lease begins on 1 May 2024 and ends on 30 April 2027. The tenant may keep one dog."
    alignment = Alignment([Citation(1, "", "", None, passage, 1)])
    said = [
        alignment.of(one)
        for one in ("The lease ends on 30 April 2027.", "The tenant keeps one dog.", "The tenant may keep one dog.")
    ]
    assert [one and one.support for one in said] == [Support.SUPPORTED, Support.DIFFERS, Support.SUPPORTED]


def test_one_word_a_thousand_times_is_judged_too() -> None:
    text = f"{'kettle holds ' * 600}."
    assert Alignment([Citation(1, "", "", None, text, 1)]).of(text) is not None
