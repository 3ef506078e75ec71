"""Regenerate, Edit and Continue: a new version beside the old one, or the same answer grown."""

from __future__ import annotations

from itertools import pairwise

import pytest

from assistant.errors import BadInput, ChildDied, NotFound
from assistant.settings import options
from assistant.values import (
    Answered,
    AnswerEvent,
    DocumentId,
    FinishReason,
    Message,
    Retrieved,
    Role,
    Started,
    Stop,
    Thought,
    Token,
    TurnId,
    TurnState,
)
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.way import Way, end

DEATH = ChildDied("The language model ended unexpectedly (SIGKILL).", "The next try starts it again.")
KETTLE = hit(3, "The kettle holds four litres of water.")
HEDGE = hit(9, "The hedge was planted in 1874 by Ottilie Brandt.")


def started(events: list[AnswerEvent]) -> Started:
    assert isinstance(events[0], Started)
    return events[0]


def shown(events: list[AnswerEvent]) -> str:
    """What somebody sees who begins with Started's text and adds every token."""
    return started(events).text + "".join(event.text for event in events if isinstance(event, Token))


# --- Regenerate


def test_again_gives_another_version_with_the_next_seed(way: Way) -> None:
    engine = ScriptedEngine(["One."], ["Two."], ["Three."])
    way.settings.set(options.SEED, 40)
    answering, conversation = way.built(engine), way.chat()
    first = end(answering.answer(conversation, "Say a number", Stop())).turn
    second = end(answering.again(first, Stop())).turn
    events = list(answering.again(first, Stop()))
    assert way.texts(conversation) == ["Say a number", "Three."]
    assert way.conversations.turns(conversation)[1].versions == (first, second, end(events).turn)
    assert [sampling.seed for sampling in engine.samplings] == [40, 41, 42]
    assert engine.prompts[0] == engine.prompts[1] == engine.prompts[2]
    assert started(events).question == way.conversations.turns(conversation)[0].id
    assert way.conversations.turn(first).text == "One."


def test_where_only_the_likeliest_word_is_taken_another_answer_may_take_others(way: Way) -> None:
    engine = ScriptedEngine(["One."], ["Two."])
    way.settings.set(options.TEMPERATURE, 0.0)
    answering = way.built(engine)
    list(answering.again(end(answering.answer(way.chat(), "Say a number", Stop())).turn, Stop()))
    assert engine.samplings[0].temperature == 0 < engine.samplings[1].temperature


def test_again_in_the_middle_knows_what_came_before_and_nothing_of_what_came_after(way: Way) -> None:
    engine = ScriptedEngine(["One."], ["Two."], ["Three."], ["Zwei."], ["Four."])
    answering, conversation = way.built(engine), way.chat()
    answers = [end(answering.answer(conversation, f"Question {n}", Stop())).turn for n in range(3)]
    list(answering.again(answers[1], Stop()))
    assert [message.text for message in engine.prompts[3][1:]] == ["Question 0", "One.", "Question 1"]
    assert way.texts(conversation) == ["Question 0", "One.", "Question 1", "Zwei."]
    list(answering.answer(conversation, "And then?", Stop()))
    assert [message.text for message in engine.prompts[4][3:]] == ["Question 1", "Zwei.", "And then?"]
    way.conversations.choose(answers[1])
    assert way.texts(conversation)[-1] == "Three."


def test_a_question_that_was_left_without_an_answer_gets_one(way: Way) -> None:
    answering, conversation = way.built(ScriptedEngine(["Here."])), way.chat()
    asked = way.conversations.append(conversation, Role.USER, "Where?")
    assert end(answering.again(asked, Stop())).text == "Here."
    assert way.texts(conversation) == ["Where?", "Here."]


def test_again_searches_again(way: Way) -> None:
    engine = ScriptedEngine(["The kettle holds four litres."])
    answering, conversation = way.built(engine), way.about_documents()
    nothing = end(answering.answer(conversation, "How large is the kettle?", Stop()))
    way.retrieval.hits.append(KETTLE)
    assert end(answering.again(nothing.turn, Stop())).text == "The kettle holds four litres. [1]"


def test_a_death_while_answering_again_leaves_the_first_answer_untouched(way: Way) -> None:
    answering, conversation = way.built(ScriptedEngine(["Whole."], ["Half ", DEATH])), way.chat()
    first = end(answering.answer(conversation, "Go on", Stop())).turn
    before = way.conversations.turn(first)
    assert end(answering.again(first, Stop())).reason is FinishReason.INTERRUPTED
    after = way.conversations.turn(first)
    assert (after.text, after.state, after.note) == (before.text, before.state, before.note)
    assert way.texts(conversation) == ["Go on", "Half"]


# --- Edit


