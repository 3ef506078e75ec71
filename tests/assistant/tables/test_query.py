"""A query reads its one table and nothing else, within limits, and its result names its cells."""

from __future__ import annotations

import pytest

from assistant.tables import Frame, Refused, frame_of, run
from assistant.values import Table

ROWS = (("Region", "Sold", "Back"), ("North", 10, 1), ("South", 20, 2), ("West", 30, None))


@pytest.fixture
def frame() -> Frame:
    made = frame_of(Table(ROWS))
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("sql", "value", "cells"),
    [
        ('SELECT "Sold" FROM data WHERE "Region" = \'South\'', 20, [(3, 2)]),
        ('SELECT "Sold" - "Back" FROM data WHERE "Region" = \'South\'', 18, [(3, 2), (3, 3)]),
        ('SELECT sum("Sold") FROM data WHERE "Sold" > 15', 50, [(3, 2), (4, 2)]),
        ("SELECT avg(Back) FROM data", 1.5, [(2, 3), (3, 3)]),
        ("SELECT count(*) FROM data WHERE Sold >= 20", 2, [(3, 1), (4, 1)]),
        (
            "SELECT (SELECT Sold FROM data WHERE Region = 'West') - (SELECT Sold FROM data WHERE Region = 'North')",
            20,
            [(4, 2), (2, 2)],
        ),
        ("SELECT Region FROM data ORDER BY Sold DESC LIMIT 1", "West", [(4, 1)]),
        ("SELECT Sold FROM data WHERE Region = 'it''s (not) FROM here'", None, None),
        ("SELECT Sold FROM data WHERE Region IN (SELECT Region FROM data WHERE Back = 2)", 20, [(3, 2), (3, 1)]),
    ],
)
def test_a_result_and_the_cells_it_rests_on(
    frame: Frame, sql: str, value: object, cells: list[tuple[int, int]] | None
) -> None:
    result = run(frame, sql)
    if cells is None:
        assert result.rows == ()
        return
    assert result.rows[0][0] == value
    assert list(result.cells) == cells
    assert result.exact


def test_where_cells_cannot_be_told_the_columns_are(frame: Frame) -> None:
    result = run(frame, "SELECT Region, sum(Sold) FROM data GROUP BY Region")
    assert len(result.rows) == 3
    assert not result.exact
    assert {column for _, column in result.cells} == {1, 2}


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM data",
        "INSERT INTO data VALUES (1, 2, 3, 4)",
        "UPDATE data SET Sold = 0",
        "DROP TABLE data",
        "CREATE TABLE other (a)",
        "CREATE TEMP TABLE other (a)",
        "ATTACH '/tmp/x.db' AS other",
        "PRAGMA query_only = OFF",
        "PRAGMA database_list",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM sqlite_schema",
        "SELECT load_extension('/tmp/x')",
        "SELECT randomblob(100000000)",
        "SELECT zeroblob(100000000)",
        "SELECT printf('%1000000d', 1)",
        "SELECT replace(hex(Sold), '0', Region) FROM data",
        "SELECT readfile('/etc/passwd')",
        "SELECT datetime('now')",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
        "SELECT 1; SELECT 2",
        "VACUUM INTO '/tmp/x.db'",
        "BEGIN",
        "SELECT",
        "",
        "no query",
        "SELECT 1 \0",
        "SELECT " + "(" * 500 + "1" + ")" * 500,
        "SELECT '" + "x" * 5_000 + "'",
    ],
)
def test_nothing_but_reading_is_done(frame: Frame, sql: str) -> None:
    with pytest.raises(Refused):
        run(frame, sql)
    assert run(frame, "SELECT sum(Sold) FROM data").rows == ((60,),)


def test_a_query_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.tables.query._SECONDS", 0.1)
    frame = frame_of(Table((("a", "b"), *((f"n{at}", at) for at in range(300)))))
    assert frame is not None
    with pytest.raises(Refused, match="longer"):
        run(frame, "SELECT count(*) FROM data a, data b, data c, data d, data e")


def test_no_more_rows_than_can_be_shown() -> None:
    frame = frame_of(Table((("a", "b"), *((f"n{at}", at) for at in range(2_000)))))
    assert frame is not None
    result = run(frame, "SELECT a FROM data")
    assert (len(result.rows), result.more) == (1_000, True)


def test_names_with_quotes_stay_names() -> None:
    frame = frame_of(Table((('the "best"', "b'; DROP TABLE data"), ("x", 1), ("y", 2))))
    assert frame is not None
    assert run(frame, "SELECT \"b'; DROP TABLE data\" FROM data WHERE \"the 'best'\" = 'y'").rows == ((2,),)
