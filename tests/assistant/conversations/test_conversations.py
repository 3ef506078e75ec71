"""Conversations begun, continued, reopened, renamed, cut off and deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.errors import NotFound
from assistant.values import Citation, ConversationId, DocumentId, PassageId, Role, TurnId, TurnState
from assistant.vault import Vault
from tests.assistant.vault.opening import decrypted, open_vault

CANARY = "zanzibarquokka"
CONTRACT = Citation(1, "Contract", "page 12", 12, f"The {CANARY} clause.", 0.9, DocumentId(7), PassageId(70))
NOTES = Citation(2, "Notes", "Termination", None, "See above.", 0.5, DocumentId(8), PassageId(80))


def test_a_conversation_is_kept_over_a_restart(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        conversations = Conversations(vault)
        id_ = conversations.create(documents=True)
        conversations.append(id_, Role.USER, "What is\nthe notice period?")
        conversations.append(id_, Role.ASSISTANT, "Thirty days [1].", citations=(CONTRACT, NOTES), note="Cut.")
    with open_vault(tmp_path) as vault:
        conversations = Conversations(vault)
        (info,) = conversations.list()
        question, answer = conversations.turns(id_)
        assert conversations.conversation(id_) == info
        assert conversations.turn(answer.id) == answer
    assert (info.id, info.title, info.documents, info.turns) == (id_, "What is the notice period?", True, 2)
    assert (question.role, question.text, question.state) == (
        Role.USER,
        "What is\nthe notice period?",
        TurnState.COMPLETE,
    )
    assert (answer.text, answer.citations, answer.note) == ("Thirty days [1].", (CONTRACT, NOTES), "Cut.")
    assert info.created <= question.created <= answer.created == info.changed


def test_the_conversation_changed_last_comes_first(conversations: Conversations) -> None:
    first, second, third = (conversations.create(title) for title in ("a", "b", "c"))
    conversations.append(first, Role.USER, "again")
    assert [info.id for info in conversations.list()] == [first, third, second]
    conversations.rename(second, "new\nname")
    assert [info.title for info in conversations.list()] == ["a", "c", "new name"]


def test_only_the_first_question_names_a_conversation_without_a_name(conversations: Conversations) -> None:
    named, unnamed = conversations.create("mine"), conversations.create()
    for id_ in (named, unnamed):
        conversations.append(id_, Role.SYSTEM, "Be brief.")
        conversations.append(id_, Role.USER, "First?")
        conversations.append(id_, Role.USER, "Second?")
    assert conversations.conversation(named).title == "mine"
    assert conversations.conversation(unnamed).title == "First?"


def test_turns_hang_on_the_ones_before_them(conversations: Conversations, vault: Vault) -> None:
    one, other = conversations.create(), conversations.create()
    first = conversations.append(one, Role.USER, "a")
    conversations.append(other, Role.USER, "b")
    second = conversations.append(one, Role.ASSISTANT, "c")
    with vault.read() as connection:
        rows = connection.execute("SELECT id, parent FROM turns WHERE conversation = ?", (one,)).fetchall()
    assert rows == [(first, None), (second, first)]


def test_an_answer_grows_in_place(conversations: Conversations) -> None:
    id_ = conversations.create()
    turn = conversations.append(id_, Role.ASSISTANT, "", TurnState.WRITING, (CONTRACT,), "a note")
    conversations.update(turn, "Thirty", TurnState.WRITING)
    assert conversations.turn(turn).citations == (CONTRACT,) and conversations.turn(turn).note == "a note"
    conversations.update(turn, "Thirty days.", TurnState.COMPLETE, citations=(), note="")
    (kept,) = conversations.turns(id_)
    assert (kept.text, kept.state, kept.citations, kept.note) == ("Thirty days.", TurnState.COMPLETE, (), "")


def test_a_crash_leaves_the_half_answer_and_a_sentence(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        conversations = Conversations(vault)
        id_ = conversations.create()
        conversations.append(id_, Role.USER, "Why?")
        conversations.append(id_, Role.ASSISTANT, "Because", TurnState.WRITING)
    with open_vault(tmp_path) as vault:
        conversations = Conversations(vault)
        assert conversations.recover() == 1
        assert conversations.recover() == 0
        question, answer = conversations.turns(id_)
    assert question.state is TurnState.COMPLETE
    assert (answer.text, answer.state) == ("Because", TurnState.INTERRUPTED)
    assert answer.note.endswith(".")


def test_documents_can_be_switched_on_and_off(conversations: Conversations) -> None:
    id_ = conversations.create()
    conversations.set_documents(id_, True)
    assert conversations.conversation(id_).documents
    conversations.set_documents(id_, False)
    assert not conversations.conversation(id_).documents


def test_what_is_not_there_is_said(conversations: Conversations) -> None:
    nobody, nothing = ConversationId(99), TurnId(99)
    for attempt in (
        lambda: conversations.turns(nobody),
        lambda: conversations.conversation(nobody),
        lambda: conversations.append(nobody, Role.USER, "?"),
        lambda: conversations.rename(nobody, "x"),
        lambda: conversations.set_documents(nobody, True),
        lambda: conversations.delete(nobody),
        lambda: conversations.turn(nothing),
        lambda: conversations.update(nothing, "x", TurnState.COMPLETE),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_deleted_conversation_is_in_no_page_of_the_files(conversations: Conversations, vault: Vault) -> None:
    kept, gone = conversations.create("kept"), conversations.create(f"{CANARY} title")
    for number in range(30):
        conversations.append(gone, Role.USER, f"{CANARY} {number}" * 100, citations=(CONTRACT,), note=CANARY)
        conversations.append(kept, Role.USER, f"other {number}" * 100)
    assert CANARY.encode() in decrypted(vault.folder)
    conversations.delete(gone)
    assert CANARY.encode() not in decrypted(vault.folder)
    assert [info.id for info in conversations.list()] == [kept]
    assert len(conversations.turns(kept)) == 30
    assert conversations.create() > gone  # its number never comes to mean another one


def test_a_removed_document_is_forgotten_by_citations_and_others_stay(
    conversations: Conversations, vault: Vault
) -> None:
    id_ = conversations.create()
    turn = conversations.append(id_, Role.ASSISTANT, "Thirty days [1][2].", citations=(CONTRACT, NOTES))
    other = conversations.append(id_, Role.ASSISTANT, "Nothing.", citations=(NOTES,))
    assert conversations.forget_document(DocumentId(7)) == 1
    assert CANARY.encode() not in decrypted(vault.folder)
    first, second = conversations.turn(turn).citations
    assert first == Citation(1, "removed document", "page 12", 12, "", 0.9)
    assert second == NOTES
    assert conversations.forget_document(DocumentId(8)) == 2
    assert conversations.turn(other).citations == (Citation(2, "removed document", "", None, "", 0.5),)
    assert conversations.forget_document(DocumentId(8)) == 0


@pytest.mark.parametrize(
    "text", ["a \ud83d\ude00 b", "lone \ud800 half", "nul \0 inside", "", "\u202e bidi", "😀" * 99]
)
def test_any_text_can_be_said(conversations: Conversations, text: str) -> None:
    citation = Citation(1, text, text, 1, text, 0.1)
    id_ = conversations.create(text)
    turn = conversations.append(id_, Role.USER, text, citations=(citation,), note=text)
    kept = conversations.turn(turn)
    wanted = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert kept.text == kept.note == wanted
    assert kept.citations[0].text == wanted
