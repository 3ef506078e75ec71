"""The result of a query in words: the figure with its unit, the cells it comes from, and the query itself; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.tables import Frame, Result
from assistant.values import Claim, KeptTable, Support

_ROWS: Final = 12
_COLUMNS: Final = 8
_LONGEST_CELL: Final = 120
_SCALE: Final = re.compile(
    r"\bin\s+(?:\w+\s+){0,2}?(?:of\s+)?(?:[$€£]\s?|us\s?\$\s?)?(?:thousands?|millions?|billions?|000s?)\b"
    r"|(?:[$€£]|usd|eur|gbp)\s?(?:'000|000|thousands?|millions?|billions?|mn?|bn)\b",
    re.IGNORECASE,
)
_INERT: Final = str.maketrans(
    {"[": "(", "]": ")", "|": "\u2223", "`": "'", "<": "\u2039", ">": "\u203a", "*": "\u2217", "_": " ", "~": "\u223c"}
)
_CURRENCIES: Final = "$€£¥₹"


def told(kept: KeptTable, frame: Frame, sql: str, result: Result, cited: bool) -> tuple[str, tuple[Claim, ...]]:
    """The answer as Markdown, and what of it the table says.

    What stands in cells is shown as text: it can neither mark anything nor look like one of our numbers.
    """
    mark = " [1]" if cited else ""
    below = "\n\n[1]\n\n" if cited else "\n\n"  # on the line of a row it would be another cell
    parts: list[str] = []
    claims: list[Claim] = []

    def add(text: str, after: str = "", *, quoted: bool = True) -> None:
        start = sum(len(part) for part in parts)
        if quoted:
            claims.append(Claim(start, start + len(text), Support.SUPPORTED, 1 if cited else None))
        parts.append(text + after)

    if len(result.rows) == 1 and len(result.rows[0]) <= 2:
        add(_figure(frame, sql, result), f"{mark}\n\n")
    elif not result.rows:
        add("The table has no row like that.", f"{mark}\n\n", quoted=False)
    else:
        add(_table(result.columns, [[_said(value) for value in row] for row in result.rows[:_ROWS]]), below)
        if len(result.rows) > _ROWS:
            count = f"{len(result.rows):,}{'+' if result.more else ''}"
            add(f"{_ROWS} of {count} rows are shown.", "\n\n", quoted=False)
    evidence = _evidence(frame, result)
    if evidence:
        add("From these cells:", "\n\n", quoted=False)
        add(evidence, "\n\n")
    add("Asked of the table as:", "\n\n", quoted=False)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", sql)), default=0))
    add(f"{fence}sql\n{' '.join(sql.split())}\n{fence}")
    return "".join(parts), tuple(claims)


def figure(value: float) -> str:
    """A number as a person reads it: grouped, at most two decimals, small ones with two digits that count."""
    if abs(value) >= 1e15:
        return f"{value:.6g}"
    if value and abs(value) < 0.01:
        return f"{value:.2g}"
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _figure(frame: Frame, sql: str, result: Result) -> str:
    """The one value that was found, quoted where a cell says it."""
    row = result.rows[0]
    if len(result.cells) == 1 and len(row) == 1 and row[0] == _held(frame, *result.cells[0]):
        return f"“{safe(frame.shown(*result.cells[0]))}”{_scale(frame, result)}"
    *names, value = row
    if isinstance(value, str) or value is None:
        return " ".join(f"“{safe(str(one))}”" for one in row if one is not None)
    named = f"“{safe(str(names[0]))}”: " if names and names[0] is not None else ""
    if sql.lstrip().upper().startswith("SELECT COUNT("):
        return f"{named}**{figure(float(value))}**"
    if sql.startswith("SELECT 100.0 *"):
        return f"{named}**{figure(float(value))} %**"
    units = {frame.columns[column].unit for _, column in result.cells}
    unit = units.pop() if len(units) == 1 else ""
    if unit in ("%",):
        return f"{named}**{figure(float(value))} %**"
    before = unit if unit and unit in _CURRENCIES else ""
    said = f"{'-' if value < 0 else ''}{before}{figure(abs(float(value)))}"
    return f"{named}**{said}**{_scale(frame, result)}"


def _held(frame: Frame, row: int, column: int) -> float | int | str | None:
    return next((one[column] for one in frame.rows if one[0] == row), None)


def _scale(frame: Frame, result: Result) -> str:
    """What the figures of a table are counted in, where it says so."""
    used = [frame.columns[column] for _, column in result.cells[:4]]
    columns = [*used, *frame.columns]
    said = " ".join((frame.table.caption, *(f"{column.full} {column.unit}" for column in columns)))
    units = {frame.columns[column].unit for _, column in result.cells}
    found = _SCALE.search(said)
    return f" ({safe(found.group().strip())})" if found and "%" not in units else ""


def _evidence(frame: Frame, result: Result) -> str:
    """The rows the result comes from, its cells marked; "" where there are none to tell."""
    if not result.cells or not result.exact:
        return ""
    columns = sorted({column for _, column in result.cells})[:_COLUMNS]
    first = frame.label  # what names a row; where nothing does, its first cell
    if first is None:
        first = next((at for at, column in enumerate(frame.columns) if column.at >= 0), None)
    if first is not None and first not in columns:
        columns = [first, *columns]
    rows = list(dict.fromkeys(row for row, _ in result.cells))
    marked = set(result.cells)
    lines = []
    for row in rows[:_ROWS]:
        texts = [(at, safe(frame.shown(row, at))) for at in columns]
        lines.append([f"**{text}**" if (row, at) in marked and text else text for at, text in texts])
    text = _table([safe(frame.columns[at].full or frame.columns[at].name) for at in columns], lines)
    return text + (f"\n| and {len(rows) - _ROWS:,} more rows |{' |' * (len(columns) - 1)}" if len(rows) > _ROWS else "")


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(safe(name) for name in columns)} |", "|" + "-|" * len(columns)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _said(value: float | str | None) -> str:
    if value is None:
        return ""
    return safe(value) if isinstance(value, str) else figure(float(value))


def safe(text: str) -> str:
    """A cell's text as nothing but text: no marks of Markdown, no number in brackets, one line."""
    text = " ".join(text.split())[:_LONGEST_CELL]
    return text.translate(_INERT).strip()
