"""Tables as data out of tables as Markdown, for the formats that have no cells of their own; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.values import Block, BlockKind, CellValue, Table

_BORDER: Final = re.compile(r"(?<!\\)\|")
_LONGEST_CAPTION: Final = 400
_LOOKED_BACK: Final = 12  # blocks
_MOST_COLUMNS: Final = 200
_MOST_ROWS: Final = 10_000


def tables_of(blocks: Sequence[Block], cells: int) -> Iterator[Table]:
    """The tables among `blocks` as data, until they hold so many cells; of one column there is none."""
    for at, block in enumerate(blocks):
        if block.kind is not BlockKind.TABLE:
            continue
        rows = rows_of(block.text)
        if len(rows) < 2 or len(rows[0]) < 2:
            continue
        cells -= len(rows) * len(rows[0])
        if cells < 0:
            return
        yield Table(tuple(rows), block.page, block.position, caption(blocks, at))


def caption(blocks: Sequence[Block], at: int) -> str:
    """What is said of the table at `at`: the heading above it and the text right before it; "" for none."""
    before: list[str] = []
    heading = ""
    for block in reversed(blocks[max(0, at - _LOOKED_BACK) : at]):
        if block.kind is BlockKind.HEADING:
            heading = block.text
            break
        if block.kind is BlockKind.TABLE:
            if before:
                break
            continue  # an earlier stretch of the same table, or one that says nothing of this one
        if not before:
            before.append(block.text[-_LONGEST_CAPTION:])
    return " · ".join(
        part for part in (" ".join(heading.split()), *(" ".join(text.split()) for text in before)) if part
    )


def rows_of(markdown: str) -> list[tuple[CellValue, ...]]:
    """The rows of a table as our readers write them, cells as text, None where one is empty; all of one length."""
    rows: list[list[CellValue]] = []
    for line in markdown.split("\n")[: _MOST_ROWS + 1]:
        if not line.startswith("|") or not line.strip("|-: "):
            continue
        cells = _BORDER.split(line.strip().removeprefix("|").removesuffix("|"))[:_MOST_COLUMNS]
        rows.append([cell.strip().replace("\\|", "|") or None for cell in cells])
    width = max(map(len, rows), default=0)
    return [tuple(row + [None] * (width - len(row))) for row in rows]
