"""Tables whose cells are of several lines, which a page gives cell by cell; told by how its lines move; pure.

A line under the one before goes on with its cell. One that rises, to the right of it, begins the next cell of the row;
one that goes back to the first column, under all of the row, begins the next row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from assistant.ingestion.formats.columns import Found, Row, is_marker
from assistant.ingestion.formats.tables import Cell, markdown_rows

_PITCH: Final = 1.35  # heights from one line of a cell to the next
_PARAGRAPHS: Final = 2.5  # heights between paragraphs of a cell that is not in the first column
_ROWS_APART: Final = 3.5
_EVEN: Final = 0.6  # heights by which the cells of a row may begin higher or lower
_FEWEST_ROWS: Final = 3
_FULL: Final = 0.7  # of the rows have several cells
_MOST_COLUMNS: Final = 12
_USUAL_CELL: Final = 90  # characters; columns of running text have more
_LONGEST_CELL: Final = 800
_LONGEST_LABEL: Final = 60  # usual of the first of two columns


class _Piece(NamedTuple):
    """A line, or one of the cells that stand on it. line: its number."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    height: float
    line: int
    first: bool


class _Cell:
    """The lines of one cell."""

    def __init__(self, piece: _Piece) -> None:
        self.texts = [piece.text]
        self.left, self.right, self.bottom, self.top = piece.left, piece.right, piece.bottom, piece.top

    def add(self, piece: _Piece) -> None:
        self.texts.append(piece.text)
        self.left, self.right = min(self.left, piece.left), max(self.right, piece.right)
        self.bottom = min(self.bottom, piece.bottom)

    @property
    def text(self) -> str:
        return " ".join(self.texts)


def stacked_tables(lines: Sequence[Row]) -> Iterator[Found]:
    """The tables of such cells among a page's lines, each a Row, in the order in which the page gives them."""
    rising = [at for at, (one, other) in enumerate(pairwise(lines)) if _rises(one, other)]
    if len(rising) < _FEWEST_ROWS - 1:
        return  # as on nearly all pages
    pieces = [piece for at, line in enumerate(lines) for piece in _pieces(line, at)]
    ends = {piece.line: at for at, piece in enumerate(pieces)}
    numbers = [ends[line] for line in rising]
    done = 0
    for number in numbers:
        start = _start(pieces, number)
        if pieces[start].line < done:
            continue
        rows, end = _grown(pieces, start)
        while rows and len(rows[-1][0]) < 2:
            end = rows.pop()[1]
        text = _table([cells for cells, _ in rows])
        if text and pieces[start].first and (end == len(pieces) or pieces[end].first):
            done = pieces[end].line if end < len(pieces) else len(lines)
            yield Found(pieces[start].line, done, text)


def _rises(one: Row, other: Row) -> bool:
    return other.bottom > one.bottom + 0.5 * one.height and other.cells[0].left >= one.cells[-1].right - 1


def _pieces(line: Row, at: int) -> Iterator[_Piece]:
    for number, word in enumerate(line.cells):
        yield _Piece(word.text, word.left, word.right, line.bottom, line.top, line.height, at, number == 0)


def _start(pieces: Sequence[_Piece], number: int) -> int:
    """Where the row begins of whose cells one ends with this piece: under nothing that reaches over its columns."""
    edge = pieces[number + 1].left if number + 1 < len(pieces) else pieces[number].right
    while number > 0:
        before, piece = pieces[number - 1], pieces[number]
        over = 0 < _pitch(before.bottom, piece) <= _PITCH * piece.height and _overlap(before, piece)
        if not (over and before.right <= edge):
            if before.right > piece.left + 1 or abs(before.top - piece.top) > _EVEN * piece.height:
                break
            edge = piece.left
        number -= 1
    # Other rows of one line a cell, as that of the headings, may stand above.
    return _start_of_rows(pieces, number)


def _start_of_rows(pieces: Sequence[_Piece], number: int) -> int:
    while number > 1:
        above = number - 1
        while above > 0 and abs(pieces[above - 1].bottom - pieces[above].bottom) < 0.3 * pieces[above].height:
            above -= 1
        row = pieces[above:number]
        near = 0 < pieces[number - 1].bottom - pieces[number].top < _ROWS_APART * pieces[number].height
        if len(row) < 2 or not near or not _overlap(row[0], pieces[number]):
            return number
        number = above
    return number


def _grown(pieces: Sequence[_Piece], start: int) -> tuple[list[tuple[list[_Cell], int]], int]:
    """The rows from a piece on, each with where it begins, and where they end."""
    cell = _Cell(pieces[start])
    rows = [([cell], start)]
    edge = float("inf")  # where the second column begins
    at = start + 1
    for at in range(start + 1, len(pieces) + 1):
        if at == len(pieces):
            break
        piece = pieces[at]
        cells = rows[-1][0]
        foot = min(each.bottom for each in cells)
        far = _pitch(cell.bottom, piece)
        most = _PITCH if len(cells) == 1 else _PARAGRAPHS
        in_first = piece.right <= edge
        if (
            _overlap(cell, piece)
            and 0 < far <= most * piece.height
            and (piece.left >= cells[-2].right - 1 if len(cells) > 1 else in_first)
        ):
            cell.add(piece)
        elif (
            piece.left >= cell.right - 1
            and foot - piece.height <= piece.bottom
            and (piece.top <= cells[0].top + _EVEN * piece.height)
        ):
            cell = _Cell(piece)
            cells.append(cell)
            edge = min(edge, cells[1].left)
        elif (
            in_first
            and _overlap(rows[0][0][0], piece)
            and (-0.3 * piece.height < foot - piece.top < _ROWS_APART * piece.height)
        ):
            cell = _Cell(piece)
            rows.append(([cell], at))
        else:
            break
    return rows, at


def _overlap(one: _Piece | _Cell, other: _Piece) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)


def _pitch(bottom: float, below: _Piece) -> float:
    """From the foot of what is above to the foot of the first line below it."""
    return bottom - (below.top - below.height)


def _table(rows: Sequence[Sequence[_Cell]]) -> str:
    """The rows as Markdown, "" where they are no such table."""
    several = [row for row in rows if len(row) > 1]
    cells = [cell for row in rows for cell in row]
    if len(several) < max(_FEWEST_ROWS, _FULL * len(rows)) or all(len(cell.texts) == 1 for cell in cells):
        return ""
    columns = _columns(cells)
    if not 2 <= len(columns) <= _MOST_COLUMNS or len(columns) != max(map(len, rows)):
        return ""
    lengths = [len(cell.text) for cell in cells]
    if median(lengths) > _USUAL_CELL or max(lengths) > _LONGEST_CELL or all(is_marker(row[0].text) for row in several):
        return ""
    if len(columns) == 2 and median(len(row[0].text) for row in rows) > _LONGEST_LABEL:
        return ""
    return markdown_rows([[_at(row, left, right) for left, right in columns] for row in rows])


def _columns(cells: Sequence[_Cell]) -> list[tuple[float, float]]:
    """From where to where the columns reach: what cells cover, with nothing across what is free between them."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((cell.left, cell.right) for cell in cells):
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _at(row: Sequence[_Cell], left: float, right: float) -> Cell:
    return Cell(" ".join(cell.text for cell in row if left <= cell.left and cell.right <= right))
