"""What is still to be learned by meaning: which passages come next, and their embeddings once they are there."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from assistant.retrieval import keeping, rows
from assistant.values import DocumentId, PassageId
from assistant.vault import Connection, Vault

LEARNED: Final = "learned_model"
"""Under which the model is kept whose embeddings the documents' counts are about."""


@dataclass(frozen=True, slots=True)
class Unlearned:
    """A passage without an embedding. text: what is to be embedded. vector: of an equal passage, where there is one."""

    id: PassageId
    document: DocumentId
    text: str
    vector: bytes | None = None


class Learning:
    """The passages that have no embedding of `model` yet, those of the newest and most used documents first."""

    def __init__(self, vault: Vault, model: str) -> None:
        self._vault = vault
        self._model = model
        self._used: dict[DocumentId, float] = {}
        self._noting = threading.Lock()

    def begin(self) -> None:
        """Count what is to be learned, where another model's embeddings were counted before, or none."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (LEARNED,)).fetchone()
        if row is not None and row[0] == self._model:
            return
        with self._vault.write() as connection:
            for (document,) in connection.execute("SELECT id FROM documents").fetchall():
                keeping.count_unlearned(connection, document, self._model)
            connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (LEARNED, self._model))

    def left(self) -> tuple[int, int]:
        """How many documents and how many passages are still to be learned."""
        with self._vault.read() as connection:
            row = connection.execute(
                "SELECT count(*), coalesce(sum(unlearned), 0) FROM documents WHERE unlearned > 0"
            ).fetchone()
            return (int(row[0]), int(row[1])) if row else (0, 0)

    def pages_left(self) -> int:
        """About how many pages are still to be learned."""
        with self._vault.read() as connection:
            row = connection.execute(
                "SELECT coalesce(sum(pages * unlearned * 1.0 / max(passages, 1)), 0) FROM documents WHERE unlearned > 0"
            ).fetchone()
            return round(row[0]) if row else 0

    def next(self, limit: int) -> list[Unlearned]:
        """At most `limit` passages to learn now, those of one document together."""
        self._keep_used()
        found: list[Unlearned] = []
        with self._vault.read() as connection:
            waiting = connection.execute(
                "SELECT id FROM documents WHERE unlearned > 0 ORDER BY max(used, added) DESC, id DESC LIMIT ?", (limit,)
            ).fetchall()
            for (document,) in waiting:
                if len(found) >= limit:
                    break
                found += self._of(connection, document, limit - len(found))
        return found

    def learn(self, vectors: dict[PassageId, bytes], owners: Iterable[DocumentId]) -> None:
        """Keep embeddings, on the disk when this returns; of passages that are gone by now nothing is kept."""
        with self._vault.write() as connection:
            keeping.give_embeddings(connection, vectors, self._model)
            for owner in set(owners):
                keeping.count_unlearned(connection, owner, self._model)

    def used(self, documents: Collection[DocumentId]) -> None:
        """Note that a question found these; kept with the next thing that is learned."""
        with self._noting:
            self._used.update(dict.fromkeys(documents, time.time()))

    def _keep_used(self) -> None:
        with self._noting:
            used, self._used = self._used, {}
        if used:
            with self._vault.write() as connection:
                connection.executemany(
                    "UPDATE documents SET used = ? WHERE id = ?", ((when, document) for document, when in used.items())
                )

    def _of(self, connection: Connection, document: DocumentId, limit: int) -> list[Unlearned]:
        found = connection.execute(
            f"{rows.PASSAGE} WHERE document = ? AND NOT EXISTS"
            " (SELECT 1 FROM embeddings WHERE passage = passages.id AND model = ?) ORDER BY ordinal LIMIT ?",
            (document, self._model, limit),
        ).fetchall()
        unlearned = []
        for row in found:
            text = keeping.embedded_text(rows.passage(row))
            known = keeping.known_vector(connection, keeping.digest(text), self._model)
            unlearned.append(Unlearned(PassageId(row[0]), document, text, known))
        return unlearned
