"""Quotes only, careful and free; the sentence that answers, and silence where none does."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence

import pytest

from assistant.answering.evidence import weigh
from assistant.answering.kinds import counted, counts
from assistant.embedding import Nearness
from assistant.settings import options
from assistant.values import AnswerMode, Checked, Retrieved, Stop, Support, Token
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.way import Way, end, nothing_near

KETTLE = "It rains a lot here. The kettle holds four litres of water. The door is green."
TELLING = ((("kettl",), 4.0), (("hold",), 2.0))


def meaning(texts: Sequence[str]) -> list[bytes]:
    """Two directions: what speaks of a kettle, and everything else."""
    return [array("f", (1.0, 0.0) if "kettle" in text.casefold() else (0.0, 1.0)).tobytes() for text in texts]


def near(question: str, texts: Sequence[str], spans: Sequence[tuple[int, int, int]]) -> Nearness:
    """The same of each word: what speaks of a kettle is near it, and nothing else is near anything."""
    words = [found.span() for found in re.finditer(r"\w+", question)]
    parts = [texts[text][start:end].casefold() for text, start, end in spans]
    told = "kettle" in question.casefold()
    whole = tuple(float(told and "kettle" in part) for part in parts)
    each = tuple(tuple(float(question[a:b].casefold() in part) for a, b in words) for part in parts)
    return Nearness(tuple(words), whole, each)


def test_the_sentence_that_answers_is_told() -> None:
    question = "How much does the kettle hold?"
    found = weigh(question, [hit(1, KETTLE)], TELLING, near)
    assert found is not None
    (sentence,) = found.sentences
    assert KETTLE[sentence.start : sentence.end] == "The kettle holds four litres of water."
    other = weigh(question, [hit(1, "The door is green.", 0.1)], TELLING, near)
    assert other is not None
    assert other.sureness < 0.1 < found.sureness


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("How many rooms does the flat have?", {"rooms"}),
        ("How many square miles of land is it?", {"square", "miles"}),
        ("How much is the deposit?", set()),
        ("When was it built?", set()),
    ],
)
def test_what_is_to_be_counted(question: str, things: set[str]) -> None:
    assert counted(question) == things


def test_a_number_answers_how_many_where_it_counts_that() -> None:
    things = counted("How many rooms does the flat have?")
    said = ("It has four big rooms.", "The flat is at 12 Linden Street, and its rooms are green and very cold.", "Yes.")
    assert [counts(things, one, "english") for one in said] == [1.0, 0.0, 0.0]
    assert counts(counted("When was it built?"), said[0], "english") == 0.5


def test_a_passage_without_what_is_to_be_counted_answers_less_surely() -> None:
    sure = []
    for question in ("How many litres does the kettle hold?", "How many rooms does the kettle hold?"):
        found = weigh(question, [hit(1, KETTLE)], TELLING, near)
        assert found is not None
        sure.append(found.sureness)
    assert sure[0] > sure[1]


def test_without_meaning_there_is_no_evidence() -> None:
    assert weigh("kettle?", [hit(1, KETTLE)], TELLING, nothing_near) is None
    assert weigh("kettle?", [], TELLING, near) is None


def test_quotes_only_asks_no_model(way: Way) -> None:
    engine = ScriptedEngine()
    way.settings.set(options.RELEVANCE_THRESHOLD, 0.0)
    answering = way.built(engine, hit(1, KETTLE), embed=meaning, near=near)
    conversation = way.about_documents()
    events = list(answering.answer(conversation, "How much does the kettle hold?", Stop(), AnswerMode.QUOTES))
    assert engine.prompts == []
    answered = end(events)
    assert answered.text == "“The kettle holds four litres of water.” [1]"
    (claim,) = answered.claims
    assert answered.text[claim.start : claim.end] == "“The kettle holds four litres of water.”"
    assert KETTLE[claim.quote_start : claim.quote_end] == "The kettle holds four litres of water."
    (found,) = (event for event in events if isinstance(event, Retrieved))
    assert KETTLE[found.citations[0].start : found.citations[0].end] == "The kettle holds four litres of water."
    assert way.conversations.turns(conversation)[1].claims == answered.claims


def test_careful_tells_what_became_of_each_sentence_in_its_place(way: Way) -> None:
    script = ["  The kettle holds four litres. ", "The kettle holds nine litres of water. Napoleon crossed the river."]
    answering = way.built(ScriptedEngine(script), hit(1, KETTLE))
    events = list(answering.answer(way.about_documents(), "How much does the kettle hold?", Stop()))
    answered = end(events)
    said = [(answered.text[claim.start : claim.end], claim.support) for claim in answered.claims]
    # "nine" is no figure and no name, so it shows as a word that is missing, not as a difference.
    assert said[0] == ("The kettle holds four litres.", Support.SUPPORTED)
    assert said[-1] == ("Napoleon crossed the river.", Support.NOT_FOUND)
    told = [claim for event in events if isinstance(event, Checked) for claim in event.claims]
    assert tuple(told) == answered.claims
    first = next(at for at, event in enumerate(events) if isinstance(event, Checked))
    assert any(isinstance(event, Token) for event in events[:first])


def test_free_marks_only_what_is_supported(way: Way) -> None:
    script = ["The kettle holds four litres. Napoleon crossed the river."]
    answering = way.built(ScriptedEngine(script), hit(1, KETTLE))
    answered = end(answering.answer(way.about_documents(), "How much?", Stop(), AnswerMode.FREE))
    assert [claim.support for claim in answered.claims] == [Support.SUPPORTED]
    assert answered.note == ""


def test_a_quote_goes_with_its_document(way: Way) -> None:
    answering = way.built(ScriptedEngine(), hit(1, KETTLE))
    conversation = way.about_documents()
    answered = end(answering.answer(conversation, "How much?", Stop(), AnswerMode.QUOTES))
    document = answered.citations[0].document_id
    assert document is not None
    way.conversations.forget_document(document)
    turn = way.conversations.turns(conversation)[1]
    assert turn.text == "“…” [1]"
    assert turn.text[turn.claims[0].start : turn.claims[0].end] == "“…”"
