"""Quotes only, careful and free; the sentence that answers, and silence where none does."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from assistant.answering.evidence import weigh
from assistant.settings import options
from assistant.values import AnswerMode, Checked, Retrieved, Stop, Support, Token
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.way import Way, end

KETTLE = "It rains a lot here. The kettle holds four litres of water. The door is green."
TELLING = ((("kettl",), 4.0), (("hold",), 2.0))


def meaning(texts: Sequence[str]) -> list[bytes]:
    """Two directions: what speaks of a kettle, and everything else."""
    return [array("f", (1.0, 0.0) if "kettle" in text.casefold() else (0.0, 1.0)).tobytes() for text in texts]


def test_the_sentence_that_answers_is_told() -> None:
    question = "How much does the kettle hold?"
    found = weigh(question, meaning([question])[0], [hit(1, KETTLE)], TELLING, meaning)
    assert found is not None
    (sentence,) = found.sentences
    assert KETTLE[sentence.start : sentence.end] == "The kettle holds four litres of water."
    other = weigh(question, meaning([question])[0], [hit(1, "The door is green.", 0.1)], TELLING, meaning)
    assert other is not None
    assert other.sureness < 0.1 < found.sureness


def test_without_meaning_there_is_no_evidence() -> None:
    assert weigh("kettle?", b"", [hit(1, KETTLE)], TELLING, meaning) is None
    assert weigh("kettle?", meaning(["kettle"])[0], [hit(1, KETTLE)], TELLING, lambda texts: []) is None


def test_quotes_only_asks_no_model(way: Way) -> None:
    engine = ScriptedEngine()
    way.settings.set(options.RELEVANCE_THRESHOLD, 0.0)
    answering = way.built(engine, hit(1, KETTLE), embed=meaning)
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
