"""JSON, JSON Lines and notebooks: tables where they are tables, else each value with the path that leads to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO, Final

from assistant.ingestion.cleaning import clean, one_line
from assistant.ingestion.formats import markdown, source
from assistant.ingestion.formats.cells import Row, plain, table_events
from assistant.ingestion.formats.decoding import decoded
from assistant.ingestion.formats.events import About, Event
from assistant.values import NOWHERE, Block, BlockKind, CellValue

_LARGEST: Final = 48 << 20
_ROWS_AT_ONCE: Final = 20_000
_MOST_COLUMNS: Final = 200
_MOST_LINES: Final = 40
_DEEPEST: Final = 100
_LONGEST_VALUE: Final = 50_000


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks and data. What is no JSON, or far too large, comes as the text it is. Raises Refusal("not-text")."""
    if size <= _LARGEST:
        decoding = decoded(file)
        text = "".join(decoding.pieces(size))
        parsed = _parsed(text)
        if parsed is not None:
            yield from _events(*parsed)
            yield About(notes=("some-letters",) if decoding.uncertain else ())
            return
    yield from source.read(file, size)


def _parsed(text: str) -> tuple[object, bool] | None:
    """The value of a file, and whether it is one value a line; None where it is no JSON."""
    try:
        return json.loads(text), False
    except RecursionError:
        return None
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
    try:
        return ([json.loads(line) for line in lines], True) if len(lines) > 1 else None
    except (ValueError, RecursionError):
        return None


def _events(value: object, tabular: bool) -> Iterator[Event]:
    if isinstance(value, dict) and isinstance(value.get("cells"), list) and "nbformat" in value:
        yield from _notebook(value["cells"])
    elif isinstance(value, list) and _is_table(value):
        yield from _table(value)
    elif isinstance(value, dict) and not tabular:
        for key, inside in value.items():
            if isinstance(inside, dict | list) and inside:
                yield Block(BlockKind.HEADING, one_line(str(key))[:300] or "-", level=1)
                if isinstance(inside, list) and _is_table(inside):
                    yield from _table(inside)
                else:
                    yield from _lines(inside, "")
            else:
                yield from _lines({key: inside}, "")
    else:
        yield from _lines(value, "")


def _is_table(values: list[object]) -> bool:
    """True for records of plain values that have most of their keys in common."""
    if len(values) < 2 or not all(isinstance(each, dict) and each for each in values):
        return False
    records = [each for each in values if isinstance(each, dict)]
    if any(isinstance(inside, dict | list) for record in records for inside in record.values()):
        return False
    keys = {key for record in records for key in record}
    return 1 < len(keys) <= _MOST_COLUMNS and sum(len(record) for record in records) * 2 >= len(keys) * len(records)


def _table(values: list[object]) -> Iterator[Event]:
    records = [each for each in values if isinstance(each, dict)]
    keys = list(dict.fromkeys(key for record in records for key in record))
    head = Row(1, [one_line(str(key)) or "-" for key in keys])
    for start in range(0, len(records), _ROWS_AT_ONCE):
        rows = [
            Row(start + at, [_cell(record.get(key)) for key in keys])
            for at, record in enumerate(records[start : start + _ROWS_AT_ONCE], 2)
        ]
        yield from table_events(rows if start else [head, *rows], None, NOWHERE, head=head if start else None)


def _cell(value: object) -> CellValue:
    return plain(value) if isinstance(value, str | int | float | bool) else None


def _lines(value: object, path: str) -> Iterator[Block]:
    waiting: list[str] = []
    for line in _said(value, path, 0):
        waiting.append(line)
        if len(waiting) >= _MOST_LINES or len(line) > 500:
            yield Block(BlockKind.PARAGRAPH, "\n".join(waiting))
            waiting = []
    if waiting:
        yield Block(BlockKind.PARAGRAPH, "\n".join(waiting))


def _said(value: object, path: str, depth: int) -> Iterator[str]:
    """A line for each plain value: "owner.name: Ann"."""
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inside in value.items():
            yield from _said(inside, f"{path}.{one_line(str(key))}" if path else one_line(str(key)), depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        if value and all(isinstance(each, str | int | float | bool) for each in value):
            yield f"{path}: {', '.join(_text(each) for each in value)}" if path else ", ".join(map(_text, value))
        else:
            for number, inside in enumerate(value, 1):
                yield from _said(inside, f"{path}[{number}]", depth + 1)
    elif value is not None:
        yield f"{path}: {_text(value)}" if path else _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(str(value))[:_LONGEST_VALUE]


def _notebook(cells: list[object]) -> Iterator[Event]:
    """The cells of a notebook (nbformat 4): its text, its code, and what that printed."""
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        text = clean(_joined(cell.get("source")))
        if cell.get("cell_type") == "markdown":
            yield from markdown.blocks_of(text)
        elif text.strip():
            yield Block(BlockKind.CODE, text.strip("\n"))
        outputs = cell.get("outputs")
        for output in outputs if isinstance(outputs, list) else ():
            if isinstance(output, dict):
                data = output.get("data")
                said = output.get("text") or (data.get("text/plain") if isinstance(data, dict) else None)
                printed = clean(_joined(said)).strip("\n")
                if printed.strip():
                    yield Block(BlockKind.CODE, printed)


def _joined(value: object) -> str:
    return "".join(str(each) for each in value) if isinstance(value, list) else str(value or "")
