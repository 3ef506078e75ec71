"""A table under named columns of one kind each, every value with the cell it stands in; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from assistant.tables.cells import date_of, number_of
from assistant.values import CellValue, Table

ROW_NUMBER: Final = "row_number"
"""The column that says which row of the table a row is, from 1; every frame has it."""
SECTION: Final = "section"
"""The column that says under which line without values a row stands, where a table has such lines."""
ITEM: Final = "item"
"""What the first column is called where the table does not say."""

Kind = Literal["number", "date", "text"]
Value = float | int | str | None

_MOST_HEADERS: Final = 4
_MOST_COLUMNS: Final = 120
_MOST_ROWS: Final = 200_000
_LONGEST_NAME: Final = 80
_SHARE: Final = 0.6
"""Of the cells of a column that say something, so many must be numbers or dates for it to be a column of them."""
_PERIOD: Final = re.compile(
    r"(?:fy|cy|h[12]|q[1-4]|[12]h)?[\s'\u2019/-]*(?:(?:19|20)\d{2}|\d{2})(?:[/-](?:20)?\d{2})?\s*[ea]?"
    r"|(?:19|20)\d{2}[\s-]*(?:q[1-4]|h[12])",
    re.IGNORECASE,
)
_UNITS: Final = re.compile(
    r"(?=.*(?:[$€£¥%]|thousand|million|billion|000|usd|eur|gbp|rmb|inr|per\s?cent|dollar|\bmn\b|\bbn\b))"
    r"\(?+(?>thousands?|millions?|billions?|per\s?cent|except|amounts?|dollars?|shares?|data|usd|eur|gbp|rmb|inr|us"
    r"|000s?|mn|bn|in|of|and|per|[mk]\b|[ac](?=\s?\$)|[$€£¥%,'\u2019\s])++\)?+",
    re.IGNORECASE,
)
_LONGEST_UNIT: Final = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column. name: its own in this frame, for SQL. full: all that the header says of it. at: its place in the table.

    unit: what its numbers are, as "%", "$" or "in thousands", or "". at is -1 for a column that no cell stands in.
    """

    name: str
    full: str
    kind: Kind
    unit: str = ""
    at: int = -1


