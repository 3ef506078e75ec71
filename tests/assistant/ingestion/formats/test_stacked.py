"""Cells of several lines become the rows of a table; columns of running text, lists and forms do not."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.ingestion.formats.columns import Row, Word
from assistant.ingestion.formats.stacked import stacked_tables

HEIGHT = 10.0
PITCH = 12.0
WIDE = 100.0


def cell(lines: Sequence[str], column: int, top: float, width: float = 0.0) -> list[Row]:
    """The lines of a cell, each under the one before. width: of each letter, 4 points where it is 0."""
    left = column * WIDE
    return [
        Row((Word(text, left, left + len(text) * (width or 4.0)),), top - at * PITCH - HEIGHT, top - at * PITCH, HEIGHT)
        for at, text in enumerate(lines)
    ]


def laid_out(rows: Sequence[Sequence[Sequence[str]]], top: float = 700.0, apart: float = 20.0) -> list[Row]:
    """The lines of a table as a page gives them: cell by cell, row by row."""
    lines: list[Row] = []
    for row in rows:
        for column, texts in enumerate(row):
            lines += cell(texts, column, top)
        top -= (max(map(len, row)) - 1) * PITCH + apart
    return lines


DUTIES = [
    [["Duty"], ["Who does it", "and how"], ["When"]],
    [["Cutting the", "hedge"], ["The tenant of the", "ground floor, on", "both sides"], ["Every spring"]],
    [["Snow"], ["The landlord, by", "a firm"], ["Before seven", "in the morning"]],
]
TABLE = (
    "| Duty | Who does it and how | When |\n|-|-|-|\n"
    "| Cutting the hedge | The tenant of the ground floor, on both sides | Every spring |\n"
    "| Snow | The landlord, by a firm | Before seven in the morning |"
)


def test_cells_of_several_lines_are_rows_again() -> None:
    lines = laid_out(DUTIES)
    [found] = stacked_tables(lines)
    assert (found.start, found.end) == (0, len(lines))
    assert found.text == TABLE


def test_what_stands_above_and_below_is_not_taken_in() -> None:
    above = cell(["A paragraph that is as wide as all of the page and more words", "and ends here."], 0, 735.0)
    table = laid_out(DUTIES)
    below = cell(["What is not named here is decided by the landlord, as ever."], 0, table[-1].bottom - 15)
    [found] = stacked_tables([*above, *table, *below])
    assert (found.start, found.end, found.text) == (2, 2 + len(table), TABLE)


def test_cells_that_stand_on_one_line_are_parted_as_it_says() -> None:
    lines = laid_out(DUTIES)
    first, second = lines[-5], lines[-4]  # "Snow" and what stands beside it
    assert (first.cells[0].text, second.cells[0].text) == ("Snow", "The landlord, by")
    lines[-5:-3] = [Row((*first.cells, *second.cells), first.bottom, first.top, HEIGHT)]
    [found] = stacked_tables(lines)
    assert found.text == TABLE and found.end == len(lines)


def test_columns_of_running_text_are_no_table() -> None:
    column = ["words that run on and on"] * 20
    assert list(stacked_tables(laid_out([[column, column], [column, column], [column, column]]))) == []
    assert list(stacked_tables(laid_out([[["Left " * 4] * 9, ["Right " * 3] * 9]]))) == []


def test_numbered_points_are_no_table() -> None:
    points = [[[f"{number}."], ["A point of a list that", "wraps to a second line"]] for number in range(1, 5)]
    assert list(stacked_tables(laid_out(points))) == []


def test_cells_over_several_columns_are_left_to_be_read_as_text() -> None:
    spoiled = [*DUTIES[:2], [["A remark over all of the columns of it", "and more"], [], []], *DUTIES[1:]]
    assert all("remark" not in found.text for found in stacked_tables(laid_out(spoiled)))
