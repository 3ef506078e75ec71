"""Pinned passages stand behind the instructions, stay when turns go, leave with their document, and have a limit."""

from __future__ import annotations

import pytest

from assistant.errors import BadInput
from assistant.values import (
    Citation,
    ConversationId,
    PassageId,
    Retrieved,
    Role,
    Stop,
)
from tests.assistant.answering.fakes import ScriptedEngine, hit
from tests.assistant.answering.way import Way

KETTLE = "The kettle holds four litres."


@pytest.fixture
def pinned(way: Way) -> ConversationId:
    """A conversation about documents, and one passage in the vault."""
    with way.vault.write() as connection:
        connection.execute(
            "INSERT INTO documents (path, sha256, title, pages, size, added, warnings)"
            " VALUES (x'2f61', '', 'hut.md', 1, 1, 1, '[]')"
        )
        connection.execute(
            "INSERT INTO passages (document, ordinal, text, page, last_page, heading, tokens)"
            " VALUES (1, 0, ?, 3, 3, '', 6)",
            (KETTLE,),
        )
    return way.chat()


def test_a_pinned_passage_is_told_before_everything_and_stays(way: Way, pinned: ConversationId) -> None:
    engine = ScriptedEngine(["Four."], ["Yes."])
    answering = way.built(engine)
    way.retrieval.pinned = KETTLE
    (citation,) = answering.pinned.pin(pinned, [PassageId(1)])
    assert isinstance(citation, Citation)
    assert (citation.text, citation.page) == (KETTLE, 3)
    list(answering.answer(pinned, "How large is it?", Stop()))
    first = engine.prompts[-1][0]
    assert first.role is Role.SYSTEM
    assert first.text.endswith(KETTLE)
    assert answering.outlook(pinned, "And?").use.documents > 0
    assert answering.pinned.unpin(pinned) == ()
    list(answering.answer(pinned, "And now?", Stop()))
    assert KETTLE not in engine.prompts[-1][0].text


def test_an_answer_from_documents_may_rest_on_it_too(way: Way, pinned: ConversationId) -> None:
    way.conversations.set_documents(pinned, True)
    answering = way.built(ScriptedEngine(["Yes."]), hit(7, "The hedge is green."))
    way.retrieval.pinned = KETTLE
    answering.pinned.pin(pinned, [PassageId(1)])
    (found,) = [event for event in answering.answer(pinned, "Green?", Stop()) if isinstance(event, Retrieved)]
    assert [(one.number, one.text) for one in found.citations] == [(1, "The hedge is green."), (2, KETTLE)]


def test_what_would_leave_no_room_is_refused_and_nothing_is_pinned(way: Way, pinned: ConversationId) -> None:
    answering = way.built(ScriptedEngine(context=24))
    way.retrieval.pinned = KETTLE
    with pytest.raises(BadInput, match="too long to be kept in mind"):
        answering.pinned.pin(pinned, [PassageId(1)])
    assert answering.pinned.of(pinned) == ()


def test_pins_keep_their_order_and_go_with_their_passage(way: Way, pinned: ConversationId) -> None:
    pins = way.pins
    pins.pin(pinned, [PassageId(1), PassageId(99)])
    pins.pin(pinned, [PassageId(1)])
    assert pins.of(pinned) == (1,)
    with way.vault.write() as connection:
        connection.execute("DELETE FROM passages WHERE id = 1")
    assert pins.of(pinned) == ()