@dataclass(frozen=True, slots=True)
class Frame:
    """A table to be asked. columns: row_number and perhaps section first. rows: a value a column; None for none.

    label: the number of the column that names the rows, None where none does. table: what it was made of.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    label: int | None
    table: Table
    first: int

    def shown(self, row: int, column: int) -> str:
        """A value as its cell writes it. row: its number, from 1, in the table."""
        at = self.columns[column].at
        value = self.table.rows[row - 1][at] if at >= 0 else None
        if value is None:
            return ""
        return f"{value:.15g}" if isinstance(value, float) else str(value)

    def place(self, row: int, column: int) -> str:
        """Where a value stands: "C5" in a sheet, "row 5, column 3" elsewhere."""
        at = self.columns[column].at
        corner = re.match(r"([A-Z]+)(\d+)", self.table.position.cells)
        if corner is None:
            return f"row {row}, column {at + 1}"
        return f"{_letters(_number(corner[1]) + at)}{int(corner[2]) + row - 1}"

    def named(self, name: str) -> int | None:
        """The number of a column, by its name; None for none."""
        wanted = name.casefold()
        return next((at for at, column in enumerate(self.columns) if column.name.casefold() == wanted), None)


def frame_of(table: Table) -> Frame | None:
    """The frame of a table; None where it has no two rows and columns that say something."""
    grid = [tuple(row[:_MOST_COLUMNS]) for row in table.rows[:_MOST_ROWS]]
    used = [at for at in range(len(grid[0]) if grid else 0) if any(row[at] is not None for row in grid)]
    if len(used) < 2 or len(grid) < 2:
        return None
    headers = _headers(grid, used)
    body = range(headers, len(grid))
    if not body:
        return None
    titles = _titles(grid[:headers], used)
    kinds = [_kind([grid[row][at] for row in body]) for at in used]
    label = _label(kinds)
    names = _names([title for title, _ in titles], label)
    sections, kept = _sections(grid, body, used, label)
    columns = [Column(ROW_NUMBER, "", "number")]
    if sections:
        columns.append(Column(SECTION, "", "text"))
    before = len(columns)
    for place, (at, kind) in enumerate(zip(used, kinds, strict=True)):
        units = Counter(filter(None, (_unit_of(grid[row][at]) for row in kept))) if kind == "number" else Counter()
        unit = titles[place][1] or (units.most_common(1)[0][0] if units else "")
        columns.append(Column(names[place], titles[place][0] or names[place], kind, unit, at))
    rows = tuple(
        (
            row + 1,
            *((sections.get(row, ""),) if sections else ()),
            *(_value(grid[row][at], kind) for at, kind in zip(used, kinds, strict=True)),
        )
        for row in kept
    )
    return Frame(tuple(columns), rows, None if label is None else label + before, table, headers + 1)


def _headers(grid: Sequence[Sequence[CellValue]], used: Sequence[int]) -> int:
    """How many of the first rows name the columns."""
    count = 0
    for row in grid[: min(_MOST_HEADERS, len(grid) - 1)]:
        first, others = row[used[0]], [row[at] for at in used[1:] if row[at] is not None]
        if count and not (_says_nothing(first) and others and all(_names_a_column(one) for one in others)):
            break
        if not count and not all(_names_a_column(one) for one in (*others, *([first] if first is not None else []))):
            break
        count += 1
    return count


def _says_nothing(cell: CellValue) -> bool:
    return cell is None or (isinstance(cell, str) and _is_unit(cell))


def _is_unit(text: str) -> bool:
    return len(text) <= _LONGEST_UNIT and _UNITS.fullmatch(text.strip()) is not None


def _names_a_column(cell: CellValue) -> bool:
    if isinstance(cell, str):
        if number_of(cell) is None or _is_unit(cell):
            return True
        period = _PERIOD.match(cell.strip()) if len(cell) <= _LONGEST_NAME else None
        return period is not None and (not (rest := cell.strip()[period.end() :]) or _is_unit(rest))
    return isinstance(cell, int) and not isinstance(cell, bool) and 1900 <= cell <= 2100


def _titles(rows: Sequence[Sequence[CellValue]], used: Sequence[int]) -> list[tuple[str, str]]:
    """What the header says of each column, from above to below, and its unit."""
    spread: list[list[str]] = []
    for number, row in enumerate(rows):
        cells = [" ".join(str(row[at]).split()) if row[at] is not None else "" for at in used]
        if number < len(rows) - 1 and len(cells) > 1:  # what stands over several columns is written over one of them
            filled = [place for place, cell in enumerate(cells[1:], 1) if cell]
            if filled:
                cells[1 : filled[0]] = [cells[filled[0]]] * (filled[0] - 1)
            for place in range(2, len(cells)):
                cells[place] = cells[place] or cells[place - 1]
        spread.append(cells)
    titles: list[tuple[str, str]] = []
    for place in range(len(used)):
        parts = list(dict.fromkeys(filter(None, (cells[place] for cells in spread))))
        units = [part for part in parts if _is_unit(part)]
        titles.append((" ".join(part for part in parts if part not in units), " ".join(units)))
    return titles


def _names(titles: Sequence[str], label: int | None) -> list[str]:
    """A short name of each column that is its own: the last words of its title that tell it from the others."""
    names: list[str] = []
    for place, title in enumerate(titles):
        name = title.replace('"', "'")[-_LONGEST_NAME:].strip() or (ITEM if place == label else f"column {place + 1}")
        words = name.split()
        for count in range(1, len(words)):
            tail = " ".join(words[-count:])
            if _PERIOD.fullmatch(tail) and sum(one.endswith(tail) for one in titles) == 1:
                name = tail
                break
        taken = {one.casefold() for one in (*names, ROW_NUMBER, SECTION)}
        unique, number = name, 2
        while unique.casefold() in taken:
            unique, number = f"{name} ({number})", number + 1
        names.append(unique)
    return names


def _kind(cells: Sequence[CellValue]) -> Kind:
    said = [cell for cell in cells if cell is not None and str(cell).strip() not in ("", "-", "\u2013", "\u2014")]
    if not said:
        return "text"
    dates = sum(isinstance(cell, str) and date_of(cell) is not None for cell in said)
    if dates >= _SHARE * len(said):
        return "date"
    numbers = sum(_number_in(cell) is not None for cell in said)
    return "number" if numbers >= _SHARE * len(said) else "text"


def _label(kinds: Sequence[Kind]) -> int | None:
    return next((at for at, kind in enumerate(kinds) if kind == "text"), None)


def _sections(
    grid: Sequence[Sequence[CellValue]], body: range, used: Sequence[int], label: int | None
) -> tuple[dict[int, str], list[int]]:
    """Under which line each row stands, and the rows that are no such lines; no sections where there is one or none."""
    sections: dict[int, str] = {}
    kept: list[int] = []
    current = ""
    for row in body:
        said = [at for at in used if grid[row][at] is not None]
        if not said:
            continue
        if label is not None and said == [used[label]] and len(used) > 1:
            current = " ".join(str(grid[row][used[label]]).split()).rstrip(":")
            continue
        kept.append(row)
        sections[row] = current
    if not kept:
        return {}, [row for row in body if any(grid[row][at] is not None for at in used)]
    return (sections, kept) if any(sections.values()) else ({}, kept)


def _number_in(cell: CellValue) -> float | int | None:
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return cell
    number = number_of(cell)
    return None if number is None else number.value


def _unit_of(cell: CellValue) -> str:
    number = number_of(cell) if isinstance(cell, str) else None
    return number.unit if number is not None else ""


def _value(cell: CellValue, kind: Kind) -> Value:
    if kind == "number":
        number = _number_in(cell)
        return int(number) if isinstance(number, float) and number.is_integer() and abs(number) < 1 << 53 else number
    if cell is None:
        return None
    if kind == "date" and isinstance(cell, str):
        return date_of(cell)
    return " ".join(cell.split()) if isinstance(cell, str) else str(cell)


def _number(letters: str) -> int:
    """The number of a column of a sheet, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _letters(number: int) -> str:
    name = ""
    number += 1
    while number > 0:
        number, letter = divmod(number - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
