"""Spreadsheets (XLSX, XLSB, XLS, ODS) read with calamine: each sheet's tables with their cells."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final

import python_calamine as calamine

from assistant.ingestion import caps
from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.cells import Row, plain, regions, table_events
from assistant.ingestion.formats.events import About, Event, PageRead, Placed
from assistant.values import Block, BlockKind, CellValue, Position, Table, Unit
from assistant.workers import Refusal

_MOST_MERGED: Final = 2_000  # cells that one merged range is said in again
_MOST_CELLS: Final = 4_000_000
_MOST_NAME: Final = 100

Extras = dict[str, list[Block | Placed]]
"""What stands beside the cells of a sheet (comments, charts, text boxes, pictures), by the sheet's name."""


def _opened(file: BinaryIO) -> calamine.CalamineWorkbook:
    """An open workbook. Raises Refusal: "password", "damaged"."""
    try:
        return calamine.CalamineWorkbook.from_filelike(file)
    except calamine.PasswordError as error:
        raise Refusal("password") from error
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise Refusal("damaged", "workbook") from error


def read(
    file: BinaryIO,
    extras: Extras | None = None,
    notes: tuple[str, ...] = (),
    respelled: Callable[[], BinaryIO | None] = lambda: None,
) -> Iterator[Event]:
    """Blocks and tables of a workbook, sheet by sheet. Raises Refusal: "password", "damaged".

    respelled: gives the same workbook in another spelling, where calamine does not understand this one.
    """
    file.seek(0)
    try:
        workbook = _opened(io.BytesIO(file.read()))
    except Refusal as refusal:
        again = respelled() if refusal.code == "damaged" else None
        if again is None:
            raise
        workbook = _opened(again)
    names = workbook.sheet_names[: caps.MAX_PAGES]
    empty: list[int] = []
    lost: list[int] = []
    left = _MOST_CELLS
    for number, name in enumerate(names, 1):
        position = Position(Unit.SHEET, name=one_line(name)[:_MOST_NAME])
        beside = (extras or {}).get(name, [])
        found = False
        try:
            for event in _sheet(workbook.get_sheet_by_index(number - 1), number, position):
                if not found:
                    yield Block(BlockKind.HEADING, position.name or str(number), number, 1, position)
                found = True
                left -= sum(len(row) for row in event.rows) if isinstance(event, Table) else 0
                if not isinstance(event, Table) or left >= 0:
                    yield event
        except (calamine.CalamineError, ValueError, OSError, OverflowError):
            lost.append(number)
        if beside and not found:
            yield Block(BlockKind.HEADING, position.name or str(number), number, 1, position)
        for block in beside:
            if isinstance(block, Placed):
                yield Placed(block.number, number, position)
                continue
            yield Block(block.kind, block.text, number, min(block.level + 1, 9) if block.level else 0, position)
        if not found and not beside and number not in lost:
            empty.append(number)
        yield PageRead(number, len(names))
    if lost and len(lost) == len(names):
        raise Refusal("damaged", "sheets")
    notes = (*notes, "more-cells") if left < 0 else notes
    yield About(pages=len(names), empty_pages=tuple(empty), lost_pages=tuple(lost), notes=notes, unit=Unit.SHEET)


def _sheet(sheet: calamine.CalamineSheet, number: int, position: Position) -> Iterator[Block | Table]:
    merged = sheet.merged_cell_ranges or []
    left = sheet.start[1] if sheet.start else 0  # rows come from the first on, columns from the first that is used
    rows: Iterator[list[CellValue]] = ([plain(value) for value in row] for row in sheet.iter_rows())
    if merged and sheet.total_height * sheet.total_width <= _MOST_CELLS:
        rows = iter(_spread(list(rows), merged, left))
    for region in regions(Row(at, values) for at, values in enumerate(rows, 1)):
        yield from table_events(region, number, position, left)


def _spread(
    rows: list[list[CellValue]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], first: int
) -> list[list[CellValue]]:
    """`rows` with what stands in a merged cell in each of the cells it covers. first: the column of the first value."""
    for (top, left), (bottom, right) in merged:
        start, end = left - first, right - first + 1
        if (bottom - top + 1) * (end - start) > _MOST_MERGED or top >= len(rows) or not 0 <= start < len(rows[top]):
            continue
        value = rows[top][start]
        for row in rows[top : bottom + 1]:
            row[start:end] = [value] * (min(end, len(row)) - start)
    return rows