def test_an_edit_is_a_branch_with_its_own_answer(way: Way) -> None:
    engine = ScriptedEngine(["Blue."], ["Sure."], ["Red."])
    answering, conversation = way.built(engine), way.chat()
    list(answering.answer(conversation, "A colour?", Stop()))
    list(answering.answer(conversation, "Sure?", Stop()))
    asked = way.conversations.turns(conversation)[0].id
    events = list(answering.edit(asked, "  A warm colour?  ", Stop()))
    assert way.texts(conversation) == ["A warm colour?", "Red."]
    assert [message.text for message in engine.prompts[2][1:]] == ["A warm colour?"]
    assert way.conversations.turns(conversation)[0].versions == (asked, started(events).question)
    way.conversations.choose(asked)
    assert way.texts(conversation) == ["A colour?", "Blue.", "Sure?", "Sure."]


def test_only_questions_can_be_edited_and_not_into_nothing(way: Way) -> None:
    answering, conversation = way.built(ScriptedEngine(["Blue."])), way.chat()
    answer = end(answering.answer(conversation, "A colour?", Stop())).turn
    asked = way.conversations.turns(conversation)[0].id
    for turn, text in ((answer, "Red."), (asked, " ")):
        with pytest.raises(BadInput):
            list(answering.edit(turn, text, Stop()))
    assert way.texts(conversation) == ["A colour?", "Blue."]


# --- Continue


def test_an_answer_that_repeats_itself_is_stopped_and_can_go_on(way: Way) -> None:
    again = "The hedge is cut twice a year by whoever finds the shears, which hang in the shed behind the house. "
    engine = ScriptedEngine([again] * 40, ["That was it.", FinishReason.COMPLETE])
    answering, conversation = way.built(engine), way.chat()
    cut = end(answering.answer(conversation, "The hedge?", Stop()))
    assert cut.reason is FinishReason.REPEATED and "three times" in cut.note
    assert 3 <= cut.text.count("shears") <= 4
    assert way.conversations.turns(conversation)[1].state is TurnState.CUT
    assert end(answering.go_on(cut.turn, Stop())).text.endswith("That was it.")


def test_a_cut_answer_goes_on_in_place(way: Way) -> None:
    engine = ScriptedEngine(["One, ", "two,", FinishReason.LENGTH], [" three.", FinishReason.COMPLETE])
    answering, conversation = way.built(engine), way.chat()
    cut = end(answering.answer(conversation, "Count", Stop()))
    assert (cut.reason, bool(cut.note)) == (FinishReason.LENGTH, True)
    events = list(answering.go_on(cut.turn, Stop()))
    assert (started(events).answer, started(events).text) == (cut.turn, "One, two,")
    assert engine.prompts[1][-2:] == (Message(Role.USER, "Count"), Message(Role.ASSISTANT, "One, two,"))
    assert shown(events) == end(events).text == "One, two, three."
    _, answer = way.conversations.turns(conversation)
    assert (answer.text, answer.state, answer.note) == ("One, two, three.", TurnState.COMPLETE, "")
    assert answer.versions == (cut.turn,)


def test_a_stopped_answer_goes_on_in_place(way: Way) -> None:
    engine = ScriptedEngine(["One, ", "two,"], [" two, three.", FinishReason.COMPLETE])
    answering, conversation, stop, events = way.built(engine), way.chat(), Stop(), []
    for event in answering.answer(conversation, "Count", stop):
        events.append(event)
        if isinstance(event, Token):
            stop.set()
    cut = end(events)
    assert (cut.text, cut.reason) == ("One,", FinishReason.STOPPED)
    assert end(answering.go_on(cut.turn, Stop())).text == "One, two, three."
    assert engine.prompts[1][-1] == Message(Role.ASSISTANT, "One,")
    _, answer = way.conversations.turns(conversation)
    assert (answer.id, answer.state, answer.versions) == (cut.turn, TurnState.COMPLETE, (cut.turn,))


def test_numbers_stay_right_where_an_answer_goes_on(way: Way) -> None:
    engine = ScriptedEngine(
        ["Ottilie Brandt planted the hedge. The kettle holds four", FinishReason.LENGTH],
        [" litres. Napoleon crossed the frozen river."],
    )
    answering, conversation = way.built(engine, KETTLE, HEDGE), way.about_documents()
    cut = end(answering.answer(conversation, "Tell me all", Stop()))
    assert cut.text == "Ottilie Brandt planted the hedge. [2] The kettle holds four [1]"
    events = list(answering.go_on(cut.turn, Stop()))
    assert started(events).text == "Ottilie Brandt planted the hedge. [2] The kettle holds four"
    assert engine.prompts[1][-1].text == "Ottilie Brandt planted the hedge. The kettle holds four"
    assert engine.prompts[1][:-1] == engine.prompts[0]
    whole = "Ottilie Brandt planted the hedge. [2] The kettle holds four litres. [1] Napoleon crossed the frozen river."
    assert shown(events) == end(events).text == way.texts(conversation)[1] == whole
    assert end(events).citations == cut.citations
    assert any(event == Retrieved(cut.citations, 0.0) for event in events)
    assert "Sentences without a number" in end(events).note and "greatest length" not in end(events).note
    assert len(way.retrieval.asked) == 1


