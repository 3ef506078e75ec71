"""Keeps one document in one transaction: what did not change in it stays as it is, with its words and embeddings."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import NotFound
from assistant.retrieval import indexing, rows
from assistant.retrieval.framing import LOOKED_BACK, embedded_text, frames
from assistant.retrieval.rows import json_of
from assistant.values import (
    CollectionId,
    DocumentId,
    DocumentInfo,
    PageText,
    Part,
    Passage,
    PassageId,
    SourceId,
    Table,
    Unit,
)
from assistant.vault import Connection, storable

_DIGEST_BYTES: Final = 16
UNLEARNED: Final = "(digest IS NULL OR NOT EXISTS (SELECT 1 FROM embeddings WHERE passage = passages.id AND model = ?))"
"""The condition that a passage has no embedding of a model, or one of what it was before: its digest is gone then."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as it was read, to be kept.

    sha256: of the file's bytes, in hexadecimal. size: in bytes. modified: nanoseconds, inode: as the file system
    says, 0 where it says nothing. texts: page by page; of a document without pages, in stretches. queued: the entry
    of the queue that it comes from; where that was taken out meanwhile, the document is not wanted any more.
    """

    path: Path
    sha256: str
    title: str
    pages: int
    size: int
    passages: Sequence[Passage]
    warnings: Sequence[str] = ()
    unit: Unit = Unit.PAGE
    language: str = ""
    texts: Sequence[PageText] = ()
    tables: Sequence[Table] = ()
    parts: Sequence[Part] = ()
    modified: int = 0
    inode: int = 0
    collection: CollectionId | None = None
    source: SourceId | None = None
    queued: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept. passages: their ids in order. replaced: ids of an earlier version that are gone.

    fresh: how many passages are new; of these, `reused` have the embedding of an equal passage.
    """

    document: DocumentInfo
    passages: tuple[PassageId, ...]
    replaced: tuple[PassageId, ...]
    fresh: int = 0
    reused: int = 0


