"""A table in a PDF keeps its rows and columns, drawn borders or not; running text is none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.ingestion.formats import pdf as reader
from assistant.ingestion.formats.columns import Row, Word, cells_of, is_figure, tables
from assistant.values import Block, BlockKind
from tests.assistant.ingestion.making import pdf_of
from tests.assistant.ingestion.reading import read, read_here

Placed = tuple[float, str]
"""From where a text stands; from its right edge, negative, where it is aligned to that."""

# Of Helvetica, in thousandths of its size, as far as the tests need it.
_WIDTHS = {**dict.fromkeys("0123456789$", 556), **dict.fromkeys(",. ", 278), **dict.fromkeys("()-", 333), "%": 889}


def width(text: str) -> float:
    return sum(_WIDTHS.get(letter, 540) for letter in text) / 100.0


def page(rows: Sequence[tuple[float, Sequence[Placed]]]) -> bytes:
    """A page's content: at each height, texts in ten points."""
    parts = [b"BT /F1 10 Tf"]
    for height, texts in rows:
        for left, text in texts:
            at = left if left >= 0 else -left - width(text)
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            parts.append(b"1 0 0 1 %.2f %.2f Tm (%s) Tj" % (at, height, escaped.encode("ascii")))
    return b" ".join([*parts, b"ET"])


PROSE = (
    "Management's discussion of the results should be read together with the statements that follow and",
    "the notes to them, which are an integral part of this report. Revenue grew in 2023 by 12 percent, after",
    "9 percent in 2022, since more customers in Europe and in Asia renewed their contracts for longer.",
)


def statement(path: Path) -> Path:
    """A page as annual reports have it: no lines drawn, currency apart from figures, brackets, labels that wrap."""
    columns = (-360.0, -450.0, -540.0)

    def figures(*texts: str) -> list[Placed]:
        return list(zip(columns, texts, strict=True))

    rows: list[tuple[float, Sequence[Placed]]] = [
        (760, [(60, "CONSOLIDATED STATEMENTS OF OPERATIONS")]),
        *((740 - 12 * at, [(60, line)]) for at, line in enumerate(PROSE)),
        (690, [(370, "Year ended December 31,")]),
        (676, figures("2023", "2022", "2021")),
        (660, [(60, "Revenue:")]),
        (646, [(70, "Products"), (310, "$"), (400, "$"), (490, "$"), *figures("298,085", "316,199", "297,392")]),
        (632, [(70, "Services"), *figures("85,200", "78,129", "68,425")]),
        (618, [(70, "Loss on foreign exchange"), *figures("(1,452)", "-", "(38)")]),
        (604, [(60, "Net income attributable to holders")]),
        (592, [(70, "of common shares"), *figures("96,995", "99,803", "94,680")]),
        (578, [(60, "Effective rate"), *figures("14.7%", "16.2%", "13.3%")]),
        *((540 - 12 * at, [(60, line)]) for at, line in enumerate(PROSE)),
    ]
    return pdf_of(path, [page(rows)])


def test_a_financial_table_without_borders_keeps_rows_and_columns(tmp_path: Path) -> None:
    blocks, _ = read_here(reader.read, statement(tmp_path / "a.pdf"))
    [table] = [block for block in blocks if block.kind is BlockKind.TABLE]
    assert table.page == 1
    assert table.text.split("\n") == [
        "|  | 2023 | 2022 | 2021 |",
        "|-|-|-|-|",
        "| Revenue: |  |  |  |",
        "| Products | $298,085 | $316,199 | $297,392 |",
        "| Services | 85,200 | 78,129 | 68,425 |",
        "| Loss on foreign exchange | (1,452) | - | (38) |",
        "| Net income attributable to holders of common shares | 96,995 | 99,803 | 94,680 |",
        "| Effective rate | 14.7% | 16.2% | 13.3% |",
    ]
    around = " ".join(block.text for block in blocks if block.kind is not BlockKind.TABLE)
    assert "which are an integral part of this report" in around and "Year ended December 31" in around


def test_it_is_kept_as_data_with_its_caption(tmp_path: Path) -> None:
    document = read(statement(tmp_path / "a.pdf"))
    [table] = document.tables
    assert table.page == 1
    assert table.rows[0] == (None, "2023", "2022", "2021")
    assert ("Services", "85,200", "78,129", "68,425") in table.rows
    assert "Year ended December 31" in table.caption


