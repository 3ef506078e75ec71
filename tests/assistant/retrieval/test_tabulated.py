"""Tables are kept with their document, found by it, put together again, and gone with it."""

from __future__ import annotations

from pathlib import Path

from assistant.retrieval import NewDocument
from assistant.values import Position, Table, Unit
from tests.assistant.retrieval.made import opened, passages

PATH = Path("/made/sales.xlsx")


def _sheet(cells: str, *rows: tuple[object, ...], page: int = 1) -> Table:
    return Table((("name", "sum"), *rows), page, Position(Unit.SHEET, name="Sales", cells=cells), "Of 2019")  # type: ignore[arg-type]


def _new(*tables: Table) -> NewDocument:
    return NewDocument(PATH, "0" * 64, PATH.name, 1, 1, passages(["Sales of canarywort"]), tables=tables)


def test_stretches_of_one_table_come_as_one(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        stored = retrieval.put(_new(_sheet("A1:B2", ("a", 1)), _sheet("A3:B3", ("b", 2)), _sheet("A9:B9", ("c", 3))))
        first, second = retrieval.tabulated.tables([stored.document.id])
        assert first.table.rows == (("name", "sum"), ("a", 1), ("b", 2))
        assert (first.table.position.cells, first.table.caption) == ("A1:B3", "Of 2019")
        assert second.table.rows == (("name", "sum"), ("c", 3))
        assert first.document == "sales.xlsx"
        assert retrieval.tabulated.holders() == {stored.document.id}
        assert retrieval.tabulated.tables([stored.document.id], pages=[2]) == ()


def test_a_document_that_is_replaced_or_removed_takes_its_tables_along(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        retrieval.put(_new(_sheet("A1:B2", ("a", 1))))
        stored = retrieval.put(_new(_sheet("A1:B2", ("b", 2))))
        [kept] = retrieval.tabulated.tables([stored.document.id])
        assert kept.table.rows[1] == ("b", 2)
        retrieval.remove(stored.document.id)
        assert retrieval.tabulated.holders() == frozenset()
