"""A question's way, with an engine and a search whose words are known."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.engine import ContextFull, LoadedModel
from assistant.errors import BadInput, ChildDied, ModelMissing, ModelSetAside
from assistant.values import (
    NOTHING_FOUND,
    AnswerEvent,
    FinishReason,
    LeftOut,
    NothingFound,
    Retrieved,
    Started,
    Stop,
    Token,
    TurnState,
)
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.way import Way, end

DEATH = ChildDied("The language model ended unexpectedly (SIGKILL).", "The next try starts it again.")


def test_a_chat_answer_is_streamed_and_kept(way: Way) -> None:
    answering = way.built(ScriptedEngine(["Good ", "morning."]))
    conversation = way.chat()
    events = list(answering.answer(conversation, "  Hello  ", Stop()))
    assert isinstance(events[0], Started)
    assert [event.text for event in events if isinstance(event, Token)] == ["Good ", "morning."]
    assert (end(events).text, end(events).reason, end(events).note) == ("Good morning.", FinishReason.COMPLETE, "")
    assert [turn.text for turn in way.conversations.turns(conversation)] == ["Hello", "Good morning."]
    assert way.conversations.turns(conversation)[1].state is TurnState.COMPLETE


def test_passages_come_before_the_first_word_and_carry_page_and_text(way: Way) -> None:
    engine = ScriptedEngine(["The kettle holds four litres."])
    answering = way.built(engine, hit(3, "The kettle holds four litres of water."), hit(9, "Something else here."))
    events = list(answering.answer(way.about_documents(), "How large is the kettle?", Stop()))
    kinds = [type(event) for event in events]
    assert kinds.index(Retrieved) < kinds.index(Token)
    found = next(event for event in events if isinstance(event, Retrieved)).citations
    assert [(c.number, c.document, c.page, c.place) for c in found] == [
        (1, "report.pdf", 3, "page 3"),
        (2, "report.pdf", 9, "page 9"),
    ]
    assert end(events).text == "The kettle holds four litres. [1]"
    assert end(events).citations == found
    assert "The kettle holds four litres of water." in engine.prompts[0][-1].text


def test_when_nothing_relevant_is_found_the_model_is_not_asked(way: Way) -> None:
    engine = ScriptedEngine()
    answering = way.built(engine, hit(1, "Something else.", similarity=0.01))
    conversation = way.about_documents()
    events = list(answering.answer(conversation, "What is the moon made of?", Stop()))
    assert engine.prompts == []
    nothing = next(event for event in events if isinstance(event, NothingFound))
    assert [(citation.number, citation.text) for citation in nothing.nearest] == [(1, "Something else.")]
    assert end(events).text == NOTHING_FOUND
    assert end(events).citations == ()
    assert way.conversations.turns(conversation)[1].text == end(events).text


def test_without_documents_the_answer_says_so(way: Way) -> None:
    events = list(way.built(ScriptedEngine(), documents=0).answer(way.about_documents(), "Anything?", Stop()))
    assert end(events).text.startswith("There are no documents yet")


def test_sentences_that_no_passage_supports_are_admitted(way: Way) -> None:
    answering = way.built(
        ScriptedEngine(["Napoleon crossed the frozen river at night."]), hit(1, "The kettle holds four litres.")
    )
    assert (
        "Nothing in the passages supports this"
        in end(list(answering.answer(way.about_documents(), "Who?", Stop()))).note
    )


def test_a_dead_model_leaves_half_an_answer_and_a_sentence(way: Way) -> None:
    answering = way.built(ScriptedEngine(["Half an ", DEATH], ["Whole."]))
    conversation = way.chat()
    events = list(answering.answer(conversation, "Go on", Stop()))
    assert (end(events).text, end(events).reason) == ("Half an", FinishReason.INTERRUPTED)
    assert end(events).note == "The language model ended unexpectedly (SIGKILL)."
    kept = way.conversations.turns(conversation)[1]
    assert (kept.text, kept.state, kept.note) == ("Half an", TurnState.INTERRUPTED, end(events).note)
    assert end(list(answering.answer(conversation, "Again", Stop()))).text == "Whole."


def test_a_dead_embedder_leaves_words_to_search_with(way: Way) -> None:
    def dead(texts: Sequence[str]) -> list[bytes]:
        raise DEATH

    answering = way.built(ScriptedEngine(["Yes indeed."]), hit(1, "The kettle."), embed=dead)
    events = list(answering.answer(way.about_documents(), "Kettle?", Stop()))
    assert any(isinstance(event, Retrieved) for event in events)
    assert way.retrieval.asked == [("Kettle?", b"")]


def test_stop_keeps_what_was_written(way: Way) -> None:
    answering = way.built(ScriptedEngine(["One ", "two ", "three."]))
    conversation, stop, events = way.chat(), Stop(), []
    for event in answering.answer(conversation, "Count", stop):
        events.append(event)
        if isinstance(event, Token):
            stop.set()
    assert (end(events).text, end(events).reason) == ("One", FinishReason.STOPPED)
    assert way.conversations.turns(conversation)[1].state is TurnState.STOPPED


def test_a_reader_that_goes_away_leaves_a_kept_half(way: Way) -> None:
    answering = way.built(ScriptedEngine(["One ", "two ", "three."]))
    conversation = way.chat()
    events = answering.answer(conversation, "Count", Stop())
    next(events)
    next(events)
    events.close()  # type: ignore[attr-defined]
    kept = way.conversations.turns(conversation)[1]
    assert (kept.text, kept.state) == ("One ", TurnState.INTERRUPTED)


def test_a_full_context_is_said_aloud(way: Way) -> None:
    answering = way.built(ScriptedEngine(*[["word " * 30] for _ in range(8)], context=200))
    conversation = way.chat()
    events: list[AnswerEvent] = []
    for _ in range(8):
        events = list(answering.answer(conversation, "Tell me " + "more " * 10, Stop()))
    left_out = [event for event in events if isinstance(event, LeftOut)]
    assert len(left_out) == 1
    assert left_out[0].turns > 0
    assert "not fit into the model's memory" in left_out[0].sentence


def test_a_question_that_is_too_long_is_kept_and_refused(way: Way) -> None:
    answering = way.built(ScriptedEngine(context=100))
    conversation = way.chat()
    with pytest.raises(ContextFull) as caught:
        list(answering.answer(conversation, "why " * 500, Stop()))
    assert "document" in caught.value.do
    asked, answer = way.conversations.turns(conversation)
    assert asked.text.count("why") == 500
    assert (answer.state, answer.note) == (TurnState.INTERRUPTED, caught.value.what)


def test_a_missing_model_keeps_the_question(way: Way) -> None:
    engine = ScriptedEngine()

    def missing() -> None:
        raise ModelMissing("There is no model.", "Choose one.")

    engine.load = missing  # type: ignore[method-assign, assignment]
    conversation = way.chat()
    with pytest.raises(ModelMissing):
        list(way.built(engine).answer(conversation, "Hello", Stop()))
    assert way.conversations.turns(conversation)[0].text == "Hello"


def test_a_question_to_a_model_that_is_set_aside_is_answered_once_it_is_tried_again(way: Way) -> None:
    engine = ScriptedEngine(["An oak."])
    answering, conversation, load = way.built(engine), way.chat(), engine.load

    def set_aside() -> LoadedModel:
        raise ModelSetAside("Tiny ended unexpectedly 3 times in a row and was set aside.", "Have it tried again.")

    answering._fitting._load = set_aside
    with pytest.raises(ModelSetAside):
        list(answering.answer(conversation, "Name a tree.", Stop()))
    asked, answer = way.conversations.turns(conversation)
    assert (asked.text, answer.text, answer.state) == ("Name a tree.", "", TurnState.INTERRUPTED)
    assert answer.note == "Tiny ended unexpectedly 3 times in a row and was set aside."
    answering._fitting._load = load
    assert end(answering.go_on(answer.id, Stop())).text == "An oak."
    assert way.texts(conversation) == ["Name a tree.", "An oak."]


def test_an_empty_question_leaves_nothing_behind(way: Way) -> None:
    conversation = way.chat()
    with pytest.raises(BadInput):
        list(way.built(ScriptedEngine()).answer(conversation, " \n ", Stop()))
    assert way.conversations.turns(conversation) == ()
