"""The queries that may be asked of a table, as a grammar made of its own columns and values (GBNF of llama.cpp)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.tables.query import NAME, quoted

_MOST: Final = 60  # alternatives of a rule
_LONGEST_VALUE: Final = 120

OPERATIONS: Final = ("value", "count", "sum", "average", "difference", "change", "share", "ratio", "most", "least")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a query may be made of.

    operations: of OPERATIONS. columns: that are asked for, by name. conditions: what a row may have to be, as SQL.
    label: the column that names the rows, "" for none. bounded: each query must say which rows it means.
    """

    operations: Sequence[str]
    columns: Sequence[str]
    conditions: Sequence[str]
    label: str = ""
    bounded: bool = False


def grammar_of(choices: Choices) -> str:
    """The grammar of all queries that `choices` leave; "" where they leave none."""
    columns = [quoted(name) for name in choices.columns[:_MOST]]
    conditions = [one for one in choices.conditions[:_MOST] if len(one) <= _LONGEST_VALUE]
    bodies = {name: body for name in choices.operations if (body := _body(name, choices, bool(conditions)))}
    if not bodies:
        return ""
    rules = [f'root ::= "SELECT " ({" | ".join(bodies)})']
    rules += [f"{name} ::= {body}" for name, body in bodies.items()]
    rules.append(f"column ::= {_alternatives(columns)}")
    if conditions:
        where = (
            f'" WHERE " {"(condition)" if len(conditions) == 1 else "condition (" + _literal(" AND ") + " condition)?"}'
        )
        rules.append(f"rows ::= {where if choices.bounded else f'({where})?'}")
        rules.append(f"one ::= {_literal(' WHERE ')} condition")
        rules.append(f"condition ::= {_alternatives(conditions)}")
    if choices.label:
        rules.append(f"label ::= {_literal(quoted(choices.label))}")
    return "\n".join(rules) + "\n"


def _body(name: str, choices: Choices, conditions: bool) -> str:
    """The rule of one operation; "" where there is nothing to make it of."""
    table = _literal(f" FROM {NAME}")
    rows = " rows" if conditions else ""
    many = len(choices.columns) > 1
    # Two cells: in one row under two columns, or under one column in two rows.
    other = f'"(SELECT " column {table} one ")"'
    across = f'"(" column {_literal(" - ")} column ")" ' if many else ""
    match name:
        case "value" if choices.columns:
            return f"column {table}{rows}"
        case "count" if conditions:
            return f"{_literal('count(*)')} {table}{rows}"
        case "sum" | "average" if choices.columns:
            function = "sum" if name == "sum" else "avg"
            whole = f'{_literal(f"{function}(")} column ")" {table}{rows}'
            if not (many and conditions):
                return whole
            added = f"column ({_literal(' + ')} column)+"
            if name == "sum":
                return f"{whole} | {added} {table} one"
            divided = " | ".join(_literal(f") / {number}.0") for number in range(2, 6))
            return f'{whole} | "(" {added} ({divided}) {table} one'
        case "difference" if conditions and choices.columns:
            return f"{other} {_literal(' - ')} {other}" + (f" | {across}{table} one" if across else "")
        case "change" if conditions and many:
            return f"{_literal('100.0 * (')} column {_literal(' - ')} column {_literal(') / ')} column {table} one"
        case "share" | "ratio" if conditions and choices.columns:
            by = _literal("100.0 * ") + " " if name == "share" else ""
            inside = f"{by}column {_literal(' * 1.0 / ')} column {table} one"
            return f"{by}{other} {_literal(' * 1.0 / ')} {other}" + (f" | {inside}" if many else "")
        case "most" | "least" if choices.label and choices.columns:
            order = _literal(" DESC LIMIT 1" if name == "most" else " LIMIT 1")
            return f'label ", " column {table}{rows} {_literal(" ORDER BY ")} column {order}'
    return ""


def _alternatives(texts: Sequence[str]) -> str:
    return " | ".join(_literal(text) for text in texts) or '""'


def _literal(text: str) -> str:
    return '"' + "".join(_spelled(letter) for letter in text) + '"'


def _spelled(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else " "
