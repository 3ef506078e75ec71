"""Documents as kept in the vault: their passages, the full-text index over them, and their embeddings."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assistant.errors import Bug
from assistant.retrieval import indexing, keeping, rows
from assistant.retrieval.framing import title_words
from assistant.retrieval.keeping import NewDocument, Stored
from assistant.retrieval.rows import json_of
from assistant.values import (
    CollectionId,
    DocumentId,
    DocumentInfo,
    PageHow,
    PageText,
    Passage,
    PassageId,
    Position,
    SourceId,
    Table,
)
from assistant.vault import Connection, Vault, storable

_NEWEST: Final = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A document that is kept already. sha256: of the file's bytes when it was added, in hexadecimal."""

    document: DocumentInfo
    sha256: str


@dataclass(frozen=True, slots=True)
class Around:
    """The neighbours of a passage in its section; None where it has none."""

    before: tuple[PassageId, Passage] | None = None
    after: tuple[PassageId, Passage] | None = None


class Library:
    """All documents of a vault. Raises what the vault raises; what was put is on the disk when `put` returns."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def put(self, new: NewDocument, model: str = "", vectors: bytes = b"") -> Stored:
        """Keep a document; an earlier version from the same path goes in the same transaction, its id stays.

        Of an earlier version, passages that did not change stay, with id and embedding. model: the embedder whose
        embeddings are reused and counted. vectors: one per passage, float32 little-endian, of unit length, row after
        row; b"" where they are to be learned later.
        """
        if vectors and len(vectors) % (4 * max(1, len(new.passages))):
            raise Bug("a document came with more or fewer embeddings than passages")
        with self._vault.write() as connection:
            stored = keeping.keep(connection, new, model)
            if not vectors:
                return stored
            stride = len(vectors) // len(new.passages)
            given = {id_: vectors[at * stride : (at + 1) * stride] for at, id_ in enumerate(stored.passages)}
            keeping.give_embeddings(connection, given, model)
            keeping.count_unlearned(connection, stored.document.id, model)
            return Stored(rows.document(connection, stored.document.id), stored.passages, stored.replaced, stored.fresh)

    def remove(self, *documents: DocumentId, compact: bool = True) -> tuple[PassageId, ...]:
        """Remove documents in one transaction; returns the ids their passages had. Raises NotFound.

        compact: remove their last traces too. False where more go after these, with one `compact` at the end.
        """
        removed: list[PassageId] = []
        with self._vault.write() as connection:
            for document in documents:
                rows.document(connection, document)
                removed += _clear(connection, document)
                # It may be waiting to be read again, or be read just now: then it is not wanted any more.
                connection.execute(
                    "DELETE FROM queue WHERE path = (SELECT path FROM documents WHERE id = ?)", (document,)
                )
                connection.execute("DELETE FROM documents WHERE id = ?", (document,))
        if compact:
            self.compact()
        return tuple(removed)

    def move(
        self,
        document: DocumentId,
        path: Path,
        modified: int,
        inode: int,
        source: SourceId | None = None,
        collection: CollectionId | None = None,
        model: str = "",
    ) -> DocumentInfo:
        """The file of a document is at `path` now: it stays the document it is. Raises NotFound.

        model: the embedder whose embeddings are counted: with another name, they are to be made again.
        What was kept of another file at that place has no file any more, and goes. collection: that it is in from now
        on; None to leave it where it is.
        """
        title = path.name
        with self._vault.write() as connection:
            info = rows.document(connection, document)
            other = connection.execute(
                "SELECT id FROM documents WHERE path = ? AND id <> ?", (os.fsencode(path), document)
            ).fetchone()
            if other is not None:
                _clear(connection, DocumentId(other[0]))
                connection.execute("DELETE FROM documents WHERE id = ?", (other[0],))
            ids = _ids(connection, document) if info.title != storable(title) else []
            indexing.take_out(connection, ids)
            connection.execute(
                "UPDATE documents SET path = ?, title = ?, modified = ?, inode = ?, missing = NULL,"
                " source = coalesce(?, source), collection = coalesce(?, collection) WHERE id = ?",
                (os.fsencode(path), storable(title), modified, inode, source, collection, document),
            )
            indexing.put_in(connection, ids)
            if title_words(info.title) != title_words(title):
                connection.execute("UPDATE passages SET digest = NULL WHERE document = ?", (document,))
                keeping.count_unlearned(connection, document, model)
            connection.execute("DELETE FROM queue WHERE path = ?", (os.fsencode(path),))
            return rows.document(connection, document)

    def compact(self) -> None:
        """Remove the last traces of what was removed or replaced, where there are any. For the start, too."""
        with self._vault.write() as connection:
            indexing.without_traces(connection)
        self._vault.empty_log()

    def documents(self) -> tuple[DocumentInfo, ...]:
        """All documents but those in the trash, by title."""
        with self._vault.read() as connection:
            return tuple(rows.documents(connection, f" WHERE {rows.IN_SIGHT} ORDER BY title COLLATE NOCASE, id"))

    def document(self, document: DocumentId) -> DocumentInfo:
        """One document. Raises NotFound."""
        with self._vault.read() as connection:
            return rows.document(connection, document)

    def texts(self, document: DocumentId) -> tuple[PageText, ...]:
        """A document as Privet reads it, page by page. Raises NotFound."""
        with self._vault.read() as connection:
            rows.document(connection, document)
            found = connection.execute(
                "SELECT number, how, text, confidence FROM pages WHERE document = ? ORDER BY number", (document,)
            )
            return tuple(PageText(number, PageHow(how), text, sure) for number, how, text, sure in found)

    def page_numbers(self, document: DocumentId) -> tuple[int, ...]:
        """The numbers of the pages whose text is kept, in their order. Raises NotFound."""
        with self._vault.read() as connection:
            rows.document(connection, document)
            found = connection.execute("SELECT number FROM pages WHERE document = ? ORDER BY number", (document,))
            return tuple(int(row[0]) for row in found)

    def page_text(self, document: DocumentId, number: int) -> PageText:
        """One page of a document as Privet reads it; one that is not kept is lost. Raises NotFound."""
        with self._vault.read() as connection:
            rows.document(connection, document)
            row = connection.execute(
                "SELECT how, text, confidence FROM pages WHERE document = ? AND number = ?", (document, number)
            ).fetchone()
        return PageText(number, PageHow.LOST, "") if row is None else PageText(number, PageHow(row[0]), row[1], row[2])

    def tables_at(self, document: DocumentId, page: int | None) -> Iterator[Table]:
        """The tables of a page of a document, one after the other; page: None where the format has none."""
        with self._vault.read() as connection:
            ids = connection.execute(
                "SELECT id FROM tables WHERE document = ? AND page IS ? ORDER BY id", (document, page)
            ).fetchall()
        for (id_,) in ids:
            with self._vault.read() as connection:
                row = connection.execute("SELECT page, position, cells FROM tables WHERE id = ?", (id_,)).fetchone()
            if row is not None:
                cells = tuple(tuple(cells) for cells in json.loads(row[2]))
                yield Table(cells, row[0], Position.unpacked(row[1]))

    def checksum(self, document: DocumentId) -> str:
        """The SHA-256 of the file that a document was read from, in hexadecimal. Raises NotFound."""
        with self._vault.read() as connection:
            rows.document(connection, document)
            row = connection.execute("SELECT sha256 FROM documents WHERE id = ?", (document,)).fetchone()
            return str(row[0]) if row else ""

    def by_path(self, path: Path) -> Known | None:
        """The document that was added from `path`, None where there is none."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT id, sha256 FROM documents WHERE path = ?", (os.fsencode(path),)).fetchone()
            return None if row is None else Known(rows.document(connection, DocumentId(row[0])), row[1])

    def by_content(self, sha256: str) -> tuple[DocumentInfo, ...]:
        """The documents that were read from a file with these bytes."""
        with self._vault.read() as connection:
            return tuple(rows.documents(connection, " WHERE sha256 = ?", (sha256,)))

    def passages(self, ids: Collection[PassageId]) -> dict[PassageId, tuple[DocumentInfo, Passage]]:
        """The passages of `ids`, each with its document, in the order asked for; those no longer there are left out."""
        with self._vault.read() as connection:
            found = {
                PassageId(row[0]): (DocumentId(row[1]), rows.passage(row))
                for row in connection.execute(
                    f"{rows.PASSAGE} WHERE id IN (SELECT value FROM json_each(?))", (json_of(ids),)
                )
            }
            infos = {
                document: rows.document(connection, document) for document in {owner for owner, _ in found.values()}
            }
        return {id_: (infos[found[id_][0]], found[id_][1]) for id_ in ids if id_ in found}

    def passages_of(self, document: DocumentId) -> tuple[tuple[PassageId, Passage], ...]:
        """The passages of a document in its own order. Raises NotFound."""
        with self._vault.read() as connection:
            rows.document(connection, document)
            found = connection.execute(f"{rows.PASSAGE} WHERE document = ? ORDER BY ordinal", (document,))
            return tuple((PassageId(row[0]), rows.passage(row)) for row in found)

    def vector(self, ids: Collection[PassageId]) -> dict[PassageId, bytes]:
        """The embeddings of `ids`, float32 little-endian; those no longer there are left out."""
        with self._vault.read() as connection:
            rows = connection.execute(
                "SELECT passage, vector FROM embeddings WHERE passage IN (SELECT value FROM json_each(?))",
                (json_of(ids),),
            )
            return {PassageId(row[0]): bytes(row[1]) for row in rows}

    def terms(self, ids: Collection[PassageId]) -> dict[PassageId, tuple[list[str], frozenset[str]]]:
        """Of each of `ids` the terms of its text, in order, and those of its headings and its document's title."""
        with self._vault.read() as connection:
            rows = connection.execute(
                "SELECT passage, text, heading, title FROM passage_terms"
                " WHERE passage IN (SELECT value FROM json_each(?))",
                (json_of(list(ids)),),
            )
            return {
                PassageId(id_): (text.split(" "), frozenset(f"{heading} {title}".split()))
                for id_, text, heading, title in rows
            }

    def owners(self, ids: Collection[PassageId]) -> dict[PassageId, DocumentId]:
        """The documents that these passages are of."""
        with self._vault.read() as connection:
            rows = connection.execute(
                "SELECT id, document FROM passages WHERE id IN (SELECT value FROM json_each(?))", (json_of(list(ids)),)
            )
            return {PassageId(id_): DocumentId(document) for id_, document in rows}

    def around(self, ids: Collection[PassageId]) -> dict[PassageId, Around]:
        """What stands before and after each of these passages, in its document and under the same headings."""
        with self._vault.read() as connection:
            found = connection.execute(
                f"SELECT here.id, here.ordinal, beside.* FROM passages AS here JOIN ({rows.PASSAGE}) AS beside"
                " ON beside.document = here.document AND beside.heading = here.heading"
                " AND beside.ordinal IN (here.ordinal - 1, here.ordinal + 1)"
                " WHERE here.id IN (SELECT value FROM json_each(?))",
                (json_of(list(ids)),),
            ).fetchall()
        made: dict[PassageId, Around] = {}
        for id_, ordinal, *row in found:
            one = (PassageId(row[0]), rows.passage(row))
            known = made.get(PassageId(id_), Around())
            first = one[1].ordinal < ordinal
            made[PassageId(id_)] = replace(known, before=one) if first else replace(known, after=one)
        return made

    def ids_of(self, documents: Collection[DocumentId]) -> list[PassageId]:
        """The passages of these documents."""
        with self._vault.read() as connection:
            rows = connection.execute(
                "SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?))",
                (json_of(sorted(documents)),),
            )
            return [PassageId(row[0]) for row in rows]

    def vectors(self, model: str, after: PassageId, limit: int) -> list[tuple[PassageId, bytes]]:
        """At most `limit` embeddings of `model` with ids above `after`, by id: one page of a rebuild."""
        with self._vault.read() as connection:
            rows = connection.execute(
                "SELECT passage, vector FROM embeddings WHERE model = ? AND passage > ? ORDER BY passage LIMIT ?",
                (model, after, limit),
            )
            return [(PassageId(row[0]), bytes(row[1])) for row in rows]

    def embedded(self, model: str) -> int:
        """How many passages have an embedding of `model`."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT count(*) FROM embeddings WHERE model = ?", (model,)).fetchone()
            return int(row[0]) if row else 0

    def passage_lengths(self) -> tuple[int, float]:
        """How many passages there are, and the mean length of the newest few hundred, in tokens of the embedder."""
        with self._vault.read() as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM passages), avg(tokens) FROM"
                " (SELECT tokens FROM passages ORDER BY id DESC LIMIT ?)",
                (_NEWEST,),
            ).fetchone()
            return (int(row[0]), float(row[1])) if row and row[0] else (0, 0.0)

    def sample(self, model: str, n: int) -> list[tuple[PassageId, bytes]]:
        """At most `n` embeddings of `model`, chosen by chance."""
        with self._vault.read() as connection:
            rows = connection.execute(
                "SELECT passage, vector FROM embeddings WHERE passage IN"
                " (SELECT passage FROM embeddings WHERE model = ? ORDER BY random() LIMIT ?)",
                (model, n),
            )
            return [(PassageId(row[0]), bytes(row[1])) for row in rows]

    def changes(self, after: int, limit: int) -> list[tuple[int, PassageId, bytes | None]]:
        """At most `limit` changes that the index of vectors has not taken over, each with its number, in order.

        The third is the embedding to put in; None where the passage is to leave, or left later on.
        """
        with self._vault.read() as connection:
            found = connection.execute(
                "SELECT number, index_changes.passage, CASE WHEN gone THEN NULL ELSE vector END FROM index_changes"
                " LEFT JOIN embeddings ON embeddings.passage = index_changes.passage"
                " WHERE number > ? ORDER BY number LIMIT ?",
                (after, limit),
            )
            return [
                (int(number), PassageId(id_), None if vector is None else bytes(vector))
                for number, id_, vector in found
            ]

    def last_change(self) -> int:
        """The number of the newest change that waits for the index of vectors, 0 where none does."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT max(number) FROM index_changes").fetchone()
            return int(row[0] or 0) if row else 0

    def taken_over(self, number: int, key: str, value: str) -> None:
        """The index of vectors has all changes up to `number`; a named value is set in the same moment."""
        with self._vault.write() as connection:
            connection.execute("DELETE FROM index_changes WHERE number <= ?", (number,))
            _set_meta(connection, key, value)

    def meta(self, key: str) -> str | None:
        """A named value, None where it was never set."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Set a named value."""
        with self._vault.write() as connection:
            _set_meta(connection, key, value)


def _set_meta(connection: Connection, key: str, value: str) -> None:
    connection.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def _ids(connection: Connection, document: DocumentId) -> list[PassageId]:
    found = connection.execute("SELECT id FROM passages WHERE document = ? ORDER BY ordinal", (document,))
    return [PassageId(row[0]) for row in found.fetchall()]


def _clear(connection: Connection, document: DocumentId) -> list[PassageId]:
    """Remove a document's passages with their words and embeddings; returns their ids."""
    ids = _ids(connection, document)
    indexing.take_out(connection, ids)
    keeping.leave(connection, ids)
    return ids
