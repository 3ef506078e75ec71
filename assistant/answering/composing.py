"""The query that a question means: read by rule where that is sure, else written by the model within a grammar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.answering.linking import Linked
from assistant.engine import Engine
from assistant.errors import ChildDied, PrivetError
from assistant.tables import ROW_NUMBER, Choices, Frame, Refused, Result, grammar_of, run
from assistant.values import Message, Role, Sampling, Stop, Token

_LONGEST_QUERY: Final = 160  # tokens
_ROWS_SHOWN: Final = 8
_COLUMNS_SHOWN: Final = 12
_TOLD: Final = (
    "One table is given. Write the SQL query that answers the question.\n\n"
    'Table data ("item", "2019", "2018"); rows: Sales, Cost of sales, Profit\n'
    "Question: What is the change in profit from 2018 to 2019?\n"
    'SELECT "2019" - "2018" FROM data WHERE "item" = \'Profit\'\n\n'
    'Table data ("Region", "Amount"); rows: North, South, West\n'
    "Question: What did the south bring in?\n"
    'SELECT "Amount" FROM data WHERE "Region" = \'South\'\n\n'
)


@dataclass(frozen=True, slots=True)
class Composed:
    """A query with what it found. by_model: the model wrote it."""

    sql: str
    result: Result
    by_model: bool = False


def compose_query(
    question: str, frame: Frame, linked: Linked, engine: Engine | None, stop: Stop | None = None
) -> Composed | None:
    """The query that `question` means and its result; None where none finds anything.

    engine: None to ask no model. Raises what the engine raises but for a child that died: then the rule must do.
    """
    read = [one.sql for one in linked.readings]
    if linked.sure or engine is None:
        return _first(frame, read[:1] if linked.sure else read)
    try:
        written = write(question, frame, linked.choices, engine, stop)
    except (ChildDied, PrivetError):
        written = ""
    composed = _first(frame, [written]) if written else None
    return Composed(composed.sql, composed.result, by_model=True) if composed else _first(frame, read)


def write(question: str, frame: Frame, choices: Choices, engine: Engine, stop: Stop | None = None) -> str:
    """What the model writes where it can write nothing but a query of this table; "" where it came to no end."""
    grammar = grammar_of(choices)
    if not grammar:
        return ""
    sampling = Sampling(
        temperature=0.0,
        repeat_penalty=1.0,
        max_tokens=_LONGEST_QUERY,
        grammar=grammar,
        lookup=False,
    )
    prompt = (Message(Role.USER, f"{_TOLD}{_outline(frame, choices)}\nQuestion: {question}\n"),)
    return "".join(event.text for event in engine.stream(prompt, sampling, stop) if isinstance(event, Token)).strip()


def _outline(frame: Frame, choices: Choices) -> str:
    """The table in a few words: its columns and the rows that the question names."""
    names = [f'"{column.name}"' for column in frame.columns if column.name != ROW_NUMBER][:_COLUMNS_SHOWN]
    rows: Sequence[str] = list(choices.conditions[:_ROWS_SHOWN])
    return f"Table data ({', '.join(names)}); rows: {', '.join(rows)}"


def _first(frame: Frame, queries: Sequence[str]) -> Composed | None:
    """The first query that finds something."""
    for sql in queries:
        try:
            result = run(frame, sql)
        except Refused:
            continue
        if any(value is not None for row in result.rows for value in row):
            return Composed(sql, result)
    return None
