"""Collections: documents under a name, with their totals."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from assistant.errors import BadInput, NotFound
from assistant.values import FIRST_WORKSPACE, CollectionId, CollectionInfo, DocumentId, WorkspaceId
from assistant.vault import Connection, Vault, storable

_TOTALS = (
    "SELECT collections.id, name, count(documents.id), coalesce(sum(pages), 0), coalesce(sum(passages), 0),"
    " coalesce(sum(unlearned), 0), coalesce(sum(missing IS NOT NULL OR warnings <> '[]'), 0)"
    " + (SELECT count(*) FROM queue WHERE queue.collection = collections.id AND what <> ''), workspace, trashed"
    " FROM collections LEFT JOIN documents ON documents.collection = collections.id"
    " WHERE trashed IS {} GROUP BY collections.id ORDER BY name COLLATE NOCASE"
)


class Collections:
    """The collections of a vault. Raises what the vault raises."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def list(self) -> tuple[CollectionInfo, ...]:
        """All but those in the trash, by name, with what is in them."""
        return self._select("NULL")

    def trashed(self) -> tuple[CollectionInfo, ...]:
        """The collections in the trash, by name."""
        return self._select("NOT NULL")

    def create(self, name: str, workspace: WorkspaceId = FIRST_WORKSPACE) -> CollectionId:
        """The collection called `name`, made where there is none. Raises BadInput.

        workspace: that it is to be in; one of this name in another workspace is not meant, nor one in the trash.
        """
        name = _named(name)
        with self._vault.write() as connection:
            connection.execute("INSERT OR IGNORE INTO collections (name, workspace) VALUES (?, ?)", (name, workspace))
            row = connection.execute(
                "SELECT id, workspace, trashed FROM collections WHERE name = ?", (name,)
            ).fetchone()
            assert row is not None
            if row[1] != workspace:
                raise BadInput(f"Another workspace has a collection called {name}.", "Choose another name.")
            if row[2] is not None:
                raise BadInput(f"A collection called {name} is in the trash.", "Bring it back, or choose another name.")
            return CollectionId(int(row[0]))

    def find(self, name: str) -> CollectionId:
        """The collection of this name or number. Raises NotFound."""
        for info in self.list():
            if name in (info.name, str(info.id)):
                return info.id
        raise NotFound(f"There is no collection {name}.", "List the collections to see what is there.")

    def find_trashed(self, name: str) -> CollectionId:
        """The collection of this name or number in the trash. Raises NotFound."""
        for info in self.trashed():
            if name in (info.name, str(info.id)):
                return info.id
        raise NotFound(f"There is no collection {name} in the trash.", "Look what is in it: privet trash")

    def rename(self, collection: CollectionId, name: str) -> None:
        """Give another name. Raises NotFound, BadInput where another one has it."""
        name = _named(name)
        with self._vault.write() as connection:
            if connection.execute(
                "SELECT 1 FROM collections WHERE name = ? AND id <> ?", (name, collection)
            ).fetchone():
                raise BadInput("Another collection has this name.", "Choose another name.")
            _one(connection.execute("UPDATE collections SET name = ? WHERE id = ?", (name, collection)).rowcount)

    def put(self, documents: tuple[DocumentId, ...], collection: CollectionId | None) -> None:
        """Let documents be in a collection, None for in none. Raises NotFound."""
        with self._vault.write() as connection:
            if collection is not None:
                _exists(connection, collection)
            connection.executemany(
                "UPDATE documents SET collection = ? WHERE id = ?", ((collection, document) for document in documents)
            )

    def discard(self, collection: CollectionId) -> None:
        """Move a collection with its documents to the trash: nothing finds them, until `restore`. Raises NotFound.

        Raises BadInput for the one that a workspace keeps its documents in.
        """
        with self._vault.write() as connection:
            if connection.execute("SELECT 1 FROM workspaces WHERE home = ?", (collection,)).fetchone():
                raise BadInput(
                    "A workspace keeps its documents in this collection.", "Remove the documents, or the workspace."
                )
            _one(
                connection.execute(
                    "UPDATE collections SET trashed = coalesce(trashed, ?) WHERE id = ?", (time.time(), collection)
                ).rowcount
            )

    def restore(self, collection: CollectionId) -> None:
        """Bring a collection back from the trash, as it was; one that is not in it stays as it is. Raises NotFound."""
        with self._vault.write() as connection:
            _one(connection.execute("UPDATE collections SET trashed = NULL WHERE id = ?", (collection,)).rowcount)

    def let_go(self, paths: Iterable[Path]) -> None:
        """Documents of these files are to be in the first workspace, and not in the trash: in no collection, where
        theirs is elsewhere.
        """
        with self._vault.write() as connection:
            connection.executemany(
                "UPDATE documents SET collection = NULL WHERE path = ? AND collection IN"
                " (SELECT id FROM collections WHERE workspace <> 1 OR trashed IS NOT NULL)",
                ((os.fsencode(path),) for path in paths),
            )

    def documents(self, collection: CollectionId) -> tuple[DocumentId, ...]:
        """What is in a collection. Raises NotFound."""
        with self._vault.read() as connection:
            _exists(connection, collection)
            rows = connection.execute("SELECT id FROM documents WHERE collection = ? ORDER BY id", (collection,))
            return tuple(DocumentId(row[0]) for row in rows)

    def forget(self, collection: CollectionId) -> None:
        """Remove an empty collection, with what waits to be read for it and the folders watched for it.

        Raises BadInput for one that still holds documents, NotFound.
        """
        with self._vault.write() as connection:
            # A document in no collection would be in the first workspace, which is not what was meant.
            if connection.execute("SELECT 1 FROM documents WHERE collection = ?", (collection,)).fetchone():
                raise BadInput("A document was read for this collection meanwhile.", "Remove it once more.")
            connection.execute("DELETE FROM queue WHERE collection = ?", (collection,))
            connection.execute("DELETE FROM sources WHERE collection = ?", (collection,))
            _one(connection.execute("DELETE FROM collections WHERE id = ?", (collection,)).rowcount)

    def _select(self, trashed: str) -> tuple[CollectionInfo, ...]:
        with self._vault.read() as connection:
            rows = connection.execute(_TOTALS.format(trashed)).fetchall()
        return tuple(_info(row) for row in rows)


