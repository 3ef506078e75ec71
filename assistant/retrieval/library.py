"""Documents as kept in the vault: their passages, the full-text index over them, and their embeddings."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import Bug, NotFound
from assistant.values import DocumentId, DocumentInfo, Passage, PassageId
from assistant.vault import Connection, Vault, storable

_FLOAT_BYTES: Final = 4
_TRACES: Final = "full_text_keeps_traces"
_NEWEST: Final = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """What `put` did. passages: the new ids, in the order given. replaced: the ids of an earlier version, now gone."""

    document: DocumentInfo
    passages: tuple[PassageId, ...]
    replaced: tuple[PassageId, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A document that is kept already. sha256: of the file's bytes when it was added, in hexadecimal."""

    document: DocumentInfo
    sha256: str


class Library:
    """All documents of a vault. Raises what the vault raises; what was put is on the disk when `put` returns."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def put(
        self,
        path: Path,
        *,
        sha256: str,
        title: str,
        pages: int,
        size: int,
        warnings: Sequence[str],
        passages: Sequence[Passage],
        dimensions: int,
        vectors: bytes,
        model: str,
    ) -> Stored:
        """Keep a document; an earlier version from the same path goes in the same transaction, its id stays.

        vectors: one per passage, float32 little-endian, row after row, `dimensions` numbers each.
        model: the embedder they come from. size: of the file, in bytes.
        """
        stride = dimensions * _FLOAT_BYTES
        if len(vectors) != len(passages) * stride:
            raise Bug("a document came with more or fewer embeddings than passages")
        about = (sha256, storable(title), pages, size, time.time(), _json(warnings))
        with self._vault.write() as connection:
            document, replaced = _make_room(connection, os.fsencode(path), about)
            kept = tuple(_insert_passage(connection, document, passage) for passage in passages)
            connection.executemany(
                "INSERT INTO passage_words (rowid, text, heading, title)"
                " SELECT id, text, heading, title FROM passage_texts WHERE id = ?",
                ((passage,) for passage in kept),
            )
            connection.executemany(
                "INSERT INTO embeddings (passage, model, vector) VALUES (?, ?, ?)",
                ((passage, model, vectors[at * stride : (at + 1) * stride]) for at, passage in enumerate(kept)),
            )
            info = _document(connection, document)
        return Stored(info, kept, replaced)

    def remove(self, document: DocumentId, *, compact: bool = True) -> tuple[PassageId, ...]:
        """Remove a document; returns the ids its passages had. Raises NotFound.

        compact: remove its last traces too. False where several go one after the other, with one `compact` at the end.
        """
        with self._vault.write() as connection:
            _document(connection, document)
            removed = _clear(connection, document)
            connection.execute("DELETE FROM documents WHERE id = ?", (document,))
        if compact:
            self.compact()
        return removed

    def compact(self) -> None:
        """Remove the last traces of what was removed or replaced; does nothing where nothing was. For the start, too.

        FTS5 takes a removed word out of its lists at once, but may keep its first letters as a signpost between
        pages, for which only building the index again helps (about a second for 20,000 passages).
        """
        with self._vault.write() as connection:
            if connection.execute("DELETE FROM meta WHERE key = ?", (_TRACES,)).rowcount:
                connection.execute("INSERT INTO passage_words (passage_words) VALUES ('rebuild')")
        self._vault.empty_log()

    def documents(self) -> tuple[DocumentInfo, ...]:
        """All documents, by title."""
        with self._vault.read() as connection:
            rows = connection.execute(f"{_INFO} GROUP BY documents.id ORDER BY title COLLATE NOCASE, documents.id")
            return tuple(_info(row) for row in rows)

    def document(self, document: DocumentId) -> DocumentInfo:
        """One document. Raises NotFound."""
        with self._vault.read() as connection:
            return _document(connection, document)

    def by_path(self, path: Path) -> Known | None:
        """The document that was added from `path`, None where there is none."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT id, sha256 FROM documents WHERE path = ?", (os.fsencode(path),)).fetchone()
            return None if row is None else Known(_document(connection, DocumentId(row[0])), row[1])

    def passages(self, ids: Collection[PassageId]) -> dict[PassageId, tuple[DocumentInfo, Passage]]:
        """The passages of `ids`, each with its document, in the order asked for; those no longer there are left out."""
        with self._vault.read() as connection:
            rows = connection.execute(f"{_PASSAGE} WHERE id IN (SELECT value FROM json_each(?))", (_json(list(ids)),))
            found = {PassageId(row[0]): (DocumentId(row[1]), _passage(row)) for row in rows}
            infos = {document: _document(connection, document) for document in {found[id_][0] for id_ in found}}
        return {id_: (infos[found[id_][0]], found[id_][1]) for id_ in ids if id_ in found}

    def passages_of(self, document: DocumentId) -> tuple[tuple[PassageId, Passage], ...]:
        """The passages of a document in its own order. Raises NotFound."""
        with self._vault.read() as connection:
            _document(connection, document)
            rows = connection.execute(f"{_PASSAGE} WHERE document = ? ORDER BY ordinal", (document,))
            return tuple((PassageId(row[0]), _passage(row)) for row in rows)

    def vector(self, ids: Collection[PassageId]) -> dict[PassageId, bytes]:
        """The embeddings of `ids`, float32 little-endian; those no longer there are left out."""
        with self._vault.read() as connection:
            rows = connection.execute(
                "SELECT passage, vector FROM embeddings WHERE passage IN (SELECT value FROM json_each(?))",
                (_json(list(ids)),),
            )
            return {PassageId(row[0]): bytes(row[1]) for row in rows}

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

    def meta(self, key: str) -> str | None:
        """A named value, None where it was never set."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Set a named value."""
        with self._vault.write() as connection:
            connection.execute(
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )


