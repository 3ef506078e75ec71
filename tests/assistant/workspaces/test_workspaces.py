"""Which documents are within reach of a question: those of one workspace, narrowed as its conversation is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.documents.collections import Collections
from assistant.errors import BadInput, NotFound
from assistant.retrieval import NewDocument, Retrieval
from assistant.values import EVERYTHING, FIRST_WORKSPACE, CollectionId, DocumentId, Passage, Scope, WorkspaceId
from assistant.vault import Vault
from assistant.workspaces import Workspaces, day
from tests.assistant.vault.opening import open_vault


class Shelf:
    """Workspaces over a vault, and documents without files."""

    def __init__(self, vault: Vault, folder: Path) -> None:
        self.vault = vault
        self.workspaces = Workspaces(vault)
        self.collections = Collections(vault)
        self.conversations = Conversations(vault)
        self._retrieval = Retrieval(vault, folder / "index", "made-1")

    def reach(self, workspace: WorkspaceId, scope: Scope = EVERYTHING) -> set[DocumentId]:
        """The documents within reach, where not all are."""
        reached = self.workspaces.reach(workspace, scope)
        assert reached is not None
        return set(reached)

    def put(self, name: str, collection: CollectionId | None = None, when: str = "2026-03-04") -> DocumentId:
        modified = int(time.mktime(time.strptime(when, "%Y-%m-%d")) + 3600) * 10**9
        passages = [Passage(f"The words of {name}.", 0, 4)]
        path = Path("/made") / name
        new = NewDocument(path, "0" * 64, name, 1, 1, passages, modified=modified, collection=collection)
        return self._retrieval.put(new).document.id


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_vault(tmp_path) as vault:
        yield Shelf(vault, tmp_path)


def test_in_a_vault_with_one_workspace_nothing_is_held_back(shelf: Shelf) -> None:
    shelf.put("a.pdf", shelf.collections.create("Leases"))
    assert shelf.workspaces.reach(FIRST_WORKSPACE, EVERYTHING) is None
    (only,) = shelf.workspaces.list()
    assert (only.id, only.name, only.documents) == (FIRST_WORKSPACE, "Personal", 1)


def test_a_document_is_within_reach_of_its_own_workspace_alone(shelf: Shelf) -> None:
    client = shelf.workspaces.create("Client A")
    own, theirs = shelf.put("own.pdf"), shelf.put("theirs.pdf", client.home)
    assert shelf.reach(FIRST_WORKSPACE, EVERYTHING) == {own}
    assert shelf.reach(client.id, EVERYTHING) == {theirs}
    # Naming it does not bring it within reach.
    assert shelf.reach(FIRST_WORKSPACE, Scope(documents=(theirs,))) == set()
    assert client.home is not None
    assert shelf.reach(FIRST_WORKSPACE, Scope(collections=(client.home,))) == set()
    leases = shelf.collections.create("Leases")
    moved = shelf.put("moved.pdf", leases)
    shelf.workspaces.take(client.id, leases)
    assert shelf.reach(client.id, EVERYTHING) == {theirs, moved}
    assert [(one.name, one.documents) for one in shelf.workspaces.list()] == [("Personal", 1), ("Client A", 2)]


def test_a_scope_narrows_by_collection_document_type_and_day(shelf: Shelf) -> None:
    leases = shelf.collections.create("Leases")
    old = shelf.put("old.pdf", leases, "2025-12-31")
    new = shelf.put("new.PDF", leases, "2026-01-01")
    sheet = shelf.put("sheet.xlsx", None, "2026-06-30")
    note = shelf.put("note.md", None, "2026-07-01")

    def reach(scope: Scope) -> set[DocumentId]:
        return shelf.reach(FIRST_WORKSPACE, scope)

    assert reach(Scope(collections=(leases,))) == {old, new}
    assert reach(Scope(documents=(note,))) == {note}
    assert reach(Scope(collections=(leases,), documents=(note,))) == {old, new, note}
    assert reach(Scope(types=("pdf",))) == {old, new}
    assert reach(Scope(types=("tables", ".MD"))) == {sheet, note}
    assert reach(Scope(since="2026-01-01", until="2026-06-30")) == {new, sheet}
    assert reach(Scope(collections=(leases,), types=("pdf",), since="2026-01-01")) == {new}
    with pytest.raises(BadInput, match="is not a day"):
        reach(Scope(since="soon"))


def test_an_undated_file_counts_from_when_it_was_added(shelf: Shelf) -> None:
    document = shelf.put("a.pdf")
    with shelf.vault.write() as connection:
        connection.execute("UPDATE documents SET modified = 0, added = ?", (time.time(),))
    today = time.strftime("%Y-%m-%d")
    assert shelf.reach(FIRST_WORKSPACE, Scope(since=today, until=today)) == {document}


def test_what_is_in_the_trash_is_within_no_reach(shelf: Shelf) -> None:
    leases = shelf.collections.create("Leases")
    gone, stays = shelf.put("gone.pdf", leases), shelf.put("stays.pdf")
    shelf.collections.discard(leases)
    assert shelf.reach(FIRST_WORKSPACE, EVERYTHING) == {stays}
    assert shelf.reach(FIRST_WORKSPACE, Scope(documents=(gone,))) == set()
    shelf.collections.restore(leases)
    assert shelf.workspaces.reach(FIRST_WORKSPACE, EVERYTHING) is None


def test_a_conversation_keeps_its_workspace_and_its_scope(shelf: Shelf) -> None:
    client = shelf.workspaces.create("Client A")
    scope = Scope((CollectionId(3),), (DocumentId(4),), ("pdf",), "2026-01-01", "")
    conversation = shelf.conversations.create(workspace=client.id, scope=scope)
    info = shelf.conversations.conversation(conversation)
    assert (info.workspace, info.scope) == (client.id, scope)
    shelf.conversations.set_scope(conversation, EVERYTHING)
    assert shelf.conversations.conversation(conversation).scope == EVERYTHING
    assert shelf.conversations.conversation(shelf.conversations.create()).workspace == FIRST_WORKSPACE
    assert shelf.workspaces.get(client.id).conversations == 1


def test_names_are_one_of_a_kind_and_what_is_new_begins_in_the_chosen_one(shelf: Shelf) -> None:
    client = shelf.workspaces.create(" Client   A ")
    assert client.name == "Client A"
    for taken in ("Client A", "Personal"):
        with pytest.raises(BadInput):
            shelf.workspaces.create(taken)
    shelf.collections.create("Leases")
    with pytest.raises(BadInput, match="collection called Leases"):
        shelf.workspaces.create("Leases")
    with pytest.raises(BadInput, match="Another workspace"):
        shelf.collections.create("Client A")
    assert shelf.workspaces.current == FIRST_WORKSPACE
    shelf.workspaces.choose(client.id)
    assert Workspaces(shelf.vault).current == client.id
    shelf.workspaces.rename(client.id, "Client B")
    assert shelf.workspaces.find("Client B").id == client.id
    with pytest.raises(NotFound):
        shelf.workspaces.find("Client A")


def test_a_workspace_goes_when_nothing_is_in_it_any_more(shelf: Shelf) -> None:
    client = shelf.workspaces.create("Client A")
    shelf.workspaces.choose(client.id)
    document = shelf.put("a.pdf", client.home)
    conversation = shelf.conversations.create(workspace=client.id)
    with pytest.raises(BadInput, match="documents"):
        shelf.workspaces.remove(client.id)
    with shelf.vault.write() as connection:
        connection.execute("DELETE FROM documents WHERE id = ?", (document,))
    shelf.conversations.discard(conversation)
    with pytest.raises(BadInput, match="chats"):
        shelf.workspaces.remove(client.id)
    shelf.conversations.delete(conversation)
    assert client.home is not None
    with pytest.raises(BadInput):
        shelf.collections.discard(client.home)
    shelf.workspaces.remove(client.id)
    assert shelf.workspaces.current == FIRST_WORKSPACE and len(shelf.workspaces.list()) == 1
    with pytest.raises(BadInput):
        shelf.workspaces.remove(FIRST_WORKSPACE)
    assert shelf.collections.list() == ()


def test_a_day_is_written_in_a_few_ways() -> None:
    assert [day(one) for one in ("2026-11-25", " 2026-11 ", "2026")] == ["2026-11-25", "2026-11-01", "2026-01-01"]
    with pytest.raises(BadInput):
        day(os.sep)
