"""The passages that a person pinned to a conversation: each question in it is asked with them in mind."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversations import rows
from assistant.values import ConversationId, PassageId
from assistant.vault import Vault


class Pins:
    """What is pinned to the conversations of a vault. A passage that goes with its document is pinned no more."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def of(self, conversation: ConversationId) -> tuple[PassageId, ...]:
        """What is pinned to a conversation, in the order in which it was."""
        with self._vault.read() as connection:
            found = connection.execute(
                "SELECT passage FROM pins WHERE conversation = ? ORDER BY position", (conversation,)
            )
            return tuple(PassageId(row[0]) for row in found)

    def pin(self, conversation: ConversationId, passages: Sequence[PassageId]) -> None:
        """Pin passages behind those that are pinned; one that is pinned already keeps its place. Raises NotFound."""
        with self._vault.write() as connection:
            rows.require(connection, conversation)
            connection.executemany(
                "INSERT OR IGNORE INTO pins (conversation, passage) SELECT ?, id FROM passages WHERE id = ?",
                [(conversation, passage) for passage in passages],
            )

    def unpin(self, conversation: ConversationId, passages: Sequence[PassageId]) -> None:
        """Pin these passages no more; one that is not pinned stays so."""
        with self._vault.write() as connection:
            connection.executemany(
                "DELETE FROM pins WHERE conversation = ? AND passage = ?",
                [(conversation, passage) for passage in passages],
            )