def _info(row: Sequence[object]) -> CollectionInfo:
    identity, name, documents, pages, passages, unlearned, attention, workspace, trashed = row
    assert isinstance(identity, int) and isinstance(documents, int) and isinstance(pages, int)
    assert isinstance(passages, int) and isinstance(unlearned, int) and isinstance(attention, int)
    assert isinstance(workspace, int) and isinstance(trashed, float | None)
    return CollectionInfo(
        CollectionId(identity), str(name), documents, pages, passages, unlearned, attention, WorkspaceId(workspace),
        trashed,
    )  # fmt: skip


def _named(name: str) -> str:
    name = storable(" ".join(name.split()))
    if not name or len(name) > 200:
        raise BadInput("A collection needs a name of at most 200 characters.", "Give it a name.")
    return name


def _exists(connection: Connection, collection: CollectionId) -> None:
    row = connection.execute("SELECT 1 FROM collections WHERE id = ?", (collection,)).fetchone()
    _one(int(row is not None))


def _one(changed: int) -> None:
    if changed != 1:
        raise NotFound("This collection is no longer there.", "List the collections to see what is there.")


class TrashedCollections:
    """The collections in the trash, for a face: listed, brought back, removed for good."""

    def __init__(self, collections: Collections, remove: Callable[[CollectionId], None]) -> None:
        self._collections = collections
        self._remove = remove

    def list(self) -> tuple[CollectionInfo, ...]:
        """All of them, by name."""
        return self._collections.trashed()

    def restore(self, collection: CollectionId) -> None:
        """Bring one back. Raises NotFound."""
        self._collections.restore(collection)

    def remove(self, collection: CollectionId) -> None:
        """Remove one for good, with its documents. Raises NotFound."""
        self._remove(collection)
