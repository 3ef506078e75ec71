"""Collections: documents under a name, with their totals."""

from __future__ import annotations

from assistant.errors import BadInput, NotFound
from assistant.values import CollectionId, CollectionInfo, DocumentId
from assistant.vault import Connection, Vault, storable

_TOTALS = (
    "SELECT collections.id, name, count(documents.id), coalesce(sum(pages), 0), coalesce(sum(passages), 0),"
    " coalesce(sum(unlearned), 0), coalesce(sum(missing IS NOT NULL OR warnings <> '[]'), 0)"
    " + (SELECT count(*) FROM queue WHERE queue.collection = collections.id AND what <> '')"
    " FROM collections LEFT JOIN documents ON documents.collection = collections.id"
    " GROUP BY collections.id ORDER BY name COLLATE NOCASE"
)


class Collections:
    """The collections of a vault. Raises what the vault raises."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def list(self) -> tuple[CollectionInfo, ...]:
        """All, by name, with what is in them."""
        with self._vault.read() as connection:
            rows = connection.execute(_TOTALS).fetchall()
        return tuple(
            CollectionInfo(CollectionId(int(row[0])), str(row[1]), *(int(cell) for cell in row[2:])) for row in rows
        )

    def create(self, name: str) -> CollectionId:
        """The collection called `name`, made where there is none. Raises BadInput."""
        name = _named(name)
        with self._vault.write() as connection:
            connection.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (name,))
            row = connection.execute("SELECT id FROM collections WHERE name = ?", (name,)).fetchone()
            return CollectionId(int(row[0]) if row else 0)

    def find(self, name: str) -> CollectionId:
        """The collection of this name or number. Raises NotFound."""
        for info in self.list():
            if name in (info.name, str(info.id)):
                return info.id
        raise NotFound(f"There is no collection {name}.", "List the collections to see what is there.")

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

    def documents(self, collection: CollectionId) -> tuple[DocumentId, ...]:
        """What is in a collection. Raises NotFound."""
        with self._vault.read() as connection:
            _exists(connection, collection)
            rows = connection.execute("SELECT id FROM documents WHERE collection = ? ORDER BY id", (collection,))
            return tuple(DocumentId(row[0]) for row in rows)

    def forget(self, collection: CollectionId) -> None:
        """Remove the name; documents that are in it stay, in none. Raises NotFound."""
        with self._vault.write() as connection:
            _one(connection.execute("DELETE FROM collections WHERE id = ?", (collection,)).rowcount)


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
