"""Cells keep their rows, columns and places, as text to read and as data to count with."""

from __future__ import annotations

from pathlib import Path

from assistant.ingestion import chunk
from assistant.ingestion.formats import csv
from assistant.ingestion.formats.cells import Row, cell_range, column_name, plain, regions, table_events
from assistant.values import NOWHERE, Block, BlockKind, Table, Unit
from tests.assistant.ingestion.reading import read


def test_columns_are_named_as_spreadsheets_name_them() -> None:
    assert [column_name(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert cell_range(2, 14, 1, 3) == "B2:D14"
    assert cell_range(2, 2, 1, 1) == "B2"


def test_numbers_stay_numbers() -> None:
    assert [plain(value) for value in (2.0, 2.5, "", " a\n b ", True, float("nan"))] == [
        2,
        2.5,
        None,
        "a b",
        True,
        "nan",
    ]


def test_rows_with_an_empty_one_between_them_are_two_tables() -> None:
    rows = [Row(1, ["a", "b"]), Row(2, [1, 2]), Row(3, [None, None]), Row(4, ["c", "d"]), Row(5, [3, 4])]
    assert [[row.number for row in region] for region in regions(rows)] == [[1, 2], [4, 5]]


def test_a_long_table_comes_in_blocks_under_its_header() -> None:
    rows = [Row(1, ["name", "sum"]), *(Row(at, [f"n{at}", at]) for at in range(2, 452))]
    events = list(table_events(rows, 1, NOWHERE, left=1))
    blocks = [event for event in events if isinstance(event, Block)]
    assert [block.position.cells for block in blocks] == ["B1:C201", "B202:C401", "B402:C451"]
    assert all(block.text.startswith("| name | sum |\n|-|-|\n") for block in blocks)
    [table] = [event for event in events if isinstance(event, Table)]
    assert table.position.cells == "B1:C451"
    assert table.rows[0] == ("name", "sum")
    assert table.rows[450] == ("n451", 451)


def test_a_passage_of_a_table_knows_its_rows() -> None:
    rows = [Row(1, ["name", "sum"]), *(Row(at, [f"n{at}", at]) for at in range(2, 302))]
    blocks = [event for event in table_events(rows, 1, NOWHERE) if isinstance(event, Block)]
    passages = chunk(blocks, lambda texts: [len(text.split()) for text in texts], limit=100)
    assert len(passages) > 5
    for passage in passages:
        numbers = [
            int(line.split("|")[2]) for line in passage.text.split("\n") if line.startswith("| n") and "sum" not in line
        ]
        first, last = passage.position.cells.split(":")
        assert last == f"B{numbers[-1]}"
        assert first in (f"A{numbers[0]}", "A1")


def test_csv_with_any_delimiter_and_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes('Name;Größe;Preis\nTür;2,5;007\n"a;b";3;12.5\n'.encode("cp1252"))
    document = read(tmp_path / "a.csv")
    assert document.blocks[0].text.split("\n")[2] == "| Tür | 2,5 | 007 |"
    [table] = document.tables
    assert table.rows == (("Name", "Größe", "Preis"), ("Tür", "2,5", "007"), ("a;b", 3, 12.5))
    assert table.position.cells == "A1:C3"


def test_the_delimiter_is_what_all_lines_share() -> None:
    assert csv.delimiter(["a;b,c", "d;e", "f;g"]) == ";"
    assert csv.delimiter(["a\tb", "c\td"]) == "\t"
    assert csv.delimiter(["one column", "only"]) == ","


def test_a_workbook_s_sheets_cells_comments_and_charts(shared_data: Path) -> None:
    document = read(shared_data / "formats" / "xlsx" / "xlsx_comments.xlsx")
    assert (document.unit, document.pages) == (Unit.SHEET, 1)
    table = next(block for block in document.blocks if "Freshwater" in block.text)
    assert (table.kind, table.position.name, table.page) == (BlockKind.TABLE, "Sheet1", 1)
    assert any("Comment on" in block.text and "John Reviewer" in block.text for block in document.blocks)
    assert any((str(row[0]), row[1]) == ("2019", 120) for data in document.tables for row in data.rows)
