"""Tables among a page's lines, told by cells that stand under one another, with borders drawn or without; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from assistant.ingestion.formats.tables import Cell, markdown_rows

_GAP: Final = 0.8  # between cells, in heights of the font; words are a quarter to a half apart
_FIGURE_GAP: Final = 0.35  # between two figures
_FEWEST_ROWS: Final = 2
_MOST_COLUMNS: Final = 40
_CROSSED: Final = 0.15  # the share of rows that may reach over what parts two columns, as headings over several do
_LONGEST_CELL: Final = 160
_USUAL_CELL: Final = 60  # characters; where most cells have more, these are columns of running text
_LONGEST_LABEL: Final = 90
_ROWS_APART: Final = 3.2  # heights between two rows of one table
_FEWEST_FIGURES: Final = 0.4  # of the cells that are not in the first column
_ALIGNED: Final = 0.8  # of the cells of each column, where there are fewer figures
_EDGE: Final = 0.3  # how far aligned edges may lie apart, in heights
_MOST_LABELS: Final = 3  # rows of one cell in succession

_FIGURE: Final = re.compile(r"[$€£¥]?\s?[-–—+(]?\s?[$€£¥]?\s?\d[\d.,'’\u00a0 ]*\s?[%)]*|[-–—]|n/?a|N/?A")
_WRAPPED: Final = "\ufffe"  # in what was two lines of running text
_CURRENCY: Final = re.compile(r"[$€£¥]|[($€£¥]{2}|US\$|\(")
_CLOSING: Final = re.compile(r"[%)]{1,2}")
_LEADERS: Final = re.compile(r"(?:[.·_]\s?){5,}")
_NUMBERED: Final = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|[•▪◦‣●○■□➢✓∙–·*-]")


class Word(NamedTuple):
    """A word, or a cell of several, and from where to where it stands across the page, in points."""

    text: str
    left: float
    right: float


class Row(NamedTuple):
    """What stands on one line of a page. Edges in points from the page's foot. lines: how many `Line`s it was."""

    cells: tuple[Word, ...]
    bottom: float
    top: float
    height: float
    lines: int = 1


class Found(NamedTuple):
    """A table as Markdown, in the place of some of the page's lines: from `start` up to `end`."""

    start: int
    end: int
    text: str


def is_figure(text: str) -> bool:
    """True for a number, with its currency, sign and percent, and for what stands where there is none."""
    return _FIGURE.fullmatch(text.strip()) is not None


def cells_of(words: Sequence[Word], height: float) -> tuple[Word, ...]:
    """The words of a line as cells: those that stand as close as words do are one. height: of the font, in points."""
    cells: list[Word] = []
    for word in words:
        if not cells:
            cells.append(word)
            continue
        last = cells[-1]
        figures = is_figure(word.text) and is_figure(last.text)
        apart = word.left - last.right >= height * (_FIGURE_GAP if figures else _GAP)
        # A currency stands at the left edge of its column, a closing bracket often apart from its figure.
        if not apart or _CURRENCY.fullmatch(last.text) or _CLOSING.fullmatch(word.text):
            joint = "" if _CLOSING.fullmatch(word.text) or _CURRENCY.fullmatch(last.text) else " "
            cells[-1] = Word(f"{last.text}{joint}{word.text}", last.left, max(last.right, word.right))
        else:
            cells.append(word)
    return tuple(cells)


def tables(rows: Sequence[Row]) -> Iterator[Found]:
    """The tables among the rows of a page; start and end count `Row.lines`."""
    begins = [0]
    for row in rows:
        begins.append(begins[-1] + row.lines)
    for start, end in _runs(rows):
        text = _table(rows[start:end])
        if text:
            yield Found(begins[start], begins[end], text)


