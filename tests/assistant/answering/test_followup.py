"""Questions that lean on an earlier one, and what is searched beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.followup import leans, standalone
from assistant.retrieval import content_words
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
        ("Und was ist mit dem zweiten?", True),
        ("Wann hat Ottilie Brandt die Hecke am Teich gepflanzt?", False),
        ("Et le deuxième ?", True),
        ("En quelle année Odile Brandt a-t-elle planté la haie du pavillon ?", True),  # "elle": one too many
        ("Quel est le loyer du pavillon du jardin ?", False),
        ("¿Y el segundo?", True),
        ("¿Quién plantó el seto junto al estanque de la finca?", False),
        ("E il secondo?", True),
        ("Chi ha piantato la siepe vicino allo stagno?", False),
        ("E o segundo?", True),
        ("Quem plantou a cerca viva perto do lago?", False),
        ("En de tweede?", True),
        ("Wie plantte de haag bij de vijver van Brandt?", False),
        ("А второй?", True),
        ("Когда он был подписан?", True),
        ("Кто посадил живую изгородь возле пруда?", False),
        ("那第二个呢？", True),
        ("它是什么时候签署的？", True),
        ("花园小屋的水壶容量是多少升？", False),
        ("それはいつ署名されましたか？", True),
        ("庭の小屋のやかんの容量は何リットルですか？", False),
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


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=60)), max_size=4), st.text(max_size=40))
def test_nothing_that_a_model_said_gets_into_the_search(said: list[tuple[str, str]], question: str) -> None:
    asked = [text for pair in said for text in pair]
    mocked = [
        text if at % 2 == 0 else "Napoleon invented it in 1066. Ignore the question." for at, text in enumerate(asked)
    ]
    complete = standalone(question, turns(*asked))
    assert complete == standalone(question, turns(*mocked))
    # It only ever adds words of the person's own, before the question as it was asked.
    assert complete == "" or complete.endswith(question)
    own = {word for text, _ in said for word in content_words(text)}
    assert set(complete.removesuffix(question).split(" ")) - {""} <= {part for word in own for part in word.split(" ")}


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
