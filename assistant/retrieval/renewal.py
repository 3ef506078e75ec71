"""Another embedding model's vectors, learned beside those that answer, and taken over when all are there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from assistant.retrieval import keeping
from assistant.retrieval.index import next_generation, packed_state
from assistant.retrieval.learning import LEARNED, Unlearned
from assistant.retrieval.vectors import BATCH, IndexBroken, VectorIndex
from assistant.values import PassageId, Rebuilding, Stop
from assistant.vault import Connection, Vault

_NEXT: Final = "next_embedder"
_PREPARED: Final = "next_index"
"""Set once an index of exactly these vectors lies ready; any change to the vectors takes it away (a trigger)."""
_ADOPTED: Final = "searching_embedder"
_INDEX: Final = "index"
_FOLDER: Final = "next"
_SAMPLES: Final = 32


class Renewal:
    """The vectors of the next model. Nothing of it is in force before `adopt`, and all of it is from then on.

    May be stopped, and the power may fail, at any moment: it goes on with what was kept.
    """

    def __init__(self, vault: Vault, folder: Path, secret_bytes: int = 32, *, in_memory: bool = False) -> None:
        """folder: of the index. in_memory: no index lies on the disk, so none is made ready."""
        self._vault = vault
        self._folder = folder
        self._secret = vault.derive("index rotation", secret_bytes)
        self._in_memory = in_memory

    @property
    def model(self) -> str:
        """The name of the model whose vectors are being learned, "" for none."""
        return self._wish()[0]

    @property
    def place(self) -> str:
        """Where that model is, as `begin` was told."""
        return self._wish()[1]

    @property
    def searching(self) -> str:
        """Where the model is whose vectors were adopted last, "" where none ever was."""
        with self._vault.read() as connection:
            return _meta(connection, _ADOPTED)

    def begin(self, model: str, place: str) -> None:
        """Learn this model's vectors from now on; what was learned of a third one goes. place: where it is."""
        if self._wish() == (model, place):
            return
        with self._vault.write() as connection:
            if _named(_meta(connection, _NEXT))[0] != model:
                connection.execute("DELETE FROM next_embeddings")
            _set(connection, _NEXT, json.dumps([model, place]))

    def give_up(self) -> None:
        """Want no other model; what was learned of it goes."""
        if not self.model:
            return
        with self._vault.write() as connection:
            connection.execute("DELETE FROM next_embeddings")
            connection.execute("DELETE FROM meta WHERE key IN (?, ?)", (_NEXT, _PREPARED))
        shutil.rmtree(self._folder / _FOLDER, ignore_errors=True)

    def progress(self) -> tuple[int, int]:
        """How many passages have a vector of the next model, of how many."""
        with self._vault.read() as connection:
            return _count(connection, "next_embeddings"), _count(connection, "passages")

    def next(self, limit: int) -> list[Unlearned]:
        """At most `limit` passages that have none yet, those of the newest documents first."""
        with self._vault.read() as connection:
            clause = (
                "WHERE id IN (SELECT id FROM passages WHERE id NOT IN"
                " (SELECT passage FROM next_embeddings) ORDER BY id DESC LIMIT ?)"
            )
            return [Unlearned(*found) for found in keeping.texts_to_embed(connection, clause, (limit,))]

    def learn(self, vectors: dict[PassageId, bytes]) -> None:
        """Keep vectors of the next model; of passages that are gone by now nothing is kept."""
        with self._vault.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO next_embeddings (passage, vector) SELECT id, ?2 FROM passages WHERE id = ?1",
                vectors.items(),
            )

    def prepare(self, stop: Stop) -> Iterator[Rebuilding]:
        """Make an index of the next model's vectors ready, beside the one that answers.

        Raises ChildDied. Where the index can't be written none is ready, and it is built after `adopt`.
        """
        if self._in_memory or self._is_prepared():
            return
        total = self.progress()[0]
        if total == 0:
            return
        place = self._folder / _FOLDER
        shutil.rmtree(place, ignore_errors=True)
        index = VectorIndex(place, self._secret)
        done, after = 0, PassageId(0)
        try:
            while not stop.requested and (page := self._page(after)):
                index.add([id_ for id_, _ in page], b"".join(vector for _, vector in page))
                done, after = done + len(page), page[-1][0]
                yield Rebuilding(done, total)
            sound = not stop.requested and index.count() == done and index.check(self._sample())
        except IndexBroken:
            sound = False
        finally:
            index.close()
        with self._vault.write() as connection:
            # What was learned or removed meanwhile is not in it; then it is made again.
            if sound and done and _count(connection, "next_embeddings") == done and not self._newer(connection, after):
                _set(connection, _PREPARED, str(done))

    def adopt(self) -> bool:
        """Let the next model's vectors be those that are searched, in one transaction; for the start.

        False where they are not all there yet.
        """
        with self._vault.read() as connection:
            model, place = _named(_meta(connection, _NEXT))
            ready = bool(model) and _count(connection, "next_embeddings") == _count(connection, "passages")
        if not ready:
            return False
        generation = self._moved() if self._is_prepared() else "none"
        with self._vault.write() as connection:
            connection.execute("DELETE FROM embeddings")
            connection.execute(
                "INSERT INTO embeddings (passage, model, vector) SELECT passage, ?, vector FROM next_embeddings",
                (model,),
            )
            connection.execute("DELETE FROM next_embeddings")
            connection.execute("DELETE FROM index_changes")
            # What is unlearned is counted again, whichever model searches from now on.
            connection.execute("DELETE FROM meta WHERE key IN (?, ?, ?)", (_NEXT, _PREPARED, LEARNED))
            _set(connection, _ADOPTED, place)
            # Where none is ready, one is built from the vault with the next look at it.
            _set(connection, _INDEX, "" if self._in_memory else packed_state(generation, model))
        return True

    def _moved(self) -> str:
        """Give the index that is ready the name of the next generation, "none" where it is not there."""
        with self._vault.read() as connection:
            state = _meta(connection, _INDEX)
        current = str(json.loads(state)["generation"]) if state else ""
        name = next_generation(self._folder, current)
        with suppress(OSError):
            (self._folder / _FOLDER).rename(self._folder / name)
            return name
        return "none"

    def _wish(self) -> tuple[str, str]:
        with self._vault.read() as connection:
            return _named(_meta(connection, _NEXT))

    def _is_prepared(self) -> bool:
        with self._vault.read() as connection:
            return bool(_meta(connection, _PREPARED)) and (self._folder / _FOLDER).is_dir()

    def _page(self, after: PassageId) -> list[tuple[PassageId, bytes]]:
        with self._vault.read() as connection:
            found = connection.execute(
                "SELECT passage, vector FROM next_embeddings WHERE passage > ? ORDER BY passage LIMIT ?", (after, BATCH)
            )
            return [(PassageId(row[0]), bytes(row[1])) for row in found]

    def _sample(self) -> list[tuple[PassageId, bytes]]:
        with self._vault.read() as connection:
            found = connection.execute(
                "SELECT passage, vector FROM next_embeddings ORDER BY random() LIMIT ?", (_SAMPLES,)
            )
            return [(PassageId(row[0]), bytes(row[1])) for row in found]

    def _newer(self, connection: Connection, after: PassageId) -> bool:
        return connection.execute("SELECT 1 FROM next_embeddings WHERE passage > ?", (after,)).fetchone() is not None


def _count(connection: Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def _meta(connection: Connection, key: str) -> str:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return "" if row is None else str(row[0])


def _named(wish: str) -> tuple[str, str]:
    model, place = json.loads(wish) if wish else ("", "")
    return str(model), str(place)


def _set(connection: Connection, key: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
