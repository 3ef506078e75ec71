"""Tables of formats without cells become data as well, with what is said of them."""

from __future__ import annotations

from pathlib import Path

from assistant.ingestion.tabling import caption, rows_of, tables_of
from assistant.values import Block, BlockKind
from tests.assistant.ingestion.reading import read

TABLE = "|  | 2019 | 2018 |\n|-|-|-|\n| Fixed Price | $ 1,452.4 | (12) |\n| a\\|b |  | x |"


def test_rows_come_back_as_they_were_written() -> None:
    assert rows_of(TABLE) == [
        (None, "2019", "2018"),
        ("Fixed Price", "$ 1,452.4", "(12)"),
        ("a|b", None, "x"),
    ]


def test_rows_of_many_lengths_are_made_one() -> None:
    assert rows_of("| a |\n| b | c | d |\nno row") == [("a", None, None), ("b", "c", "d")]


def test_a_caption_is_the_heading_and_the_text_right_before() -> None:
    blocks = [
        Block(BlockKind.HEADING, "Sales", level=1),
        Block(BlockKind.PARAGRAPH, "Far away."),
        Block(BlockKind.PARAGRAPH, "In millions:"),
        Block(BlockKind.TABLE, TABLE),
        Block(BlockKind.TABLE, TABLE),
    ]
    assert caption(blocks, 3) == caption(blocks, 4) == "Sales · In millions:"
    assert caption(blocks, 0) == ""
    first, second = tables_of(blocks, 1_000)
    assert first.rows == second.rows and first.caption == "Sales · In millions:"
    assert len(list(tables_of(blocks, 9))) == 1


def test_a_web_page_and_markdown_have_their_tables_as_data(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<h1>Sales</h1><p>In millions</p><table><tr><th></th><th>2019</th></tr><tr><td>Other</td><td>44.1</td></tr>"
        "</table>",
        encoding="utf-8",
    )
    [table] = read(page).tables
    assert (table.rows, table.caption) == (((None, "2019"), ("Other", "44.1")), "Sales · In millions")
    note = tmp_path / "note.md"
    note.write_text("# Sales\n\n| | 2019 |\n|-|-|\n| Other | 44.1 |\n", encoding="utf-8")
    [table] = read(note).tables
    assert (table.rows, table.caption) == (((None, "2019"), ("Other", "44.1")), "Sales")


def test_a_sheet_keeps_the_data_of_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,sum\nA,1\nB,2\n", encoding="utf-8")
    [table] = read(path).tables
    assert table.rows == (("name", "sum"), ("A", 1), ("B", 2))
