"""What is still to be learned by meaning: which passages come next, and their embeddings once they are there."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from assistant.retrieval import framing, keeping
from assistant.values import DocumentId, PassageId
from assistant.vault import Connection, Vault

LEARNED: Final = "learned_model"
"""Under which the model is kept whose embeddings the documents' counts are about."""
_TEXT: Final = "embedded_text"
"""Under which it is kept what of a passage was turned into a vector, as `framing.VERSION`."""


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
        self._given: dict[PassageId, bytes] = {}  # digests of the texts that were handed out to be embedded
        self._noting = threading.Lock()

    def begin(self) -> None:
        """Count what is to be learned, where another model's embeddings were counted before, or none.

        Embeddings that an earlier Privet made of less than is embedded now go on searching until each is made again.
        """
        with self._vault.read() as connection:
            kept: dict[str, str] = dict(
                connection.execute("SELECT key, value FROM meta WHERE key IN (?, ?)", (LEARNED, _TEXT)).fetchall()
            )
        if kept == {LEARNED: self._model, _TEXT: framing.VERSION}:
            return
        with self._vault.write() as connection:
            if kept.get(_TEXT) != framing.VERSION:
                connection.execute("UPDATE passages SET digest = NULL WHERE digest IS NOT NULL")
                connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_TEXT, framing.VERSION))
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
        given = {id_: self._given.pop(id_, None) for id_ in vectors}
        with self._vault.write() as connection:
            keeping.give_embeddings(connection, vectors, self._model)
            keeping.note_texts(connection, given)
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
        clause = f"WHERE document = ? AND {keeping.UNLEARNED} ORDER BY ordinal LIMIT ?"
        unlearned = []
        for id_, _, text in keeping.texts_to_embed(connection, clause, (document, self._model, limit)):
            self._given[id_] = keeping.digest(text)
            known = keeping.known_vector(connection, self._given[id_], self._model)
            unlearned.append(Unlearned(id_, document, text, known))
        return unlearned
