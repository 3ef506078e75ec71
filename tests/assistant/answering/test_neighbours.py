"""A passage that was cut off in mid-thought brings along what it was cut off from, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.lengths import Lengths
from assistant.answering.neighbours import after_it, as_blocks, before_it, brought
from assistant.answering.prompt import Source, compose
from assistant.retrieval import Around
from assistant.values import AnswerMode, Citation, DocumentId, Passage, PassageId, Retrieved, Stop
from tests.assistant.answering.fakes import ScriptedEngine, hit, length
from tests.assistant.answering.way import Way, end

ORDER = "The king signed the order in 1874."
IT = "It was revoked two years later."


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        (ORDER, False, False),
        (IT, True, False),
        ("This rule holds for all of them.", True, False),
        ("and so the contract ended.", True, False),
        ("However, nobody came.", True, False),
        ("Italy joined in 1861.", False, False),
        ("Land  1,200  1,300\nBuildings  400  500", True, False),
        ("The following conditions apply to all of the tenants:", False, True),
        ("The board decided in its meeting of May that the", False, True),
        ("Notes", False, False),
        ("", False, False),
    ],
)
def test_where_a_passage_was_cut_off(text: str, begins: bool, ends: bool) -> None:
    assert (before_it(text), after_it(text)) == (begins, ends)


def citation(number: int, text: str) -> Citation:
    return Citation(number, "a.pdf", f"page {number}", number, text, 1.0, DocumentId(1), PassageId(10 * number))


def passage(text: str, page: int = 7) -> Passage:
    return Passage(text, page, 8, page=page, last_page=page)


def test_the_neighbour_is_a_passage_of_its_own_behind_the_others() -> None:
    around = {PassageId(10): Around(before=(PassageId(9), passage(ORDER)), after=(PassageId(11), passage("Then.")))}
    found = brought([citation(1, IT), citation(2, "Another.")], around)
    assert [one.number for one in found] == [1, 2, 3]
    assert (found[2].text, found[2].place, found[2].passage_id) == (ORDER, "page 7", PassageId(9))
    assert found[2].beside == PassageId(10)
    assert as_blocks(found) == [(found[0], f"{ORDER}\n{IT}"), (found[1], "Another.")]


def test_one_that_was_found_by_itself_does_not_come_twice() -> None:
    around = {PassageId(10): Around(before=(PassageId(20), passage(ORDER)))}
    found = [citation(1, IT), citation(2, ORDER)]
    assert brought(found, around) == tuple(found)


def test_what_both_say_is_read_once() -> None:
    around = {PassageId(10): Around(before=(PassageId(9), passage(f"He ruled long. {ORDER}")))}
    found = brought([citation(1, f"it stood there. {IT}")], around)
    assert as_blocks(found)[0][1] == f"He ruled long. {ORDER}\nit stood there. {IT}"
    again = brought([replace(citation(1, f"{ORDER} {IT}"), text=f"this order, {IT}")], around)
    assert as_blocks(again)[0][1].count(ORDER) == 1
    repeated = [
        citation(1, f"{ORDER} {IT}"),
        replace(citation(2, f"Before. {ORDER}"), beside=PassageId(10), leads=True),
    ]
    assert as_blocks(repeated)[0][1] == f"Before. {ORDER} {IT}"


def test_where_there_is_no_room_the_neighbour_goes_first() -> None:
    around = {PassageId(10): Around(before=(PassageId(9), passage(ORDER * 20)))}
    found = brought([citation(1, IT), citation(2, "Another.")], around)
    lengths = Lengths(lambda prompts: [length(prompt) for prompt in prompts])
    lengths.begin("model")
    prompt = compose(Source("", (), "When?", found), lengths, 60)
    assert prompt is not None
    assert prompt.passages == 1
    said = prompt.messages[-1].text
    assert IT in said
    assert "Another." in said
    assert ORDER not in said


def test_the_model_reads_both_as_one_and_each_can_be_cited(way: Way) -> None:
    engine = ScriptedEngine(["The king signed the order in 1874."])
    answering = way.built(engine, hit(1, IT))
    way.retrieval.beside_it = {PassageId(1): Around(before=(PassageId(5), passage(ORDER)))}
    conversation = way.about_documents()
    answered = end(answering.answer(conversation, "When was the order signed?", Stop()))
    assert f"{ORDER}\n{IT}" in engine.prompts[0][-1].text
    assert engine.prompts[0][-1].text.count("Passage ") == 1
    assert answered.text.rstrip().endswith("[2]")
    assert answered.citations[1].text == ORDER
    kept = way.conversations.turns(conversation)[-1]
    assert kept.citations == answered.citations
    saw = answering.saw(answered.turn)
    assert saw is not None
    assert ORDER in "".join(text for text, _ in saw.pieces)


def test_quotes_alone_bring_none_along(way: Way) -> None:
    answering = way.built(ScriptedEngine(), hit(1, IT))
    way.retrieval.beside_it = {PassageId(1): Around(before=(PassageId(5), passage(ORDER)))}
    events = list(answering.answer(way.about_documents(), "What was revoked?", Stop(), AnswerMode.QUOTES))
    (found,) = (event.citations for event in events if isinstance(event, Retrieved))
    assert [one.text for one in found] == [IT]
