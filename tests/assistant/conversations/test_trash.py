"""Conversations moved to the trash and brought back."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.errors import NotFound
from assistant.values import ConversationId, Role
from tests.assistant.vault.opening import open_vault


def test_the_trash_keeps_a_conversation_whole_until_it_is_brought_back(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        conversations = Conversations(vault)
        stays, goes = conversations.create("Stays"), conversations.create("Goes")
        conversations.append(goes, Role.USER, "A question")
        before = conversations.conversation(goes)
        conversations.discard(goes)
        assert [info.id for info in conversations.list()] == [stays]
        (trashed,) = conversations.trashed()
        assert trashed.id == goes and trashed.trashed is not None
        conversations.discard(goes)
        assert conversations.trashed() == (trashed,)  # the second time changes nothing
    with open_vault(tmp_path) as vault:
        conversations = Conversations(vault)
        conversations.restore(goes)
        assert conversations.trashed() == () and conversations.conversation(goes) == before
        assert [turn.text for turn in conversations.turns(goes)] == ["A question"]


def test_what_is_not_there_can_be_neither_discarded_nor_restored(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        conversations = Conversations(vault)
        for act in (conversations.discard, conversations.restore):
            with pytest.raises(NotFound):
                act(ConversationId(9))
