"""Headers, kinds of columns, sections and places are found as a reader finds them."""

from __future__ import annotations

from assistant.tables import ITEM, ROW_NUMBER, SECTION, frame_of
from assistant.values import CellValue, Position, Table, Unit

SALES: tuple[tuple[CellValue, ...], ...] = (
    (None, None, "Years Ended September 30,", None),
    (None, "2019", "2018", "2017"),
    ("Fixed Price", "$  1,452.4", "$  1,146.2", "$  1,036.9"),
    ("Other", "44.1", "\u2014", "70.8"),
)


def test_a_header_of_two_rows_names_the_columns() -> None:
    frame = frame_of(Table(SALES))
    assert frame is not None
    assert [column.name for column in frame.columns] == [ROW_NUMBER, ITEM, "2019", "2018", "2017"]
    assert [column.full for column in frame.columns[2:4]] == [
        "Years Ended September 30, 2019",
        "Years Ended September 30, 2018",
    ]
    assert [column.kind for column in frame.columns] == ["number", "text", "number", "number", "number"]
    assert frame.rows == ((3, "Fixed Price", 1452.4, 1146.2, 1036.9), (4, "Other", 44.1, None, 70.8))
    assert (frame.label, frame.columns[2].unit) == (1, "$")
    assert (frame.shown(3, 2), frame.place(4, 2)) == ("$  1,452.4", "row 4, column 2")


def test_a_line_without_values_is_a_section() -> None:
    rows = ((None, "2019"), ("Assets:", None), ("Cash", "5"), ("Liabilities:", None), ("Cash", "7"))
    frame = frame_of(Table(rows))
    assert frame is not None
    assert [column.name for column in frame.columns] == [ROW_NUMBER, SECTION, ITEM, "2019"]
    assert frame.rows == ((3, "Assets", "Cash", 5), (5, "Liabilities", "Cash", 7))


def test_cells_of_a_sheet_have_their_own_names() -> None:
    table = Table((("name", "sum"), ("a", 1), ("b", 2.5)), 1, Position(Unit.SHEET, name="S", cells="B3:C5"))
    frame = frame_of(table)
    assert frame is not None
    assert (frame.place(2, 2), frame.place(3, 1)) == ("C4", "B5")
    assert frame.shown(3, 2) == "2.5"


def test_two_columns_of_one_name_are_told_apart() -> None:
    frame = frame_of(Table((("a", "sum", "sum"), ("x", 1, 2), ("row_number", 3, 4))))
    assert frame is not None
    assert [column.name for column in frame.columns[1:]] == ["a", "sum", "sum (2)"]


def test_a_table_without_a_header_and_one_with_years_as_names_of_rows() -> None:
    frame = frame_of(Table((("a", 1, 7.5), ("b", 2, 8.5))))
    assert frame is not None
    assert len(frame.rows) == 2
    frame = frame_of(Table((("Year", "Sales"), (2018, 5), (2019, 6))))
    assert frame is not None
    assert [row[1:] for row in frame.rows] == [(2018, 5), (2019, 6)]


def test_what_is_no_table() -> None:
    assert frame_of(Table(())) is None
    assert frame_of(Table((("a", "b"),))) is None
    assert frame_of(Table((("a", None), ("b", None)))) is None
    long = "000" * 12_000 + "x"
    assert frame_of(Table((("a", long), ("b", 1)))) is not None
