"""Tables of documents as data: read from the vault, those of one sheet put together again."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Final

from assistant.retrieval.rows import json_of
from assistant.values import DocumentId, KeptTable, Position, Table, TableId
from assistant.vault import Connection, Vault

_MOST_TABLES: Final = 200  # of a document that are looked at
_MOST_SIZE: Final = 24_000_000  # characters of them, as the vault keeps them


class Tabulated:
    """The tables of all documents. Raises what the vault raises."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def holders(self) -> frozenset[DocumentId]:
        """The documents that hold tables."""
        with self._vault.read() as connection:
            return frozenset(DocumentId(row[0]) for row in connection.execute("SELECT DISTINCT document FROM tables"))

    def tables(self, documents: Collection[DocumentId], pages: Collection[int] | None = None) -> tuple[KeptTable, ...]:
        """The tables of these documents, in their order; at most some hundred of each.

        pages: only those that stand on one of these pages, or on none; None for all. Tables that were cut into
        stretches come as one.
        """
        with self._vault.read() as connection:
            return tuple(
                kept
                for document in dict.fromkeys(documents)
                for kept in _joined(_read(connection, document, None if pages is None else set(pages)))
            )


def _read(connection: Connection, document: DocumentId, pages: Collection[int] | None) -> list[KeptTable]:
    found: list[KeptTable] = []
    size = 0
    named = connection.execute("SELECT title FROM documents WHERE id = ?", (document,)).fetchone()
    title = "" if named is None else str(named[0])
    for id_, page, position, cells, caption in connection.execute(
        "SELECT id, page, position, cells, caption FROM tables WHERE document = ?1"
        " AND (?2 IS NULL OR page IS NULL OR page IN (SELECT value FROM json_each(?2))) ORDER BY id LIMIT ?3",
        (document, None if pages is None else json_of(sorted(pages)), _MOST_TABLES),
    ):
        size += len(cells)
        if size > _MOST_SIZE:
            break
        rows = tuple(tuple(row) for row in json.loads(cells))
        table = Table(rows, page, Position.unpacked(position), caption)
        found.append(KeptTable(TableId(id_), document, title, table))
    return found


def _joined(tables: list[KeptTable]) -> list[KeptTable]:
    """Stretches of one table as one: they have the same header, and one begins where the other ends."""
    joined: list[KeptTable] = []
    for kept in tables:
        last = joined[-1] if joined else None
        if last is not None and (cells := _together(last.table, kept.table)):
            first, table = last.table, kept.table
            at = Position(first.position.unit, first.position.part, first.position.name, cells)
            rows = (*first.rows, *table.rows[1:])
            joined[-1] = KeptTable(last.id, last.document_id, last.document, Table(rows, first.page, at, first.caption))
        else:
            joined.append(kept)
    return joined


def _together(first: Table, then: Table) -> str:
    """The range of cells that two stretches cover together; "" where they are two tables."""
    one, other = first.position, then.position
    if first.page != then.page or (one.part, one.name) != (other.part, other.name) or first.rows[0] != then.rows[0]:
        return ""
    (start, _, end), (begin, _, last) = one.cells.partition(":"), other.cells.partition(":")
    if not end or not last or _row(begin) != _row(end) + 1:
        return ""
    return f"{start}:{last}"


def _row(cell: str) -> int:
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)