@pytest.mark.parametrize(
    "text", ["Yes.", "The kettle holds four litres.", "Yes. [", "A list:\n\n1. The kettle holds", "a"]
)
def test_an_answer_that_cannot_go_on_after_all_stays_as_it_was(way: Way, text: str) -> None:
    answering = way.built(ScriptedEngine([text, FinishReason.LENGTH], [DEATH]), KETTLE)
    cut = end(answering.answer(way.about_documents(), "How large?", Stop()))
    events = list(answering.go_on(cut.turn, Stop()))
    assert (end(events).text, end(events).reason) == (cut.text, FinishReason.INTERRUPTED)
    assert way.conversations.turn(cut.turn).text == cut.text


def test_brackets_of_the_model_s_own_stay_where_no_passages_were(way: Way) -> None:
    engine = ScriptedEngine(["row [1] is", FinishReason.LENGTH], [" first."], ["Yes."])
    answering, conversation = way.built(engine), way.chat()
    cut = end(answering.answer(conversation, "Which?", Stop()))
    assert end(answering.go_on(cut.turn, Stop())).text == "row [1] is first."
    list(answering.answer(conversation, "Sure?", Stop()))
    assert engine.prompts[1][-1].text == "row [1] is"
    assert engine.prompts[2][2].text == "row [1] is first."


def test_an_answer_without_a_word_begins_anew(way: Way) -> None:
    engine = ScriptedEngine([Thought("Hm"), DEATH], ["The kettle holds four litres."])
    answering, conversation = way.built(engine, KETTLE), way.about_documents()
    dead = end(answering.answer(conversation, "How large?", Stop()))
    assert (dead.text, dead.thought) == ("", "Hm")
    events = list(answering.go_on(dead.turn, Stop()))
    assert (end(events).text, end(events).thought) == ("The kettle holds four litres. [1]", "")
    assert way.conversations.turn(dead.turn).thought == ""
    assert len(way.retrieval.asked) == 2


def test_what_is_finished_or_lost_its_passages_does_not_go_on(way: Way) -> None:
    engine = ScriptedEngine(["Yes."], ["The kettle holds", FinishReason.LENGTH])
    answering, conversation = way.built(engine, KETTLE), way.about_documents()
    whole = end(answering.answer(conversation, "Really?", Stop()))
    cut = end(answering.answer(conversation, "How large?", Stop()))
    way.conversations.forget_document(DocumentId(1))
    for turn in (whole.turn, cut.turn, way.conversations.turns(conversation)[0].id):
        with pytest.raises(BadInput):
            list(answering.go_on(turn, Stop()))
    with pytest.raises(NotFound):
        list(answering.go_on(TurnId(99), Stop()))


def test_an_answer_that_fills_the_window_still_goes_on(way: Way) -> None:
    engine = ScriptedEngine(["word " * 150, FinishReason.LENGTH], [" end."], context=300)
    answering, conversation = way.built(engine), way.chat()
    cut = end(answering.answer(conversation, "Tell me", Stop()))
    assert end(answering.go_on(cut.turn, Stop())).text.endswith("word end.")


# --- thoughts


def test_thoughts_stream_apart_are_kept_and_not_fed_back(way: Way) -> None:
    engine = ScriptedEngine([Thought("Let me "), Thought("see."), "Four litres."], ["Yes."])
    answering, conversation = way.built(engine), way.chat()
    events = list(answering.answer(conversation, "How large?", Stop()))
    assert [event.text for event in events if isinstance(event, Thought)] == ["Let me ", "see."]
    assert (end(events).text, end(events).thought) == ("Four litres.", "Let me see.")
    assert way.conversations.turns(conversation)[1].thought == "Let me see."
    list(answering.answer(conversation, "Sure?", Stop()))
    assert "see" not in " ".join(message.text for message in engine.prompts[1])


def test_thoughts_get_no_numbers_and_support_nothing(way: Way) -> None:
    engine = ScriptedEngine(
        [Thought("The kettle holds four litres. Napoleon crossed the river."), "Four litres of water."]
    )
    answered = end(way.built(engine, KETTLE).answer(way.about_documents(), "How large?", Stop()))
    assert (answered.text, answered.note) == ("Four litres of water. [1]", "")
    assert "[1]" not in answered.thought


# --- what the prompts begin with


def test_each_prompt_of_a_chat_begins_with_the_one_before(way: Way) -> None:
    engine = ScriptedEngine(*[[f"Answer {n}."] for n in range(6)], context=4000)
    answering, conversation = way.built(engine), way.chat()
    for n in range(6):
        assert isinstance(end(answering.answer(conversation, f"Question {n}?", Stop())), Answered)
    for before, after in pairwise(engine.prompts):
        assert after[: len(before)] == before
