"""A vault that an earlier version left behind opens, and nothing in it is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.retrieval import Retrieval
from assistant.values import ConversationId, TurnState
from assistant.vault import migrations
from tests.assistant.vault.opening import open_vault
from tests.assistant.vault.versions import ANSWER, DRAFT, KEPT, make


@pytest.fixture(params=sorted(folder.name for folder in KEPT.iterdir()))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a vault of an earlier version."""
    folder = tmp_path / str(request.param) / "data"
    shutil.copytree(KEPT / str(request.param), folder)
    return folder


def test_there_is_one_of_every_version_before_this() -> None:
    assert sorted(int(folder.name) for folder in KEPT.iterdir()) == list(range(1, migrations.LATEST))


def test_nothing_is_lost(old: Path) -> None:
    with open_vault(old) as vault:
        conversations = Conversations(vault)
        assert conversations.recover() == 1
        chat = conversations.turns(ConversationId(1))
        assert [turn.text for turn in chat] == ["What is my dog called?", "I do not know.", "Rufus.", "Half"]
        assert chat[-1].state is TurnState.INTERRUPTED
        assert all(turn.versions == (turn.id,) and turn.thought == "" for turn in chat)
        question, answer = conversations.turns(ConversationId(2))
        assert (answer.text, answer.state, answer.note) == (ANSWER, TurnState.STOPPED, "You stopped this answer.")
        assert (answer.citations[0].document, answer.citations[0].page) == ("estate.pdf", 1)
        assert [info.created for info in conversations.list()] == [1000.5, 1000.5]
        assert conversations.draft(None) == (DRAFT if int(old.parent.name) >= 2 else "")
        assert conversations.trashed() == ()
        # And what is new works with what is old.
        edited, _ = conversations.ask(ConversationId(2), "Who, then?", beside=question.id)
        assert conversations.turns(ConversationId(2))[0].versions == (question.id, edited)


def test_documents_are_found_as_before(old: Path) -> None:
    with open_vault(old) as vault:
        retrieval = Retrieval(vault, old.parent / "index", "all-minilm-l6-v2")
        try:
            (hit,) = retrieval.search("Ottilie Brandt", b"", 4)
        finally:
            retrieval.close()
        assert (hit.document, hit.passage.page) == ("estate.pdf", 1)
        assert retrieval.passage_lengths() == (2, 12.0)
        assert vault.file_check()


def test_the_kept_ones_can_be_made_again(tmp_path: Path) -> None:
    make(1, tmp_path / "made")
    with open_vault(tmp_path / "made") as vault:
        assert len(Conversations(vault).turns(ConversationId(1))) == 4
