"""Whole documents are gone through passage by passage: told how far, stopped, gone on with, and nothing made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from assistant.answering import Answering
from assistant.conversations import Conversations, Notes, Pins
from assistant.engine import Engine
from assistant.errors import BadInput, ChildDied
from assistant.retrieval import NewDocument, Retrieval
from assistant.settings import Folders, Settings
from assistant.values import (
    Answered,
    AnswerEvent,
    DocumentId,
    FinishReason,
    GoingThrough,
    PageHow,
    PageText,
    Passage,
    Retrieved,
    Stop,
    Support,
    TurnId,
    TurnState,
)
from assistant.vault import Unlock, Vault
from tests.assistant.answering.fakes import ScriptedEngine
from tests.assistant.answering.way import end, nothing_near
from tests.assistant.retrieval.made import MODEL

CONTRACT = "The contract with {name} was signed in {signed}. It ends in {ends} unless it is extended before."
ASIDE = "The weather in the valley was mild, and the kettle held four litres of tea on number {number}."


class Home:
    """Documents, conversations and a way to answers in a vault of its own."""

    def __init__(self, vault: Vault, folder: Path) -> None:
        self.vault = vault
        self.retrieval = Retrieval(vault, folder / "index", MODEL)
        self.conversations = Conversations(vault)
        self.notes = Notes(vault)
        self.settings = Settings(Folders.inside(folder))

    def answering(self, *scripts: Sequence[object]) -> tuple[Answering, ScriptedEngine]:
        engine = ScriptedEngine(*scripts)  # type: ignore[arg-type]
        made = Answering(
            self.conversations,
            Pins(self.vault),
            cast(Engine, engine),
            engine.load,
            lambda texts: [],
            nothing_near,
            self.retrieval,
            self.settings,
            reading_notes=self.notes,
        )
        return made, engine

    def put(self, name: str, texts: Sequence[str], lost: int = 0) -> DocumentId:
        passages = [Passage(text, at, 600, at + 1, at + 1) for at, text in enumerate(texts)]
        pages = [PageText(at + 1, PageHow.TEXT, text) for at, text in enumerate(texts)]
        pages += [PageText(len(texts) + at + 1, PageHow.LOST, "") for at in range(lost)]
        new = NewDocument(Path("/made") / name, "0" * 64, name, len(pages), 1, passages, texts=pages)
        return self.retrieval.put(new).document.id

    def begin(
        self, way: Answering, question: str, *documents: DocumentId, stop: Stop | None = None
    ) -> list[AnswerEvent]:
        conversation = self.conversations.create(documents=True)
        return list(way.whole(conversation, question, documents, Stop()))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    vault = Vault.open(tmp_path / "data", Unlock(passphrase=lambda _: "a passphrase", use_keychain=False))
    made = Home(vault, tmp_path)
    yield made
    made.retrieval.close()
    vault.close()


def contract(name: str, ends: int) -> str:
    return CONTRACT.format(name=name, signed=ends - 5, ends=ends)


def quotes(answered: Answered) -> list[str]:
    return [answered.text[claim.start : claim.end] for claim in answered.claims if claim.support is Support.SUPPORTED]


def test_a_question_of_all_documents_finds_each_place(home: Home) -> None:
    first = home.put("a.pdf", [contract("Aster", 2027), ASIDE.format(number=1)])
    second = home.put("b.pdf", [contract("Bryony", 2031), contract("Clover", 2027)], lost=3)
    way, engine = home.answering()
    events = home.begin(way, "Which contract ends in 2027?", first, second)
    answered = end(events)
    assert quotes(answered) == ["“It ends in 2027 unless it is extended before.”"] * 2
    assert [citation.document for citation in answered.citations] == ["a.pdf", "b.pdf"]
    assert [citation.page for citation in answered.citations] == [1, 2]
    assert answered.text.endswith("Read 4 of 4 passages in 2 documents, 3 pages unreadable.")
    progress = [event for event in events if isinstance(event, GoingThrough)]
    assert [event.done for event in progress] == [0, 1, 2, 3, 4]
    assert progress[-1].total == 4 and progress[1].seconds_left is not None
    assert not engine.prompts


def test_a_sentence_that_is_in_two_passages_since_a_section_was_cut_is_told_once(home: Home) -> None:
    whole = contract("Aster", 2027)
    document = home.put("a.pdf", [whole, f"{whole[whole.index('It ends') :]} So it was."])
    way, _ = home.answering()
    assert len(quotes(end(home.begin(way, "Which contract ends in 2027?", document)))) == 1


def test_where_nothing_answers_that_is_said_with_what_was_read(home: Home) -> None:
    document = home.put("a.pdf", [ASIDE.format(number=at) for at in range(3)])
    way, _ = home.answering()
    answered = end(home.begin(way, "Which contract ends in 2027?", document))
    assert answered.text == "Nothing in what was read answers this. Read 3 of 3 passages."
    assert answered.citations == ()


def test_a_summary_is_held_against_its_passages(home: Home) -> None:
    document = home.put("a.pdf", [contract("Aster", 2027), contract("Bryony", 2031)])
    way, engine = home.answering(
        ["The contract with Aster was signed in 2022."],
        ["Nothing that anybody ever wrote about hedgehogs."],
        ["The contract with Bryony ends in 2031. ", "All whales are green animals."],
    )
    events = home.begin(way, "", document)
    answered = end(events)
    assert any(isinstance(event, Retrieved) for event in events)
    first, _, _ = answered.text.partition("\n\nThe main points")
    assert first == "The contract with Bryony ends in 2031. [2] All whales are green animals."
    assert [claim.support for claim in answered.claims[:2]] == [Support.SUPPORTED, Support.NOT_FOUND]
    assert len(quotes(answered)) == 3
    assert answered.text.endswith("Read 2 of 2 passages.")
    # What the model made up about the second passage went no further; the passage's own sentence did.
    assert "hedgehogs" not in engine.prompts[-1][-1].text
    assert home.notes.of(answered.turn) == {}


def test_a_stop_keeps_what_was_read_and_going_on_reads_only_the_rest(home: Home) -> None:
    document = home.put("a.pdf", [contract(f"Aster {at}", 2020 + at) for at in range(4)])
    way, engine = home.answering(["The contract with Aster 0 was signed in 2015."])
    stop = Stop()
    conversation = home.conversations.create(documents=True)
    answered: Answered | None = None
    for event in way.whole(conversation, "", [document], stop):
        if isinstance(event, GoingThrough) and event.done == 1:
            stop.set()
        if isinstance(event, Answered):
            answered = event
    assert answered is not None
    assert answered.reason is FinishReason.STOPPED
    assert answered.note == "You stopped this answer. Read 1 of 4 passages."
    assert len(quotes(answered)) == 1
    assert len(home.notes.of(answered.turn)) == 1

    way, engine = home.answering([""], [""], [""], ["The contract with Aster 3 ends in 2023."])
    after = list(way.go_on(answered.turn, Stop()))
    assert [event.done for event in after if isinstance(event, GoingThrough)] == [1, 2, 3, 4]
    assert end(after).text.endswith("Read 4 of 4 passages.")
    assert end(after).turn == answered.turn
    assert home.conversations.turn(answered.turn).state is TurnState.COMPLETE
    assert not engine.scripts


def test_an_answer_that_a_crash_cut_off_goes_on(home: Home) -> None:
    document = home.put("a.pdf", [contract(f"Aster {at}", 2027) for at in range(3)])
    way, _ = home.answering()
    conversation = home.conversations.create(documents=True)
    events = way.whole(conversation, "Which contract ends in 2027?", [document], Stop())
    for event in events:
        if isinstance(event, GoingThrough) and event.done == 2:
            break
    turn = home.conversations.turns(conversation)[-1].id
    noted = home.notes.of(turn)
    assert len(noted) == 2
    events.close()  # type: ignore[attr-defined]
    with home.vault.write() as connection:
        connection.execute("UPDATE turns SET state = 'writing' WHERE id = ?", (turn,))
    assert home.conversations.recover() == 1
    way, _ = home.answering()
    after = list(way.go_on(TurnId(turn), Stop()))
    assert [event.done for event in after if isinstance(event, GoingThrough)] == [2, 3]
    assert len(quotes(end(after))) == 3


def test_a_model_that_dies_leaves_the_main_points(home: Home) -> None:
    document = home.put("a.pdf", [contract(f"Aster {at}", 2020 + at) for at in range(4)])
    died = ChildDied("The language model ended unexpectedly.", "Ask again.")
    way, _ = home.answering([died], [died], [died])
    answered = end(home.begin(way, "", document))
    assert answered.reason is FinishReason.COMPLETE
    assert len(quotes(answered)) == 4
    assert answered.text.endswith("Read 4 of 4 passages.")


def test_notes_go_with_their_document(home: Home) -> None:
    document = home.put("a.pdf", [contract("Aster", 2027)])
    _, turn = home.conversations.ask(home.conversations.create(), "What?")
    (passage,) = home.retrieval.passage_ids(document)
    home.notes.keep(turn, {passage: "canarywort"})
    home.retrieval.remove(document)
    assert home.notes.of(turn) == {}
    home.notes.keep(turn, {passage: "canarywort"})
    assert home.notes.of(turn) == {}


def test_there_must_be_something_to_go_through(home: Home) -> None:
    way, _ = home.answering()
    with pytest.raises(BadInput):
        home.begin(way, "")
