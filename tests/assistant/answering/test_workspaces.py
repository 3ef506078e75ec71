"""Nothing of another workspace is ever retrieved, quoted, pinned or told to the model, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from assistant.answering import Answering
from assistant.conversations import Conversations, Notes, Pins
from assistant.documents.collections import Collections
from assistant.embedding import Nearness
from assistant.engine import Engine
from assistant.errors import BadInput
from assistant.retrieval import NewDocument, Retrieval
from assistant.retrieval.index import Index
from assistant.settings import Folders, Settings
from assistant.values import (
    EVERYTHING,
    FIRST_WORKSPACE,
    Answered,
    CollectionId,
    ConversationId,
    DocumentId,
    NothingFound,
    Passage,
    PassageId,
    Retrieved,
    Scope,
    Stop,
    Table,
    TableChoice,
    WorkspaceId,
)
from assistant.workspaces import Workspaces
from tests.assistant.answering.fakes import ScriptedEngine
from tests.assistant.documents.made import StillIndex
from tests.assistant.retrieval.made import MODEL, drawn, unit
from tests.assistant.vault.opening import open_vault

QUESTION = "What is the vault code of the zeppelin hangar?"
SECRET = "The vault code of the zeppelin hangar is 4711."
OPEN = "The zeppelin hangar of the town has a vault; its code is not known here."


def alike_near(question: str, texts: Sequence[str], spans: Sequence[tuple[int, int, int]]) -> Nearness:
    return Nearness(((0, len(question)),), tuple(1.0 for _ in spans), tuple((1.0,) for _ in spans))


class Office:
    """Two workspaces in one vault, with a real search over both; every text has the vector of the question.

    index: with an index of vectors too.
    """

    def __init__(self, folder: Path, index: bool = False) -> None:
        self.vault = open_vault(folder)
        self.retrieval = Retrieval(self.vault, folder / "index", MODEL)
        if not index:
            still = cast(Index, StillIndex())
            self.retrieval._index = self.retrieval._searching._index = still
        self.workspaces = Workspaces(self.vault)
        self.collections = Collections(self.vault)
        self.conversations = Conversations(self.vault)
        self.engine = ScriptedEngine(*([["As", " it", " says."]] * 12), context=2000)
        self.answering = Answering(
            self.conversations,
            Pins(self.vault),
            cast(Engine, self.engine),
            self.engine.load,
            lambda texts: [unit(1.0) for _ in texts],
            alike_near,
            self.retrieval,
            Settings(Folders.inside(folder / "settings")),
            reading_notes=Notes(self.vault),
            workspaces=self.workspaces,
        )
        self.client = self.workspaces.create("Client A")
        self.theirs, self.secret = self.put("secret.pdf", SECRET, self.client.home)
        self.own, _ = self.put("town.pdf", OPEN, None)

    def put(self, name: str, text: str, collection: CollectionId | None) -> tuple[DocumentId, PassageId]:
        new = NewDocument(Path("/made") / name, name, name, 1, 1, [Passage(text, 0, 9, 1, 1)], collection=collection)
        stored = self.retrieval.put(new, unit(1.0), MODEL)
        return stored.document.id, stored.passages[0]

    def begin(self, workspace: WorkspaceId = FIRST_WORKSPACE, scope: Scope = EVERYTHING) -> ConversationId:
        return self.conversations.create(documents=True, workspace=workspace, scope=scope)

    def found(self, conversation: ConversationId, question: str = QUESTION) -> list[str]:
        """The documents that were found; the same are those that were quoted."""
        titles: list[str] = []
        for event in self.answering.answer(conversation, question, Stop()):
            if isinstance(event, Retrieved):
                titles += [citation.document for citation in event.citations]
        kept = self.conversations.turns(conversation)[-1]
        assert {citation.document for citation in kept.citations} <= set(titles)
        return titles


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.retrieval.close()
    office.vault.close()


def test_the_passage_that_answers_word_for_word_stays_where_it_is(office: Office) -> None:
    assert office.found(office.begin()) == ["town.pdf"]
    assert office.found(office.begin(office.client.id)) == ["secret.pdf"]
    told = [message.text for message in office.engine.prompts[0]]
    assert not any("4711" in text for text in told)
    # Nor by naming it, nor by an order in the question, nor by a question that leans on the one before.
    named = office.begin(scope=Scope(documents=(office.theirs,)))
    assert office.found(named) == []
    here = office.begin()
    for question in (f"Search the workspace Client A: {QUESTION}", "And what about secret.pdf?", SECRET):
        assert office.found(here, question) in ([], ["town.pdf"])


def test_where_nothing_is_within_reach_that_is_said(office: Office) -> None:
    empty = office.workspaces.create("Client B")
    (nothing,) = [
        event
        for event in office.answering.answer(office.begin(empty.id), QUESTION, Stop())
        if isinstance(event, NothingFound)
    ]
    assert "None of your documents is among those that this conversation asks" in nothing.sentence
    assert office.engine.prompts == []


def test_it_can_not_be_pinned_and_is_forgotten_when_it_moves(office: Office) -> None:
    here, there = office.begin(), office.begin(office.client.id)
    with pytest.raises(BadInput, match="another workspace"):
        office.answering.pinned.pin(here, [office.secret])
    assert office.answering.pinned.of(here) == ()
    (citation,) = office.answering.pinned.pin_document(there, office.theirs)
    assert citation.text == SECRET
    leases = office.collections.create("Leases")
    office.collections.put((office.theirs,), leases)  # in the first workspace from now on
    assert office.answering.pinned.of(there) == ()
    list(office.answering.answer(there, QUESTION, Stop()))
    assert not any("4711" in message.text for prompt in office.engine.prompts for message in prompt)
    assert "secret.pdf" in office.found(here)


def test_a_collection_in_the_trash_is_not_found_until_it_is_back(office: Office) -> None:
    leases = office.collections.create("Leases")
    office.put("lease.pdf", "The vault code of the zeppelin hangar is in the lease.", leases)
    here = office.begin()
    assert set(office.found(here)) == {"town.pdf", "lease.pdf"}
    office.collections.discard(leases)
    assert office.found(here) == ["town.pdf"]
    office.collections.restore(leases)
    assert set(office.found(here)) == {"town.pdf", "lease.pdf"}


def test_nor_is_a_table_of_another_workspace_asked(office: Office) -> None:
    table = Table((("Hangar", "Code"), ("Zeppelin", 4711), ("Balloon", 12)))
    words = Passage("| Hangar | Code |\n|---|---|\n| Zeppelin | 4711 |\n| Balloon | 12 |", 0, 9, 1, 1)
    new = NewDocument(Path("/t.xlsx"), "t", "t.xlsx", 1, 1, [words], tables=[table], collection=office.client.home)
    sheet = office.retrieval.put(new, unit(1.0), MODEL).document.id
    question = "What is the sum of the codes of the hangars?"
    assert "t.xlsx" in office.found(office.begin(office.client.id), question)
    assert "t.xlsx" not in office.found(office.begin(), question)
    chosen = TableChoice(sheet, None, 'SELECT "Code" FROM data')
    with pytest.raises(BadInput, match="not among the documents"):
        list(office.answering.answer(office.begin(), question, Stop(), table=chosen))
    (*_, last) = office.answering.answer(office.begin(office.client.id), question, Stop(), table=chosen)
    assert isinstance(last, Answered) and "4711" in last.text.replace(",", "").replace("\u202f", "")


def test_nor_is_a_document_of_another_workspace_gone_through(office: Office) -> None:
    with pytest.raises(BadInput, match="another workspace"):
        list(office.answering.whole(office.begin(), "", [office.theirs], Stop()))
    assert office.workspaces.of(office.theirs) == office.client.id
    assert office.workspaces.of(office.own) == FIRST_WORKSPACE
    there = office.begin(office.client.id)
    (*_, last) = office.answering.whole(there, "", [office.theirs], Stop())
    assert isinstance(last, Answered)
    office.collections.put((office.theirs,), None)  # in the first workspace from now on
    with pytest.raises(BadInput, match="another workspace"):
        list(office.answering.again(last.turn, Stop()))
    assert len(office.conversations.turns(there)) == 2  # and nothing was begun


def test_all_documents_are_those_of_the_workspace(office: Office) -> None:
    begun = office.answering.whole(office.begin(), "Where is it?", None, Stop())
    (*_, last) = begun
    assert isinstance(last, Answered) and "of 1 passage" in last.note + last.text
    assert "another workspace" not in last.note


def test_a_scope_is_searched_whole_though_all_that_is_near_lies_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path, index=True)
    # More near passages outside than a search looks at, and a scope that has to be told in pieces.
    monkeypatch.setattr("assistant.retrieval.searching._TOLD", 20)
    many = [Passage(f"Paragraph {number}.", number, 2) for number in range(240)]
    new = NewDocument(Path("/made/many.pdf"), "m", "many.pdf", 1, 1, many, collection=office.client.home)
    office.retrieval.put(new, b"".join(unit(1.0, 0.001 * number) for number in range(240)), MODEL)
    few = [Passage(f"Remark {number}.", number, 2) for number in range(50)]
    kept = NewDocument(Path("/made/few.pdf"), "f", "few.pdf", 1, 1, few)
    stored = office.retrieval.put(kept, b"".join(drawn(50)), MODEL)
    reach = office.workspaces.reach(FIRST_WORKSPACE, EVERYTHING)
    try:
        hits = office.retrieval.search("zzz", unit(1.0), 12, reach)
        assert set(office.found(office.begin())) <= {"town.pdf", "few.pdf"}
    finally:
        office.retrieval.close()
        office.vault.close()
    assert {hit.document_id for hit in hits} <= {office.own, stored.document.id}
    assert len(hits) == 12
