"""Lines found on a picture are read column by column, tables row by row."""

from __future__ import annotations

from assistant.ingestion.formats.lines import Line
from assistant.ingestion.formats.ordering import in_reading_order


def line(text: str, left: float, top: float, width: float) -> Line:
    return Line(text, left, left + width, top - 10, top, 10)


def test_two_columns_under_a_title() -> None:
    title = line("A title over both of the columns of this page", 0, 300, 400)
    left = [line(f"left column line number {at}", 0, 270 - 14 * at, 180) for at in range(6)]
    right = [line(f"right column line number {at}", 220, 270 - 14 * at, 180) for at in range(6)]
    mixed = [title, *(each for pair in zip(right, left, strict=True) for each in pair)]
    assert in_reading_order(mixed) == [title, *left, *right]


def test_a_table_is_read_by_rows() -> None:
    rows = [
        [line(f"{name}{at}", 100 * column, 300 - 20 * at, 40) for column, name in enumerate("abc")] for at in range(5)
    ]
    mixed = [row[column] for column in range(3) for row in rows]
    assert in_reading_order(mixed) == [each for row in rows for each in row]


def test_nothing_and_one_line() -> None:
    assert in_reading_order([]) == []
    one = line("x", 0, 0, 5)
    assert in_reading_order([one]) == [one]
