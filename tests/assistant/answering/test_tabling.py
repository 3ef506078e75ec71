"""Questions that count, add, compare or want one cell go to the table, and what it says is told with its cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from assistant.answering.linking import link
from assistant.answering.tabling import Tabling
from assistant.answering.telling import figure, safe
from assistant.engine import Engine
from assistant.errors import BadInput
from assistant.ingestion.tabling import rows_of
from assistant.retrieval import NewDocument, Retrieval
from assistant.tables import frame_of
from assistant.values import DocumentId, Passage, Position, Stop, Table, TableChoice, Unit
from tests.assistant.answering.fakes import ScriptedEngine
from tests.assistant.retrieval.made import opened

SALES = """| Region | 2019 | 2018 |
|-|-|-|
| North | $ 1,200 | $ 1,000 |
| South | 300 | 450 |
| Total sales | 1,500 | 1,450 |"""


@pytest.fixture
def retrieval(tmp_path: Path) -> Iterator[Retrieval]:
    with opened(tmp_path) as made:
        yield made


def put(retrieval: Retrieval, name: str, markdown: str, caption: str = "", cells: str = "") -> DocumentId:
    """A document of one table."""
    at = Position(Unit.SHEET if cells else Unit.PAGE, name="Budget" if cells else "", cells=cells)
    text = f"{caption}\n\n{markdown}" if caption else markdown
    passages = [Passage(text, 0, 40, page=1, last_page=1, position=at)]
    table = Table(tuple(rows_of(markdown)), 1, at, caption)
    return retrieval.put(NewDocument(Path("/made") / name, "0" * 64, name, 1, 1, passages, tables=[table])).document.id


def tabling(retrieval: Retrieval, *scripts: list[str]) -> tuple[Tabling, ScriptedEngine]:
    engine = ScriptedEngine(*scripts)
    return Tabling(retrieval, cast(Engine, engine), engine.load, lambda text: b""), engine


@pytest.mark.parametrize(
    ("question", "first_line", "cells"),
    [
        ("What were the sales in the North in 2019?", "“$ 1,200” (in millions) [1]", ("row 2, column 2",)),
        (
            "What is the change in South sales from 2018 to 2019?",
            "**-$150** (in millions) [1]",
            ("row 3, column 2", "row 3, column 3"),
        ),
        (
            "What is the percentage change in total sales between 2018 and 2019?",
            "**3.45 %** [1]",
            ("row 4, column 2", "row 4, column 3"),
        ),
        (
            "What were the average sales in the South for 2018 and 2019?",
            "**$375** (in millions) [1]",
            ("row 3, column 3", "row 3, column 2"),
        ),
        ("How many regions sold more than 1,100 in 2019?", "**1** [1]", ("row 2, column 1",)),
    ],
)
def test_a_table_answers(retrieval: Retrieval, question: str, first_line: str, cells: tuple[str, ...]) -> None:
    put(retrieval, "sales.html", SALES, "Sales by region (in millions)")
    way, engine = tabling(retrieval)
    found = way.answer(question, Stop(), model=False)
    assert found is not None
    assert found.text.splitlines()[0] == first_line
    assert found.queried.cells == cells
    assert f"```sql\n{found.queried.sql}\n```" in found.text
    (citation,) = found.citations
    assert citation.document == "sales.html"
    assert citation.text[citation.start : citation.end].startswith("|")
    assert not engine.prompts


@pytest.mark.parametrize(
    ("question", "first_line"),
    [
        ("How many freshwater ducks were there in 2021?", "“150” [1]"),
        ("What was the change in freshwater ducks from 2019 to 2021?", "**30** [1]"),
        ("How many freshwater ducks were there in 2019 and 2020 in total?", "**255** [1]"),
        ("How many freshwater ducks were there in 2003?", None),
    ],
)
def test_rows_may_be_of_years_and_a_year_that_is_not_there_is_not_known(
    retrieval: Retrieval, question: str, first_line: str | None
) -> None:
    put(retrieval, "ducks.xls", "| Year | Freshwater Ducks |\n|-|-|\n| 2019 | 120 |\n| 2020 | 135 |\n| 2021 | 150 |")
    found = tabling(retrieval)[0].answer(question, Stop(), model=False)
    assert (found.text.splitlines()[0] if found else None) == first_line
    assert found is None or "| Year | Freshwater Ducks |" in found.text


def test_the_rows_above_a_threshold_are_listed(retrieval: Retrieval) -> None:
    put(retrieval, "sales.html", SALES, "Sales by region (in millions)")
    found = tabling(retrieval)[0].answer("Which regions had sales of more than 350 in 2018?", Stop(), model=False)
    assert found is not None
    assert found.queried.rows == (("North", "1000"), ("South", "450"))
    assert found.text.startswith("| Region | 2018 |\n|-|-|\n| North | 1,000 |\n| South | 450 |\n\n[1]\n\n")


def test_cells_of_a_sheet_are_cited_by_their_names(retrieval: Retrieval) -> None:
    put(retrieval, "budget.xlsx", SALES, cells="B3:D6")
    found = tabling(retrieval)[0].answer("What were the total sales in 2018?", Stop(), model=False)
    assert found is not None
    assert found.queried.cells == ("D6",)
    assert found.citations[0].place == "sheet Budget, D6"


def test_what_is_not_in_a_table_is_none_of_its_questions(retrieval: Retrieval) -> None:
    put(retrieval, "sales.html", SALES, "Sales by region (in millions)")
    way, _ = tabling(retrieval)
    for question in ("Who founded the company in 1874?", "What is a hedge?", "How many hedgehogs live in Norway?"):
        assert way.answer(question, Stop(), model=False) is None


def test_tables_of_other_documents_are_not_reached(retrieval: Retrieval) -> None:
    put(retrieval, "sales.html", SALES, "Sales by region (in millions)")
    other = put(retrieval, "other.html", "| A | B |\n|-|-|\n| x | 1 |")
    way, _ = tabling(retrieval)
    assert way.answer("What were the total sales in 2018?", Stop(), [other], model=False) is None
    assert way.answer("What were the total sales in 2018?", Stop(), [], model=False) is None


def test_where_the_rule_is_not_sure_the_model_writes_within_the_grammar(retrieval: Retrieval) -> None:
    put(retrieval, "sales.html", SALES.replace("North", "North East").replace("South", "South East"), "Sales by region")
    way, engine = tabling(retrieval, ["SELECT ", '"2018" FROM data WHERE "Region" = \'South East\''])
    found = way.answer("What is the figure for the East in 2018?", Stop())
    assert found is not None
    assert found.queried.by_model
    assert found.text.splitlines()[0] == "“450” [1]"
    (sampling,) = engine.samplings
    assert "\"Region\\\" = 'South East'" in sampling.grammar


def test_a_query_of_ones_own_is_run_as_it_is_or_refused(retrieval: Retrieval) -> None:
    document = put(retrieval, "sales.html", SALES)
    way, _ = tabling(retrieval)
    sql = "SELECT sum(\"2019\") FROM data WHERE Region <> 'Total sales'"
    found = way.ask("", TableChoice(document, sql=sql), Stop())
    assert found is not None
    assert (found.queried.sql, found.text.splitlines()[0]) == (sql, "**$1,500** [1]")
    with pytest.raises(BadInput, match="does more than read"):
        way.ask("", TableChoice(document, sql="DELETE FROM data"), Stop())


def test_what_stands_in_cells_can_forge_nothing(retrieval: Retrieval) -> None:
    planted = "[9](http://evil.example) **bold** `x` <b> ![i](file:///etc/passwd)"
    document = put(retrieval, "sales.html", f"| Item | Note |\n|-|-|\n| Sales | {planted} |\n| Costs | 3 |")
    sql = "SELECT Note FROM data WHERE Item = 'Sales'"
    found = tabling(retrieval)[0].ask("", TableChoice(document, sql=sql), Stop())
    assert found is not None
    assert not any(mark in found.text for mark in ("[9]", "](", "<b>", "**bold**", "`x`"))
    assert found.text.startswith("\u201c(9)(http://evil.example) \u2217\u2217bold\u2217\u2217 'x' \u2039b\u203a")
    assert safe("`\n| a") == "' \u2223 a"


def test_a_figure_is_grouped_and_short() -> None:
    assert [figure(value) for value in (1234567.0, 0.5, -12.6000001, 0.00123, 0.0, 1e20)] == [
        "1,234,567",
        "0.5",
        "-12.6",
        "0.0012",
        "0",
        "1e+20",
    ]


def test_a_row_is_told_from_another_by_its_section() -> None:
    table = "|  | 2019 |\n|-|-|\n| Assets: |  |\n| Cash | 5 |\n| Debts: |  |\n| Cash | 7 |"
    frame = frame_of(Table(tuple(rows_of(table))))
    assert frame is not None
    linked = link("How much cash is among the debts in 2019?", frame)
    assert linked is not None
    assert linked.readings[0].sql == 'SELECT "2019" FROM data WHERE "item" = \'Cash\' AND "section" = \'Debts\''
