"""Tables as rows of Markdown, with spans filled in; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_MOST_COLUMNS: Final = 200
_MOST_ROWS_SPANNED: Final = 2_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the document has it. columns, rows: how many it spans."""

    text: str
    columns: int = 1
    rows: int = 1


def markdown_rows(rows: Iterable[Sequence[Cell]]) -> str:
    """The rows of a table, one a line, with a line under the first; "" for a table without text.

    A cell that spans rows is said in each of them, so that every row can be read alone; one that spans columns is said
    in each as well. A table with one column comes back as its paragraphs.
    """
    grid = _grid(rows)
    width = max((len(row) for row in grid), default=0)
    if width == 0:
        return ""
    if width == 1:
        return "\n".join(row[0] for row in grid if row and row[0])
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in grid]
    return "\n".join([lines[0], "|" + "-|" * width, *lines[1:]])


def _grid(rows: Iterable[Sequence[Cell]]) -> list[list[str]]:
    grid: list[list[str]] = []
    above: dict[int, tuple[str, int]] = {}  # column -> text and rows still to fill
    for cells in rows:
        row: list[str] = []
        own = False

        def fill(row: list[str] = row) -> None:
            while len(row) in above:
                text, left = above.pop(len(row))
                if left > 1:
                    above[len(row)] = (text, left - 1)
                row.append(text)

        for cell in cells:
            fill()
            text = " ".join(cell.text.split()).replace("|", "\\|")
            own = own or bool(text)
            for _ in range(min(max(1, cell.columns), _MOST_COLUMNS - len(row))):
                if cell.rows > 1:
                    above[len(row)] = (text, min(cell.rows, _MOST_ROWS_SPANNED) - 1)
                row.append(text)
        fill()
        if own:
            grid.append(row[:_MOST_COLUMNS])
    return grid