def _runs(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Stretches of rows that may be a table: from one with several cells to another, close under each other."""
    start: int | None = None
    last = 0
    for at, row in enumerate(rows):
        several = len(row.cells) > 1 and not _is_list(row)
        if start is not None and (not _follows(rows[at - 1], row) or at - last > _MOST_LABELS):
            yield start, last + 1
            start = None
        if several:
            start, last = at if start is None else start, at
        elif start is not None and not _is_label(row):
            yield start, last + 1
            start = None
    if start is not None:
        yield start, last + 1


def _follows(above: Row, below: Row) -> bool:
    gap = above.bottom - below.top
    return -0.5 * above.height < gap < _ROWS_APART * max(above.height, below.height)


def _is_label(row: Row) -> bool:
    text = row.cells[0].text
    return len(text) <= _LONGEST_LABEL and _WRAPPED not in text


def is_marker(text: str) -> bool:
    """True for the number or the bullet of an item of a list."""
    return _NUMBERED.fullmatch(text) is not None


def _is_list(row: Row) -> bool:
    """True for an item of a list, whose number or bullet stands apart from its text."""
    return len(row.cells) == 2 and is_marker(row.cells[0].text)


def _table(rows: Sequence[Row]) -> str:
    """The rows as Markdown, "" where they are no table."""
    several = [row for row in rows if len(row.cells) > 1]
    if len(several) < _FEWEST_ROWS or any(_LEADERS.search(cell.text) for row in rows for cell in row.cells):
        return ""
    columns = _columns(several)
    if not 2 <= len(columns) <= _MOST_COLUMNS:
        return ""
    cells = [cell for row in several for cell in row.cells]
    lengths = sorted(len(cell.text) for cell in cells)
    if lengths[len(lengths) // 2] > _USUAL_CELL or lengths[-1] > _LONGEST_CELL * 2:
        return ""
    if not (_counts_something(several, columns) or _is_aligned(several, columns)):
        return ""
    return markdown_rows(_laid_out(rows, columns))


def _counts_something(rows: Sequence[Row], columns: Sequence[tuple[float, float]]) -> bool:
    """True where what stands beside the first column is figures to a good part."""
    beside = [cell.text for row in rows for cell in row.cells if _place(cell, columns)[0] > 0]
    figures = sum(map(is_figure, beside))
    return figures >= max(2, _FEWEST_FIGURES * len(beside)) and (len(rows) > _FEWEST_ROWS or len(columns) > 2)


def _is_aligned(rows: Sequence[Row], columns: Sequence[tuple[float, float]]) -> bool:
    """True where there are three columns or more, mostly filled, whose cells begin or end under one another."""
    if len(columns) < 3 or len(rows) < _FEWEST_ROWS + 2:
        return False
    stand: list[list[Word]] = [[] for _ in columns]
    for row in rows:
        for cell in row.cells:
            stand[_place(cell, columns)[0]].append(cell)
    near = max(row.height for row in rows) * _EDGE
    return all(
        len(cells) >= _ALIGNED * len(rows)
        and any(
            sum(abs(edge - edges[len(edges) // 2]) <= near for edge in edges) >= _ALIGNED * len(edges)
            for edges in (sorted(cell.left for cell in cells), sorted(cell.right for cell in cells))
        )
        for cells in stand
    )


def _columns(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Where the columns stand: what most rows leave free parts two of them."""
    edges = sorted({edge for row in rows for cell in row.cells for edge in (cell.left, cell.right)})
    allowed = int(len(rows) * _CROSSED)
    columns: list[tuple[float, float]] = []
    for left, right in pairwise(edges):
        middle = (left + right) / 2
        covered = sum(any(cell.left <= middle <= cell.right for cell in row.cells) for row in rows)
        if covered <= allowed:
            continue
        if columns and columns[-1][1] == left:
            columns[-1] = (columns[-1][0], right)
        else:
            columns.append((left, right))
    return columns


def _laid_out(rows: Sequence[Row], columns: Sequence[tuple[float, float]]) -> Iterator[list[Cell]]:
    """Each row with a cell in every column; headings over several columns in each of them, labels that wrap joined."""
    waiting = ""
    heading = True
    for at, row in enumerate(rows):
        heading = heading and not any(is_figure(cell.text) for cell in row.cells[1:] or row.cells if _counts(cell.text))
        texts: list[list[str]] = [[] for _ in columns]
        for cell in row.cells:
            first, last = _place(cell, columns)
            for column in range(first, (last if heading and first else first) + 1):
                texts[column].append(cell.text)
        filled = [" ".join(parts) for parts in texts]
        if waiting:
            filled[0], waiting = f"{waiting} {filled[0]}".strip(), ""
        following = rows[at + 1].cells[0].text if at + 1 < len(rows) else ""
        if len(row.cells) == 1 and filled[0] and following[:1].islower() and filled[0][-1] not in ":.":
            waiting = filled[0]
            continue
        yield [Cell(text) for text in filled]


def _counts(text: str) -> bool:
    """False for a year, which heads a column as well."""
    return not re.fullmatch(r"(?:19|20)\d\d", text.strip())


def _place(cell: Word, columns: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """The first and the last column that a cell stands in."""
    inside = [at for at, (left, right) in enumerate(columns) if min(right, cell.right) > max(left, cell.left)]
    if inside:
        return inside[0], inside[-1]
    middle = (cell.left + cell.right) / 2
    nearest = min(range(len(columns)), key=lambda at: abs(middle - sum(columns[at]) / 2))
    return nearest, nearest
