"""What is told before sending: the meter, the wait; and what is read before it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from assistant.errors import NotFound
from assistant.settings import options
from assistant.values import ConversationId, FinishReason, LeftOut, Message, Started, Stop, Token
from tests.assistant.answering.fakes import ScriptedEngine, hit, length
from tests.assistant.answering.way import Way, end

WORDS_OF_INSTRUCTIONS = len(options.INSTRUCTIONS.default.split())


def test_the_meter_counts_what_would_be_sent(way: Way) -> None:
    engine = ScriptedEngine(["Four litres it holds."])
    answering, conversation = way.built(engine), way.chat()
    list(answering.answer(conversation, "How large is it?", Stop()))
    outlook = answering.outlook(conversation, "And how heavy?")
    use = outlook.use
    assert (use.size, use.reserve) == (400, 200)
    assert (use.instructions, use.conversation) == (WORDS_OF_INSTRUCTIONS + 4, 4 + 4 + 4 + 4)
    assert (use.question, use.documents) == (3 + 4 + 4, 0)
    assert outlook.left_out == ""
    engine.scripts.append(["Light."])
    assert use.used - use.reserve == end(answering.answer(conversation, "And how heavy?", Stop())).prompt_tokens


def test_what_was_read_before_need_not_be_waited_for(way: Way) -> None:
    engine = ScriptedEngine(["Four litres it holds."])
    answering, conversation = way.built(engine), way.chat()
    draft = "word " * 50
    cold = answering.outlook(conversation, draft)
    list(answering.answer(conversation, "How large is it?", Stop()))
    warm = answering.outlook(conversation, draft)
    assert cold.cached == 0 and warm.cached == WORDS_OF_INSTRUCTIONS + 4 + 4 + 4
    assert cold.seconds is not None and warm.seconds is not None
    # At 100 tokens a second, and up to half as long again for a short stretch; the rest is some hundredths.
    for outlook in (cold, warm):
        reading = (outlook.use.used - outlook.use.reserve - outlook.cached) / 100
        assert outlook.seconds is not None and reading <= outlook.seconds <= 1.5 * reading + 0.1
    assert warm.seconds < cold.seconds
    engine.speed = None
    assert answering.outlook(conversation, draft).seconds is None


def test_documents_are_taken_to_be_as_long_as_most(way: Way) -> None:
    engine = ScriptedEngine(["The kettle."])
    answering = way.built(engine, *(hit(number, "word " * 40) for number in range(1, 9)))
    conversation = way.about_documents()
    expected = answering.outlook(conversation, "How large?").use.documents
    assert expected == pytest.approx(4 * 40, rel=0.4)
    assert answering.outlook(None, "How large?", documents=True).use.documents == expected
    assert answering.outlook(None, "How large?").use.documents == 0
    way.settings.set(options.PASSAGES_PER_ANSWER, 2)
    assert answering.outlook(conversation, "How large?").use.documents == pytest.approx(expected / 2, abs=1)


def test_how_long_passages_really_are_is_learnt(way: Way) -> None:
    engine = ScriptedEngine(*[["Yes."]] * 8, context=2000)
    answering, conversation = way.built(engine, hit(1, "word " * 40)), way.about_documents()
    for _ in range(8):
        list(answering.answer(conversation, "How large?", Stop()))
    passages = length(engine.prompts[-1][-1:]) - length([Message(engine.prompts[-1][-1].role, "How large?")])
    assert answering.outlook(conversation, "How large?").use.documents == pytest.approx(passages, rel=0.05)


def test_what_will_be_left_out_is_said_beforehand(way: Way) -> None:
    engine = ScriptedEngine(*[["word " * 30] for _ in range(6)], context=300)
    answering, conversation = way.built(engine), way.chat()
    for _ in range(5):
        list(answering.answer(conversation, "Tell me more", Stop()))
    said = answering.outlook(conversation, "Tell me more").left_out
    events = list(answering.answer(conversation, "Tell me more", Stop()))
    assert [event.sentence for event in events if isinstance(event, LeftOut)] == [said]


def test_a_draft_that_is_too_long_is_told_and_nothing_is_raised(way: Way) -> None:
    outlook = way.built(ScriptedEngine(context=200)).outlook(None, "why " * 500)
    assert outlook.use.used > outlook.use.size
    assert outlook.seconds is None and "longer than the model can read" in outlook.left_out


def test_while_an_answer_is_written_nobody_waits_for_the_engine(way: Way) -> None:
    engine = ScriptedEngine(["One ", "two."])
    answering, conversation = way.built(engine), way.chat()
    events = answering.answer(conversation, "Count", Stop())
    while not isinstance(next(events), Token):
        pass
    asked = engine.questions_counted
    outlook = answering.outlook(conversation, "And then? " * 10)
    assert engine.questions_counted == asked
    assert outlook.use.question > 10 and outlook.cached == outlook.use.instructions + outlook.use.conversation
    list(events)
    answering.outlook(conversation, "And then? " * 10)
    assert engine.questions_counted > asked


def test_an_outlook_on_nothing(way: Way) -> None:
    answering = way.built(ScriptedEngine())
    assert answering.outlook(None, "").use.conversation == 0
    with pytest.raises(NotFound):
        answering.outlook(ConversationId(99), "Anything?")


# --- reading in advance


def test_warming_reads_what_the_next_prompt_begins_with(way: Way) -> None:
    engine = ScriptedEngine(["Four litres."], ["Light."])
    answering, conversation = way.built(engine), way.chat()
    answering.warm(None, Stop())
    assert [[message.role for message in prompt] for prompt in engine.warmed] == [["system"]]
    list(answering.answer(conversation, "How large is it?", Stop()))
    answering.warm(conversation, Stop())
    list(answering.answer(conversation, "How heavy?", Stop()))
    assert engine.prompts[-1][: len(engine.warmed[-1])] == engine.warmed[-1]
    assert len(engine.warmed[-1]) == 3


def test_without_instructions_there_is_nothing_to_read_in_advance(way: Way) -> None:
    engine = ScriptedEngine()
    way.settings.set(options.INSTRUCTIONS, "")
    way.built(engine).warm(None, Stop())
    assert engine.warmed == []


class Slow(ScriptedEngine):
    """Reads in advance until it is stopped."""

    def __init__(self, *scripts: Sequence[str]) -> None:
        super().__init__(*scripts)
        self.reading = threading.Event()

    def warm(self, messages: Sequence[Message], stop: Stop | None = None) -> int:
        self.reading.set()
        pause = threading.Event()
        while stop is not None and not stop.requested:
            pause.wait(0.005)
        return super().warm(messages, stop)


def test_a_question_goes_before_what_is_read_in_advance(way: Way) -> None:
    engine = Slow(["Here."])
    answering, conversation, stop = way.built(engine), way.chat(), Stop()
    warming = threading.Thread(target=answering.warm, args=(None, stop))
    warming.start()
    assert engine.reading.wait(10)
    events = list(answering.answer(conversation, "Where?", Stop()))
    warming.join(10)
    assert end(events).reason is FinishReason.COMPLETE and len(engine.warmed) == 1
    assert not stop.requested


def test_what_is_read_in_advance_for_another_conversation_gives_way(way: Way) -> None:
    engine = Slow()
    answering, stop = way.built(engine), Stop()
    first = threading.Thread(target=answering.warm, args=(None, Stop()))
    first.start()
    assert engine.reading.wait(10)
    engine.reading.clear()
    second = threading.Thread(target=answering.warm, args=(None, stop))
    second.start()
    first.join(10)
    assert not first.is_alive() and engine.reading.wait(10)
    stop.set()
    second.join(10)
    assert len(engine.warmed) == 2


def test_nothing_is_read_in_advance_while_an_answer_is_made(way: Way) -> None:
    engine = ScriptedEngine(["Here."])
    answering = way.built(engine)
    events = answering.answer(way.chat(), "Where?", Stop())
    assert isinstance(next(events), Started)
    answering.warm(None, Stop())
    list(events)
    assert engine.warmed == []
