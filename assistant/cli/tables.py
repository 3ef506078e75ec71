"""`privet tables`: the tables of the documents, which can be asked exact questions."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from assistant.cli import output
from assistant.cli.main import EXIT_OK, opened
from assistant.errors import BadInput
from assistant.values import DocumentInfo, KeptTable, TableChoice

if TYPE_CHECKING:
    from assistant.app import Privet

_COLUMNS: Final = 8


def tables(options: argparse.Namespace) -> int:
    """List the tables of one document, or of all."""
    with opened(options) as privet:
        documents = [named(privet, options.name)] if options.name else list(privet.documents.list())
        found = privet.answering.tabling.tables([info.id for info in documents])
        numbers: dict[int, int] = {}
        rows = []
        for kept in found:
            number = numbers[kept.document_id] = numbers.get(kept.document_id, 0) + 1
            rows.append((number, kept))
        if options.json:
            output.as_json([_object(number, kept) for number, kept in rows])
            return EXIT_OK
        if not rows:
            output.say("There is no table in your documents." if documents else "There are no documents yet.")
        for number, kept in rows:
            output.say(_line(number, kept))
    return EXIT_OK


def table_choice(privet: Privet, table: str | None, query: str | None) -> TableChoice | None:
    """The table that `--table NAME` or `--table NAME:N` names, with a query. Raises BadInput, NotFound."""
    if not table:
        if query:
            raise BadInput("A query needs a table.", "Name one with --table; see which there are with: privet tables")
        return None
    name, _, number = table.rpartition(":")
    if not name or not number.isdecimal():
        name, number = table, "1"
    document = named(privet, name)
    found = privet.answering.tabling.tables([document.id])
    if not 1 <= int(number) <= len(found):
        raise BadInput(
            f"{document.title} has {len(found)} tables that can be asked.", f"See which: privet tables {document.title}"
        )
    return TableChoice(document.id, found[int(number) - 1].id, query or "")


def named(privet: Privet, name: str) -> DocumentInfo:
    """The document of this name, or with this number. Raises BadInput."""
    found = [info for info in privet.documents.list() if name in (info.title, str(info.id))]
    if not found:
        raise BadInput(f"There is no document called {name}.", "See which there are with: privet documents")
    return found[0]


def _line(number: int, kept: KeptTable) -> str:
    header = ", ".join("" if cell is None else str(cell) for cell in kept.table.rows[0][:_COLUMNS])
    at = kept.table.position
    where = f"sheet {at.name}, {at.cells}" if at.name else f"page {kept.table.page}" if kept.table.page else ""
    caption = kept.table.caption[:100]
    said = " \u2014 ".join(part for part in (where, caption) if part)
    return f"{kept.document}:{number}  {len(kept.table.rows):,} rows: {header}{f'  ({said})' if said else ''}"


def _object(number: int, kept: KeptTable) -> dict[str, object]:
    return {
        "document": kept.document,
        "table": number,
        "page": kept.table.page,
        "sheet": kept.table.position.name,
        "cells": kept.table.position.cells,
        "caption": kept.table.caption,
        "rows": len(kept.table.rows),
        "header": ["" if cell is None else str(cell) for cell in kept.table.rows[0]],
    }
