"""What is noted on the way through whole documents, so that an answer that was stopped goes on from there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from assistant.values import DocumentId, PassageId, TurnId
from assistant.vault import Vault, storable


class Notes:
    """Notes of answers that go over whole documents; they go with the answer, and with the passage they are of."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def begin(self, turn: TurnId, question: str, documents: Sequence[DocumentId]) -> None:
        """Keep what an answer goes over. question: "" for a summary."""
        told = storable(json.dumps({"question": question, "documents": list(documents)}, ensure_ascii=False))
        with self._vault.write() as connection:
            connection.execute("UPDATE turns SET whole = ? WHERE id = ?", (told, turn))

    def begun(self, turn: TurnId) -> tuple[str, tuple[DocumentId, ...]] | None:
        """The question and the documents that an answer goes over; None for one from the best passages."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT whole FROM turns WHERE id = ?", (turn,)).fetchone()
        if row is None or not row[0]:
            return None
        told = json.loads(row[0])
        return str(told["question"]), tuple(DocumentId(document) for document in told["documents"])

    def keep(self, turn: TurnId, notes: Mapping[PassageId, str]) -> None:
        """Keep notes; those of passages that are gone meanwhile are dropped."""
        with self._vault.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO notes (turn, passage, text) SELECT ?, id, ? FROM passages WHERE id = ?",
                ((turn, storable(text), passage) for passage, text in notes.items()),
            )

    def of(self, turn: TurnId) -> dict[PassageId, str]:
        """All notes of an answer."""
        with self._vault.read() as connection:
            found = connection.execute("SELECT passage, text FROM notes WHERE turn = ?", (turn,))
            return {PassageId(passage): str(text) for passage, text in found}

    def forget(self, turn: TurnId) -> None:
        """Remove the notes of an answer that is finished."""
        with self._vault.write() as connection:
            connection.execute("DELETE FROM notes WHERE turn = ?", (turn,))