def digest(text: str) -> bytes:
    """By which an embedding of the same text is found again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_DIGEST_BYTES]


def texts_to_embed(
    connection: Connection, clause: str, parameters: Sequence[object]
) -> list[tuple[PassageId, DocumentId, str]]:
    """What of the passages that `clause` (WHERE ..., ORDER BY ...) leaves is turned into vectors."""
    found = connection.execute(f"{rows.PASSAGE_ABOVE.format(before=LOOKED_BACK)} {clause}", parameters).fetchall()
    return [
        (
            PassageId(row[0]),
            DocumentId(row[1]),
            embedded_text(rows.passage(row[:10]), str(row[10] or ""), json.loads(row[11])),
        )
        for row in found
    ]


def keep(connection: Connection, new: NewDocument, model: str) -> Stored:
    """Keep `new` in the open transaction; what was kept from the same path before gives way, its id stays.

    model: the embedder whose embeddings are reused. Raises NotFound where it is not wanted any more.
    """
    if new.queued is not None:
        if connection.execute("SELECT 1 FROM queue WHERE id = ?", (new.queued,)).fetchone() is None:
            raise NotFound("This file was taken off the list while it was read.", "Add it again if you want it.")
    path = os.fsencode(new.path)
    row = connection.execute("SELECT id, title FROM documents WHERE path = ?", (path,)).fetchone()
    document = DocumentId(row[0]) if row else _insert(connection, new, path)
    title = storable(new.title)
    renamed = row is not None and row[1] != title
    old = _old_passages(connection, document) if row else {}
    kept = [_take(old, passage) for passage in new.passages]
    gone = tuple(sorted(id_ for ids in old.values() for id_ in ids))
    digests = [
        digest(embedded_text(passage, title, before))
        for passage, before in zip(new.passages, frames(new.passages), strict=True)
    ]
    vectors = {at: known_vector(connection, digests[at], model) for at, id_ in enumerate(kept) if id_ is None}
    # The words first: to take them out, the full-text index reads the text and title that they came from.
    changed = _changed(connection, kept, digests)
    indexing.take_out(connection, [*gone, *(id_ for id_ in kept if id_ is not None and (renamed or id_ in changed))])
    leave(connection, gone)
    if row:
        connection.execute("DELETE FROM pages WHERE document = ?", (document,))
        connection.execute("DELETE FROM tables WHERE document = ?", (document,))
        _update(connection, document, new)
    ids = _write_passages(connection, document, new.passages, kept, digests)
    indexing.put_in(connection, [id_ for at, id_ in enumerate(ids) if kept[at] is None or renamed or id_ in changed])
    reused = {ids[at]: vector for at, vector in vectors.items() if vector is not None}
    give_embeddings(connection, reused, model)
    _write_pages(connection, document, new)
    count_unlearned(connection, document, model)
    connection.execute("DELETE FROM queue WHERE path = ?", (path,))
    return Stored(rows.document(connection, document), ids, gone, len(vectors), len(reused))


def leave(connection: Connection, passages: Sequence[PassageId]) -> None:
    """Remove passages whose words are out already; the index of vectors is told."""
    connection.executemany(
        "INSERT INTO index_changes (passage, gone) SELECT passage, 1 FROM embeddings WHERE passage = ?",
        ((id_,) for id_ in passages),
    )
    connection.executemany("DELETE FROM passages WHERE id = ?", ((id_,) for id_ in passages))


def give_embeddings(connection: Connection, vectors: dict[PassageId, bytes], model: str) -> None:
    """Keep the embeddings of passages that are there; the index of vectors is told."""
    connection.executemany(
        "INSERT OR REPLACE INTO embeddings (passage, model, vector) SELECT id, ?2, ?3 FROM passages WHERE id = ?1",
        ((id_, model, vector) for id_, vector in vectors.items()),
    )
    connection.executemany(
        "INSERT INTO index_changes (passage, gone) SELECT id, 0 FROM passages WHERE id = ?",
        ((id_,) for id_ in vectors),
    )


def note_texts(connection: Connection, given: Mapping[PassageId, bytes | None]) -> None:
    """Note that passages without a digest have an embedding of what they are now.

    given: the digests of the texts that were embedded, None where that is not known: a passage whose title or headings
    changed meanwhile stays without, and so is embedded once more.
    """
    clause = "WHERE digest IS NULL AND id IN (SELECT value FROM json_each(?))"
    now = {id_: digest(text) for id_, _, text in texts_to_embed(connection, clause, (json_of(given),))}
    connection.executemany(
        "UPDATE passages SET digest = ? WHERE id = ?",
        ((wanted, id_) for id_, wanted in now.items() if given[id_] in (None, wanted)),
    )


def count_unlearned(connection: Connection, document: DocumentId, model: str) -> None:
    """Count again how many passages there are, and how many have no embedding of `model`."""
    connection.execute(
        "UPDATE documents SET passages = (SELECT count(*) FROM passages WHERE document = ?1),"
        f" unlearned = (SELECT count(*) FROM passages WHERE document = ?1 AND {UNLEARNED.replace('?', '?2')})"
        " WHERE id = ?1",
        (document, model),
    )


Old = dict[tuple[str, str], list[PassageId]]


def _old_passages(connection: Connection, document: DocumentId) -> Old:
    """What is kept of the version before: text and heading -> ids, first one last."""
    old: Old = {}
    for id_, text, heading in connection.execute(
        "SELECT id, text, heading FROM passages WHERE document = ? ORDER BY ordinal DESC", (document,)
    ):
        old.setdefault((text, heading), []).append(PassageId(id_))
    return old


def _changed(
    connection: Connection, kept: Sequence[PassageId | None], digests: Sequence[bytes]
) -> frozenset[PassageId]:
    """Those of the kept passages whose text stayed and whose title, headings or table's head did not."""
    wanted = {id_: digests[at] for at, id_ in enumerate(kept) if id_ is not None}
    found = connection.execute(
        "SELECT id, digest FROM passages WHERE id IN (SELECT value FROM json_each(?))", (json_of(wanted),)
    )
    return frozenset(PassageId(id_) for id_, known in found if known != wanted[PassageId(id_)])


