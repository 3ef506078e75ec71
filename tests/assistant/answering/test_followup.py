"""Questions that lean on an earlier one, and what is searched beside them."""

from __future__ import annotations

import pytest

from assistant.answering.followup import leans, standalone
from assistant.values import Role, Stop, Turn, TurnId, TurnState
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.way import Way


def turns(*texts: str) -> list[Turn]:
    return [
        Turn(TurnId(number), Role.USER if number % 2 == 0 else Role.ASSISTANT, text, TurnState.COMPLETE, 0.0)
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And what about the second one?", True),
        ("When was it built?", True),
        ("Why?", True),
        ("Und wann wurde sie gebaut?", True),
        ("Who planted the hedge of the estate at Brandt?", False),
        ("What was the revenue of Acme in 2019?", False),
    ],
)
def test_what_leans(question: str, expected: bool) -> None:
    assert leans(question) is expected


def test_the_earlier_question_s_words_come_along() -> None:
    history = turns("Who designed the castle of Ottilie Brandt?", "Somebody.")
    assert standalone("When was it built?", history) == "designed castle ottilie brandt When was it built?"


def test_one_that_leans_twice_is_led_back_to_what_it_is_about() -> None:
    history = turns("Who designed the castle of Ottilie Brandt?", "A.", "When was it built?", "B.")
    assert standalone("And by whom?", history).endswith("designed castle ottilie brandt And by whom?")


def test_nothing_is_added_where_nothing_is_missing() -> None:
    history = turns("Who designed the castle?", "Somebody.")
    assert standalone("What was the revenue of Acme in 2019?", history) == ""
    assert standalone("When was it built?", []) == ""


def test_both_are_searched(way: Way) -> None:
    answering = way.built(ScriptedEngine(["Yes indeed."], ["Yes indeed."]), hit(1, "The kettle."))
    conversation = way.about_documents()
    list(answering.answer(conversation, "Who made the copper kettle of the estate?", Stop()))
    list(answering.answer(conversation, "When was it made?", Stop()))
    assert [text for text, _ in way.retrieval.asked] == [
        "Who made the copper kettle of the estate?",
        "When was it made?",
    ]
    assert way.retrieval.beside == ["", "copper kettle estate When was it made?"]
