"""Rows of the vault's tables as values, and back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from assistant.errors import NotFound
from assistant.values import (
    CollectionId,
    DocumentId,
    DocumentInfo,
    PageHow,
    Passage,
    Position,
    SourceId,
    Unit,
)
from assistant.vault import Connection, storable

_INFO: Final = (
    "SELECT id, path, title, pages, passages, size, added, warnings, unit, unlearned, language, collection, source,"
    " missing FROM documents"
)
PASSAGE: Final = (
    "SELECT id, document, text, ordinal, tokens, page, last_page, heading, position, language FROM passages"
)

PASSAGE_ABOVE: Final = (
    "SELECT id, document, text, ordinal, tokens, page, last_page, heading, position, language,"
    " (SELECT title FROM documents WHERE documents.id = passages.document),"
    " (SELECT json_group_array(text) FROM (SELECT above.text FROM passages AS above"
    " WHERE above.document = passages.document AND above.page = passages.page"
    " AND above.ordinal BETWEEN passages.ordinal - {before} AND passages.ordinal - 1 ORDER BY above.ordinal))"
    " FROM passages"
)
"""A passage with its document's title and the texts of the few before it on its page, as a list in JSON."""

IN_SIGHT: Final = " (collection IS NULL OR collection NOT IN (SELECT id FROM collections WHERE trashed IS NOT NULL))"
"""The condition that a document is not in the trash, as it is with its collection."""


def document(connection: Connection, wanted: DocumentId) -> DocumentInfo:
    """One document. Raises NotFound."""
    for info in documents(connection, " WHERE id = ?", (wanted,)):
        return info
    raise NotFound("This document is no longer there.", "Add it again to ask about it.")


def documents(connection: Connection, clause: str = "", parameters: Sequence[object] = ()) -> list[DocumentInfo]:
    """The documents that `clause` (WHERE ..., ORDER BY ...) leaves, with what became of their pages."""
    found = connection.execute(_INFO + clause, parameters).fetchall()
    # One look at all odd pages, or one at each document's: whichever reads less.
    if len(found) > 1:
        odd = connection.execute("SELECT document, how, number FROM pages WHERE how <> 'text' ORDER BY 1, 2, 3")
    else:
        owners = json_of([row[0] for row in found])
        odd = connection.execute(
            "SELECT document, how, number FROM pages WHERE how <> 'text'"
            " AND document IN (SELECT value FROM json_each(?)) ORDER BY 1, 2, 3",
            (owners,),
        )
    pages: dict[tuple[int, str], list[int]] = {}
    for owner, how, number in odd:
        pages.setdefault((owner, how), []).append(number)
    return [_info(row, pages) for row in found]


def passage(row: Sequence[object]) -> Passage:
    """A row of PASSAGE."""
    _, _, text, ordinal, tokens, page, last_page, heading, position, language = row
    assert isinstance(ordinal, int) and isinstance(tokens, int)
    assert isinstance(page, int | None) and isinstance(last_page, int | None)
    return Passage(
        str(text),
        ordinal,
        tokens,
        page,
        last_page,
        tuple(json.loads(str(heading))),
        Position.unpacked(str(position)),
        str(language),
    )


def json_of(values: Iterable[object]) -> str:
    """A list as the vault keeps it."""
    return storable(json.dumps(list(values), ensure_ascii=False))


def _info(row: Sequence[object], pages: dict[tuple[int, str], list[int]]) -> DocumentInfo:
    (identity, path, title, count, passages, size, added, warnings, unit, unlearned, language, collection, source,
     missing) = row  # fmt: skip
    assert isinstance(identity, int) and isinstance(path, bytes) and isinstance(count, int)
    assert isinstance(passages, int) and isinstance(size, int) and isinstance(added, float)
    assert isinstance(unlearned, int)
    return DocumentInfo(
        id=DocumentId(identity),
        path=Path(os.fsdecode(path)),
        title=str(title),
        pages=count,
        passages=passages,
        size=size,
        added=added,
        warnings=tuple(json.loads(str(warnings))),
        unit=Unit(str(unit)),
        unlearned=unlearned,
        empty=tuple(pages.get((identity, PageHow.EMPTY), ())) if count else (),
        ocr=tuple(pages.get((identity, PageHow.OCR), ())) if count else (),
        lost=tuple(pages.get((identity, PageHow.LOST), ())) if count else (),
        language=str(language),
        collection=CollectionId(collection) if isinstance(collection, int) else None,
        source=SourceId(source) if isinstance(source, int) else None,
        missing=missing is not None,
    )