def test_cells_in_any_order_of_the_file_make_the_same_table(tmp_path: Path) -> None:
    names, counts = ("Sydney", "Melbourne", "Perth"), (("Monday", "23", "15", "7"), ("Tuesday", "28", "13", "11"))
    rows: list[tuple[float, Sequence[Placed]]] = [
        (700, [(150 + 80 * at, name) for at, name in enumerate(names)]),
        *(
            (680 - 20 * at, [(60 + 90 * column, text) for column, text in enumerate(row)])
            for at, row in enumerate(counts)
        ),
    ]
    blocks, _ = read_here(reader.read, pdf_of(tmp_path / "a.pdf", [page(rows)]))
    assert [block.text.split("\n")[2] for block in blocks] == ["| Monday | 23 | 15 | 7 |"]


@pytest.mark.parametrize(
    "rows",
    [
        [(700 - 12 * at, [(60, line)]) for at, line in enumerate(PROSE * 3)],
        # Two columns of prose side by side, each line of both at the same height.
        [(700 - 12 * at, [(60, line[:44]), (330, line[44:88])]) for at, line in enumerate(PROSE * 4)],
        # A list whose numbers stand apart.
        [(700 - 12 * at, [(60, f"{at + 1}."), (90, line[:60])]) for at, line in enumerate(PROSE * 3)],
        # A table of contents.
        [
            (700 - 12 * at, [(60, f"Item {at}. {line[:20]} {'. ' * 40}"), (500, str(at * 7))])
            for at, line in enumerate(PROSE)
        ],
        # Sections of a law, numbered in a column of their own.
        [(700 - 12 * at, [(60, f"1308.{at:02}"), (120, line[:50])]) for at, line in enumerate(PROSE * 3)],
    ],
    ids=["prose", "columns", "list", "contents", "sections"],
)
def test_running_text_is_no_table(tmp_path: Path, rows: Sequence[tuple[float, Sequence[Placed]]]) -> None:
    blocks, _ = read_here(reader.read, pdf_of(tmp_path / "a.pdf", [page(rows)]))
    assert blocks
    assert not [block for block in blocks if block.kind is BlockKind.TABLE]


def test_a_heading_over_several_columns_is_said_in_each() -> None:
    def row(at: float, *cells: Word) -> Row:
        return Row(cells, 700 - at, 710 - at, 10)

    def counted(at: float, name: str, *counts: str) -> Row:
        places = ((110, 115), (195, 200), (310, 315), (395, 400))
        return row(at, Word(name, 10, 40), *(Word(one, *place) for one, place in zip(counts, places, strict=True)))

    quarters = [Word(f"Q{at}", left, left + 20) for at, left in ((1, 100), (2, 190), (3, 300), (4, 390))]
    rows = [
        row(0, Word("Region", 10, 50), Word("First half", 100, 210), Word("Second half", 300, 410)),
        row(20, Word("Quarter", 10, 50), *quarters),
        *(
            counted(40 + 20 * at, name, "1", "2", "3", "4")
            for at, name in enumerate(("North", "South", "East", "West"))
        ),
        counted(120, "All", "4", "8", "12", "16"),
    ]
    [found] = tables(rows)
    assert (found.start, found.end) == (0, 7)
    assert found.text.split("\n")[0] == "| Region | First half | First half | Second half | Second half |"
    assert found.text.split("\n")[3] == "| North | 1 | 2 | 3 | 4 |"


def test_words_are_put_together_as_cells() -> None:
    words = [
        Word("Cash", 0, 20),
        Word("paid", 23, 40),
        Word("$", 100, 105),
        Word("(1,200", 140, 170),
        Word(")", 172, 175),
    ]
    assert [cell.text for cell in cells_of(words, 10)] == ["Cash paid", "$(1,200)"]


@pytest.mark.parametrize("text", ["1,234", "(38)", "-", "$ 5.2", "14.7%", "1 452,40", "\u2014", "n/a"])
def test_what_counts_as_a_figure(text: str) -> None:
    assert is_figure(text)


@pytest.mark.parametrize("text", ["", "Sydney", "Item 7", "2nd", "Q1", "1308.01 Scope"])
def test_what_does_not(text: str) -> None:
    assert not is_figure(text)


def test_generated_pages_lose_no_word(tmp_path: Path) -> None:
    path = statement(tmp_path / "a.pdf")
    blocks, _ = read_here(reader.read, path)
    words = " ".join(block.text for block in blocks if isinstance(block, Block))
    for figure in ("298,085", "316,199", "297,392", "(1,452)", "13.3%", "Effective rate", "of common shares"):
        assert words.count(figure) == 1
