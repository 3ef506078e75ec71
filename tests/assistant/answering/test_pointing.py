"""The words that answer: spans that stand there, chosen by rule at once and by rule and model a moment later."""

from __future__ import annotations

import pytest

from assistant.answering.evidence import Answering, Evidence
from assistant.answering.finding import citations_of
from assistant.answering.spans import Asked, Sentence, kind_of
from assistant.errors import ChildDied
from assistant.settings import options
from assistant.values import AnswerMode, Pointed, Retrieved, Stop
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.test_modes import KETTLE, meaning, near
from tests.assistant.answering.way import Way, end

ASK = "How much does the kettle hold?"
TELLING = ((("kettl",), 4.0), (("hold",), 2.0))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who built the wall?", "who"),
        ("In what year was it built?", "when"),
        ("Which city is the capital?", "name"),
        ("How many stones are in it?", "number"),
        ("How was it built?", "how"),
        ("What is it made of?", "what"),
        ("It is green.", "other"),
    ],
)
def test_what_a_question_asks_for(question: str, kind: str) -> None:
    assert kind_of(question) == kind


def test_spans_stand_at_the_borders_of_words_and_begin_and_end_with_something_that_can_answer() -> None:
    text = "The kettle holds 4.5 litres of water, and it cost £1,250 (in 1911)."
    found = [text[start:end] for start, end, _ in Sentence(Asked.of(ASK, TELLING), text).spans()]
    assert {"4.5 litres", "4.5 litres of water", "£1,250", "1911"} <= set(found)
    assert not any(one.endswith((" of", " the", " and")) or one.startswith("and ") for one in found)
    assert not any(part in found for part in ("4", "5 litres", "1,250", "250"))


@pytest.mark.parametrize(
    ("question", "telling", "text", "answer"),
    [
        ("When was the castle built?", ("castl", "built"), "The castle was built in 1911 by Ada Brown.", "1911"),
        ("Who built the castle?", ("built", "castl"), "The castle was built by Ada Brown in 1911.", "Ada Brown"),
        ("How many rooms are there?", ("room",), "The castle has 46 rooms and a garden in Kent.", "46"),
    ],
)
def test_the_rule_chooses_what_the_question_asks_for(
    question: str, telling: tuple[str, ...], text: str, answer: str
) -> None:
    best = Sentence(Asked.of(question, [((form,), 3.0) for form in telling]), text).ranked()[0]
    assert text[best.start : best.end] == answer


def test_the_passage_whose_sentence_answers_best_comes_first() -> None:
    hits = [hit(1, "The door is green."), hit(2, KETTLE), hit(3, "It rains.")]
    evidence = Evidence((Answering(0, 0, 18, 0.5), Answering(1, 21, 59, 2.0), Answering(2, 0, 9, 0.1)), 0.9)
    cited = citations_of(hits, evidence)
    assert [(one.number, one.text) for one in cited] == [(1, KETTLE), (2, "The door is green."), (3, "It rains.")]
    assert KETTLE[cited[0].start : cited[0].end] == "The kettle holds four litres of water."
    assert [one.text for one in citations_of(hits[:1], evidence)] == ["The door is green."]


def test_quotes_show_the_words_at_once_and_then_as_the_model_chose_them(way: Way) -> None:
    engine = ScriptedEngine()
    engine.liked = "litres"
    way.settings.set(options.RELEVANCE_THRESHOLD, 0.0)
    answering = way.built(engine, hit(1, KETTLE), embed=meaning, near=near)
    conversation = way.about_documents()
    events = list(answering.answer(conversation, ASK, Stop(), AnswerMode.QUOTES))
    (found,) = (event for event in events if isinstance(event, Retrieved))
    first = found.citations[0]
    assert first.start <= first.span_start < first.span_end <= first.end
    (pointed,) = (event for event in events if isinstance(event, Pointed))
    words = pointed.citations[0]
    assert KETTLE[words.span_start : words.span_end] == "litres"
    assert end(events).citations == way.conversations.turns(conversation)[1].citations == pointed.citations
    assert engine.prompts == []


def test_a_model_that_is_not_in_memory_is_not_waited_for(way: Way) -> None:
    engine = ScriptedEngine()
    engine.in_memory = False
    way.settings.set(options.RELEVANCE_THRESHOLD, 0.0)
    answering = way.built(engine, hit(1, KETTLE), embed=meaning, near=near)
    events = list(answering.answer(way.about_documents(), ASK, Stop(), AnswerMode.QUOTES))
    assert engine.pointed == []
    assert end(events).citations[0].span_end


def test_a_model_that_dies_takes_nothing_with_it(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    def died(*args: object, **more: object) -> None:
        raise ChildDied("The language model ended.", "Ask again.")

    engine = ScriptedEngine()
    monkeypatch.setattr(engine, "point", died)
    way.settings.set(options.RELEVANCE_THRESHOLD, 0.0)
    answering = way.built(engine, hit(1, KETTLE), embed=meaning, near=near)
    answered = end(answering.answer(way.about_documents(), ASK, Stop(), AnswerMode.QUOTES))
    assert answered.text == "“The kettle holds four litres of water.” [1]"
    assert answered.citations[0].span_end


def test_careful_points_into_its_passages_and_free_does_not(way: Way) -> None:
    for mode, expected in ((AnswerMode.CAREFUL, 1), (AnswerMode.FREE, 0)):
        engine = ScriptedEngine(["The kettle holds four litres."])
        engine.liked = "four litres"
        way.settings.set(options.RELEVANCE_THRESHOLD, 0.0)
        answering = way.built(engine, hit(1, KETTLE), embed=meaning, near=near)
        events = list(answering.answer(way.about_documents(), ASK, Stop(), mode))
        assert sum(isinstance(event, Pointed) for event in events) <= expected
        assert len(engine.pointed) == expected