def _make_room(
    connection: Connection, path: bytes, about: tuple[str, str, int, int, float, str]
) -> tuple[DocumentId, tuple[PassageId, ...]]:
    """The row of the document at `path`, made or emptied, and the ids of the passages that went."""
    row = connection.execute("SELECT id FROM documents WHERE path = ?", (path,)).fetchone()
    if row is None:
        cursor = connection.execute(
            "INSERT INTO documents (sha256, title, pages, size, added, warnings, path) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*about, path),
        )
        return DocumentId(cursor.lastrowid or 0), ()
    document = DocumentId(row[0])
    removed = _clear(connection, document)  # before the title changes: the full-text index still knows the old one
    connection.execute(
        "UPDATE documents SET sha256 = ?, title = ?, pages = ?, size = ?, added = ?, warnings = ? WHERE id = ?",
        (*about, document),
    )
    return document, removed


def _insert_passage(connection: Connection, document: DocumentId, passage: Passage) -> PassageId:
    text, heading = storable(passage.text), _json(passage.heading)
    cursor = connection.execute(
        "INSERT INTO passages (document, ordinal, text, page, last_page, heading, tokens) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (document, passage.ordinal, text, passage.page, passage.last_page, heading, passage.tokens),
    )
    return PassageId(cursor.lastrowid or 0)


def _clear(connection: Connection, document: DocumentId) -> tuple[PassageId, ...]:
    """Remove a document's passages with their words and embeddings; returns their ids."""
    rows = connection.execute("SELECT id FROM passages WHERE document = ? ORDER BY ordinal", (document,)).fetchall()
    ids = tuple(PassageId(row[0]) for row in rows)
    # The words first: to take them out, the index reads the text that they came from.
    connection.executemany("DELETE FROM passage_words WHERE rowid = ?", ((id_,) for id_ in ids))
    connection.execute("DELETE FROM passages WHERE document = ?", (document,))
    if ids:
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, '1')", (_TRACES,))
    return ids


_INFO: Final = (
    "SELECT documents.id, path, title, pages, count(passages.id), size, added, warnings"
    " FROM documents LEFT JOIN passages ON passages.document = documents.id"
)
_PASSAGE: Final = "SELECT id, document, text, ordinal, tokens, page, last_page, heading FROM passages"


def _document(connection: Connection, document: DocumentId) -> DocumentInfo:
    row = connection.execute(f"{_INFO} WHERE documents.id = ? GROUP BY documents.id", (document,)).fetchone()
    if row is None:
        raise NotFound("This document is no longer there.", "Add it again to ask about it.")
    return _info(row)


def _info(row: Sequence[object]) -> DocumentInfo:
    identity, path, title, pages, passages, size, added, warnings = row
    assert isinstance(identity, int) and isinstance(path, bytes) and isinstance(pages, int)
    assert isinstance(passages, int) and isinstance(size, int) and isinstance(added, float)
    return DocumentInfo(
        DocumentId(identity),
        Path(os.fsdecode(path)),
        str(title),
        pages,
        passages,
        size,
        added,
        tuple(json.loads(str(warnings))),
    )


def _passage(row: Sequence[object]) -> Passage:
    _, _, text, ordinal, tokens, page, last_page, heading = row
    assert isinstance(ordinal, int) and isinstance(tokens, int)
    assert isinstance(page, int | None) and isinstance(last_page, int | None)
    return Passage(str(text), ordinal, tokens, page, last_page, tuple(json.loads(str(heading))))


def _json(values: Sequence[str] | Sequence[int]) -> str:
    return storable(json.dumps(list(values), ensure_ascii=False))