def _take(old: Old, passage: Passage) -> PassageId | None:
    ids = old.get((storable(passage.text), json_of(passage.heading)))
    return ids.pop() if ids else None


def known_vector(connection: Connection, wanted: bytes, model: str) -> bytes | None:
    """The embedding of an equal text, None where there is none. wanted: its digest."""
    row = connection.execute(
        "SELECT vector FROM passages JOIN embeddings ON embeddings.passage = passages.id"
        " WHERE digest = ? AND model = ? LIMIT 1",
        (wanted, model),
    ).fetchone()
    return None if row is None else bytes(row[0])


def _insert(connection: Connection, new: NewDocument, path: bytes) -> DocumentId:
    cursor = connection.execute(
        "INSERT INTO documents (sha256, title, pages, size, added, warnings, path, unit, language, parts, modified,"
        " inode, collection, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*_about(new)[:6], path, *_about(new)[6:], new.collection, new.source),
    )
    return DocumentId(cursor.lastrowid or 0)


def _update(connection: Connection, document: DocumentId, new: NewDocument) -> None:
    connection.execute(
        "UPDATE documents SET sha256 = ?, title = ?, pages = ?, size = ?, added = ?, warnings = ?, unit = ?,"
        " language = ?, parts = ?, modified = ?, inode = ?, missing = NULL, collection = coalesce(?, collection),"
        " source = coalesce(?, source) WHERE id = ?",
        (*_about(new), new.collection, new.source, document),
    )


def _about(new: NewDocument) -> tuple[object, ...]:
    parts = [[part.name, part.pages, part.refused] for part in new.parts]
    return (
        new.sha256, storable(new.title), new.pages, new.size, time.time(), json_of(new.warnings), new.unit.value,
        new.language, json_of(parts), new.modified, new.inode,
    )  # fmt: skip


def _write_passages(
    connection: Connection,
    document: DocumentId,
    passages: Sequence[Passage],
    kept: Sequence[PassageId | None],
    digests: Sequence[bytes],
) -> tuple[PassageId, ...]:
    # Out of the way first: no two passages of a document may have one place, not even for a moment.
    connection.execute("UPDATE passages SET ordinal = -1 - ordinal WHERE document = ?", (document,))
    return tuple(
        _write_passage(connection, document, passage, id_, wanted)
        for passage, id_, wanted in zip(passages, kept, digests, strict=True)
    )


def _write_passage(
    connection: Connection, document: DocumentId, passage: Passage, kept: PassageId | None, wanted: bytes
) -> PassageId:
    about = (
        passage.ordinal, passage.page, passage.last_page, passage.tokens, storable(passage.position.packed()),
        passage.language, wanted,
    )  # fmt: skip
    if kept is not None:
        connection.execute(
            "UPDATE passages SET ordinal = ?, page = ?, last_page = ?, tokens = ?, position = ?, language = ?,"
            # Its embedding still searches; without a digest it is made again of what the passage is now.
            " digest = CASE WHEN digest = ? THEN digest END WHERE id = ?",
            (*about, kept),
        )
        return kept
    cursor = connection.execute(
        "INSERT INTO passages (ordinal, page, last_page, tokens, position, language, digest, document, text, heading)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*about, document, storable(passage.text), json_of(passage.heading)),
    )
    return PassageId(cursor.lastrowid or 0)


def _write_pages(connection: Connection, document: DocumentId, new: NewDocument) -> None:
    connection.executemany(
        "INSERT INTO pages (document, number, how, confidence, text) VALUES (?, ?, ?, ?, ?)",
        ((document, one.number, one.how.value, one.confidence, storable(one.text)) for one in new.texts),
    )
    connection.executemany(
        "INSERT INTO tables (document, page, position, cells, caption) VALUES (?, ?, ?, ?, ?)",
        _tables(document, new.tables),
    )


def _tables(document: DocumentId, tables: Sequence[Table]) -> Iterator[tuple[object, ...]]:
    for table in tables:
        cells = storable(json.dumps(table.rows, ensure_ascii=False))
        yield document, table.page, storable(table.position.packed()), cells, storable(table.caption)
