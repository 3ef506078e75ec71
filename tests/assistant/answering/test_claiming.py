"""What a supported sentence claims, asked of the model: a mark goes where it would say another word of the passage."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.answering.claiming import Doubted, Slot, doubts, slots
from assistant.errors import ChildDied
from assistant.values import Answered, AnswerMode, Citation, Claim, Likelihood, Message, Stop, Support
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.way import Way, end

QUOTE = "The hedge was planted in 1874 by Ottilie Brandt, and the pond dug in 1901 by Emil Kranz."
PLANTED = "The hedge was planted in 1874 by Ottilie Brandt."
DUG = "The pond was dug in 1901 by Emil Kranz."


def test_numbers_and_names_are_asked_for_among_those_of_the_passage() -> None:
    found = slots(PLANTED, QUOTE)
    assert found[0] == Slot(PLANTED.index("1874"), "1874", ("1901",))
    assert [one.said for one in found] == ["1874", "Ottilie", "Brandt"]
    assert found[1].others == ("Brandt", "Emil", "Kranz")


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The hedge is 4 metres high.", "The hedge is four metres high, the wall 2."),  # in other words: not compared
        ("The hedge is 4 metres high.", "The hedge is 4 metres high."),  # nothing else could stand there
        ("1874 was a good year.", "1874 was a good year, 1901 was not."),  # nothing before it
    ],
)
def test_what_cannot_be_asked_is_not(sentence: str, quote: str) -> None:
    assert slots(sentence, quote) == []


def claims_of(*sentences: str) -> tuple[str, list[Claim]]:
    text, claims = "", []
    for sentence in sentences:
        claims.append(Claim(len(text), len(text) + len(sentence), Support.SUPPORTED, 1, 0, len(QUOTE)))
        text += f"{sentence} [1] "
    return text, claims


def test_another_word_that_is_likelier_is_a_doubt() -> None:
    engine = ScriptedEngine()
    engine.liked = "1901"
    text, claims = claims_of(PLANTED, DUG)
    citation = Citation(1, "estate.pdf", "page 1", 1, QUOTE, 1.0)
    assert list(doubts(engine, text, claims, [citation], Stop())) == [Doubted(0, "1874", "1901")]  # type: ignore[arg-type]
    # The frame is the sentence up to the gap, behind the passage that it is said to rest on.
    assert QUOTE in engine.scored[0][0].text and engine.scored[0][1].text == "The hedge was planted in"


def test_a_mark_is_taken_back_and_the_rest_stays_in_its_place(way: Way) -> None:
    engine = ScriptedEngine([f"{PLANTED} ", f"{DUG} ", "Napoleon crossed the river at night."])
    engine.liked = "1901"
    answered = end(way.built(engine, hit(1, QUOTE)).answer(way.about_documents(), "Who planted it?", Stop()))
    assert answered.text == f"{PLANTED} {DUG} [1] Napoleon crossed the river at night."
    assert [answered.text[one.start : one.end] for one in answered.claims] == [
        PLANTED,
        DUG,
        "Napoleon crossed the river at night.",
    ]
    first, second, third = answered.claims
    assert (first.support, first.differing, first.seems) == (Support.DIFFERS, ("1874",), "1901")
    assert (second.support, third.support) == (Support.SUPPORTED, Support.NOT_FOUND)
    assert way.conversations.turn(answered.turn).text == answered.text
    assert way.conversations.turn(answered.turn).claims == answered.claims


def test_in_free_mode_only_the_number_goes(way: Way) -> None:
    engine = ScriptedEngine([f"{PLANTED} ", DUG])
    engine.liked = "1901"
    answering = way.built(engine, hit(1, QUOTE))
    answered = end(answering.answer(way.about_documents(), "Who planted it?", Stop(), AnswerMode.FREE))
    assert answered.text == f"{PLANTED} {DUG} [1]"
    assert [answered.text[one.start : one.end] for one in answered.claims] == [DUG]


def test_where_the_model_agrees_marks_hold(way: Way) -> None:
    engine = ScriptedEngine([f"{PLANTED} ", DUG])
    answered = end(way.built(engine, hit(1, QUOTE)).answer(way.about_documents(), "Who planted it?", Stop()))
    assert answered.text == f"{PLANTED} [1] {DUG} [1]" and engine.scored


class Dying(ScriptedEngine):
    """Ends where it is asked to score."""

    def score(
        self, messages: Sequence[Message], candidates: Sequence[str], stop: Stop | None = None
    ) -> list[Likelihood]:
        raise ChildDied("It is gone.", "Ask again.")


@pytest.mark.parametrize("busy", [False, True])
def test_a_model_that_is_busy_or_dies_takes_nothing_away(way: Way, busy: bool) -> None:
    engine = Dying([PLANTED])
    engine.pause = 0.0 if busy else 1.0
    answered = end(way.built(engine, hit(1, QUOTE)).answer(way.about_documents(), "Who planted it?", Stop()))
    assert isinstance(answered, Answered) and answered.text == f"{PLANTED} [1]"


def test_a_stop_leaves_the_marks_as_they_are() -> None:
    engine, stop = ScriptedEngine(), Stop()
    engine.liked = "1901"
    stop.set()
    text, claims = claims_of(PLANTED)
    citation = Citation(1, "estate.pdf", "page 1", 1, QUOTE, 1.0)
    assert list(doubts(engine, text, claims, [citation], stop)) == [] and not engine.scored  # type: ignore[arg-type]
