"""Rows of cells turned into tables with their places, as Markdown to read and as data to count with; pure."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.ingestion.cleaning import one_line
from assistant.values import Block, BlockKind, CellValue, Position, Table

_ROWS_A_BLOCK: Final = 200
_CHARACTERS_A_BLOCK: Final = 40_000
_ROWS_OF_DATA: Final = 10_000
_SIZE_OF_DATA: Final = 400_000
_LONGEST_CELL: Final = 32_767  # what a cell of Excel can hold
_MOST_COLUMNS: Final = 16_384
_LETTERS: Final = 26


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet. number: from 1. values: from the same column on in all rows."""

    number: int
    values: Sequence[CellValue]


def column_name(column: int) -> str:
    """The letters of a column, from 0: "A", "Z", "AA"."""
    name = ""
    column += 1
    while column > 0:
        column, letter = divmod(column - 1, _LETTERS)
        name = chr(ord("A") + letter) + name
    return name


def cell_range(first_row: int, last_row: int, first_column: int, last_column: int) -> str:
    """A range as spreadsheets write it, "B2:D14", or "B2" for one cell. Rows from 1, columns from 0."""
    start, end = f"{column_name(first_column)}{first_row}", f"{column_name(last_column)}{last_row}"
    return start if start == end else f"{start}:{end}"


def plain(value: object) -> CellValue:
    """A cell's value as it can be kept: numbers as numbers, moments as ISO 8601, None for what is empty."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 1 << 53 else value
    if isinstance(value, int):
        return value
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return str(value)
    return one_line(str(value))[:_LONGEST_CELL] or None


def said(value: CellValue) -> str:
    """A cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def regions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows that stand together, with none between them that is empty."""
    together: list[Row] = []
    for row in rows:
        if any(value is not None for value in row.values):
            if together and row.number != together[-1].number + 1:
                yield together
                together = []
            together.append(row)
    if together:
        yield together


def table_events(
    region: Sequence[Row], page: int | None, position: Position, left: int = 0, head: Row | None = None
) -> Iterator[Block | Table]:
    """A region as blocks of a few hundred rows under its first row, and as data; a single column as lines.

    left: the column of the first value of each row, from 0. head: the first row of the whole, where the region is
    only a later part of a table. Long tables come as several, each with the first row.
    """
    rows = [head, *region] if head is not None else list(region)
    used = [at for row in rows for at, value in enumerate(row.values[:_MOST_COLUMNS]) if value is not None]
    first, last = min(used), max(used)
    grid = [tuple(row.values[at] if at < len(row.values) else None for at in range(first, last + 1)) for row in rows]

    def place(start: int, end: int) -> Position:
        return replace(position, cells=cell_range(rows[start].number, rows[end].number, left + first, left + last))

    if first == last:
        for at in range(1 if head is not None else 0, len(rows)):
            yield Block(BlockKind.PARAGRAPH, said(grid[at][0]), page, position=place(at, at))
    else:
        kept = [at for at in range(last - first + 1) if any(row[at] is not None for row in grid)]
        lines = ["| " + " | ".join(said(row[at]).replace("|", "\\|") for at in kept) + " |" for row in grid]
        title = [lines[0], "|" + "-|" * len(kept)]
        for start, end in _parts([len(line) for line in lines], _ROWS_A_BLOCK, _CHARACTERS_A_BLOCK):
            top = start - 1 if start == 1 and head is None else start
            yield Block(BlockKind.TABLE, "\n".join(title + lines[start:end]), page, position=place(top, end - 1))
    if len(rows) > 2 or first < last:
        sizes = [sum(len(value) if isinstance(value, str) else 8 for value in row) + 4 * len(row) for row in grid]
        for start, end in _parts(sizes, _ROWS_OF_DATA, _SIZE_OF_DATA):
            top = start - 1 if start == 1 and head is None else start
            yield Table((grid[0], *grid[start:end]), page, place(top, end - 1))


def _parts(sizes: Sequence[int], most: int, largest: int) -> Iterator[tuple[int, int]]:
    """Start and end of stretches of the rows after the first, none over `most` rows or much over `largest`."""
    start = 1
    while True:
        end, size = start, 0
        while end < len(sizes) and end - start < most and size < largest:
            size += sizes[end]
            end += 1
        yield start, end
        start = end
        if start >= len(sizes):
            return
