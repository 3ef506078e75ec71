"""Questions over the tables of annual reports (TAT-QA): with the right query, Privet's own, and the model's.

Those that one cell answers, or a sum, difference, average or count of cells. The right query is written by a script
from the gold derivation: each of its numbers becomes the cell that holds it, found by its digits alone, so that
nothing of Privet's own reading of cells takes part in writing it. Held against the gold answer, rounded to two decimals
as those are. PRIVET_TABLE_QUESTIONS: how many the model is asked (30).
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.answering.composing import compose_query, write
from assistant.answering.linking import link
from assistant.engine import Engine
from assistant.errors import PrivetError
from assistant.tables import OPERATIONS, ROW_NUMBER, SECTION, Choices, Frame, Refused, frame_of, run
from assistant.values import Table
from tests.bench.asking import engine_with
from tests.bench.figure import Figure
from tests.conftest import EMBEDDED_CHAT

DATA: Final = Path(__file__).absolute().parents[3] / "shared" / "data" / "tatqa" / "tatqa_dataset_dev.json"
_ASKED: Final = int(os.environ.get("PRIVET_TABLE_QUESTIONS", "30"))
_TOKEN: Final = re.compile(r"\d[\d,]*\.?\d*|\.\d+|[-+/()]|\S")
_SUM: Final = re.compile(r"[-+()N ]+(?:/N)?")
_NAMES: Final = {
    "cell": "one cell",
    "sum": "a sum",
    "difference": "a difference",
    "average": "an average",
    "count": "a count",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of one table. sql: the right query; None where the table lost a cell that it needs."""

    question: str
    gold: float
    kind: str
    frame: Frame | None
    sql: str | None


def figures() -> list[Figure]:
    """The share of exact answers, by who wrote the query."""
    if not DATA.is_file():
        return []
    asked = list(questions())
    found = [
        Figure(
            f"tables: exact with the right query, {_NAMES[kind]}",
            _share([_exact(one, one.sql) for one in asked if one.kind == kind]),
            f"of {sum(one.kind == kind for one in asked)}",
        )
        for kind in _NAMES
    ]
    right = _share([_exact(one, one.sql) for one in asked])
    found.append(Figure("tables: exact with the right query", right, f"of {len(asked)}", bar=">= 0.95"))
    ruled = _share([_exact(one, _ruled(one)) for one in asked])
    found.append(Figure("tables: exact with the query read by rule", ruled, f"of {len(asked)}"))
    if not EMBEDDED_CHAT.is_file():
        return found
    some = random.Random(0).sample(asked, min(_ASKED, len(asked)))
    engine = engine_with(EMBEDDED_CHAT, Engine())
    try:
        own = _share([_exact(one, _composed(one, engine)) for one in some])
        alone = _share([_exact(one, _modelled(one, engine)) for one in some])
    finally:
        engine.close()
    baseline = _share([_exact(one, _ruled(one)) for one in some])
    found.append(Figure("tables: exact as Privet asks (rule beside it)", own, f"of {len(some)}", baseline))
    found.append(Figure("tables: exact, the model alone in the whole grammar", alone, f"of {len(some)}"))
    return found


def questions() -> Iterator[Asked]:
    """Those that the table alone answers, with the right query."""
    for entry in json.loads(DATA.read_text(encoding="utf-8")):
        rows = entry["table"]["table"]
        caption = " ".join(paragraph["text"] for paragraph in entry["paragraphs"][:1])[-300:]
        frame = frame_of(Table(tuple(tuple(cell or None for cell in row) for row in rows), caption=caption))
        for question in entry["questions"]:
            if question["answer_from"] == "text":
                continue
            made = {"arithmetic": _arithmetic, "span": _cell, "count": _count}.get(question["answer_type"])
            right = made(question, rows, frame) if made else None
            if right is not None:
                gold, kind, sql = right
                yield Asked(question["question"], gold, kind, frame, sql)


Right = tuple[float, str, str | None]


def _arithmetic(question: dict[str, Any], rows: Sequence[Sequence[str]], frame: Frame | None) -> Right | None:
    text = (
        question["derivation"]
        .replace("[", "(")
        .replace("]", ")")
        .replace("$", "")
        .replace("%", "")
        .replace("\u2013", "-")
    )
    tokens = _TOKEN.findall(text)
    shape = "".join("N" if token[0].isdigit() or token[0] == "." else token for token in tokens)
    if not _SUM.fullmatch(shape) or shape.count("N") < 2:
        return None
    kind = "average" if "/" in shape else "sum" if "+" in shape else "difference"
    addends = shape.count("N") - (kind == "average")
    if kind == "average" and tokens[-1].strip("0.") != str(addends).strip("0"):
        return None  # a ratio
    parts: list[str] = []
    for at, token in enumerate(tokens):
        if token[0].isdigit() or token[0] == ".":
            if at == len(tokens) - 1 and kind == "average":
                parts.append(f"{token}.0")
                continue
            negative = bool(parts) and parts[-1] == "-" and (len(parts) == 1 or parts[-2] in "(-+/")
            place = _place(token, rows, negative=negative)
            if place is None:
                if float(token.replace(",", "")) != 0:
                    return None  # a number of the text beside the table
                parts.append("0")  # a dash in the table
                continue
            cell = _select(frame, *place[:2])
            if cell is None:
                return float(question["answer"]), kind, None
            if negative and place[2]:
                parts.pop()  # the minus is the cell's own
            parts.append(cell if place[2] == negative or not place[2] else f"abs({cell})")
        else:
            parts.append(token)
    return float(question["answer"]), kind, "SELECT " + " ".join(parts)


def _cell(question: dict[str, Any], rows: Sequence[Sequence[str]], frame: Frame | None) -> Right | None:
    answers = question["answer"] if isinstance(question["answer"], list) else [question["answer"]]
    digits = _digits(str(answers[0]))
    if len(answers) != 1 or question["req_comparison"] or not re.fullmatch(r"\D*\d[\d,]*\.?\d*\D*", str(answers[0])):
        return None
    negative = str(answers[0]).strip().startswith(("-", "(", "$(", "$ (", "-$"))
    place = _place(digits, rows, negative=negative)
    if place is None or re.fullmatch(r"(?:19|20)\d\d", digits):
        return None
    cell = _select(frame, *place[:2])
    value = float(digits)
    return (-value if place[2] else value), "cell", cell and f"SELECT {cell}"


def _count(question: dict[str, Any], rows: Sequence[Sequence[str]], frame: Frame | None) -> Right | None:
    labels = [" ".join(label.split()) for label in question["derivation"].split("##")]
    there = [" ".join(row[0].split()) for row in rows]
    if not all(label in there for label in labels) or len(set(labels)) != int(question["answer"]):
        return None
    if frame is None or frame.label is None:
        return float(question["answer"]), "count", None
    name = frame.columns[frame.label].name
    listed = ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
    return float(question["answer"]), "count", f'SELECT count(DISTINCT "{name}") FROM data WHERE "{name}" IN ({listed})'


def _place(digits: str, rows: Sequence[Sequence[str]], *, negative: bool) -> tuple[int, int, bool] | None:
    """Row and column, from 0, of the cell with these digits, and whether it is negative; one of this sign first."""
    wanted = _digits(digits)
    found = [
        (row, column, cell.strip().lstrip("$ ").startswith(("(", "-")))
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if column
        and re.fullmatch(r"[^\w]*\d[\d,]*\.?\d*[^\w]*|[^\w]*\.\d+[^\w]*", cell.strip())
        and _digits(cell) == wanted
    ]
    return next((one for one in found if one[2] == negative), found[0] if found else None)


def _digits(text: str) -> str:
    found = "".join(re.findall(r"[\d.]", text)).rstrip(".")
    return repr(float(found)) if found.count(".") < 2 and found.strip(".") else found


def _select(frame: Frame | None, row: int, column: int) -> str | None:
    """The query of one cell, by the names of its row and column; None where the frame has it no more."""
    if frame is None:
        return None
    at = next((at for at, one in enumerate(frame.columns) if one.at == column), None)
    line = next((one for one in frame.rows if one[0] == row + 1), None)
    if at is None or line is None:
        return None
    conditions = [f"{ROW_NUMBER} = {row + 1}"]
    if frame.label is not None and line[frame.label]:
        named = [(frame.columns[frame.label].name, line[frame.label])]
        section = frame.named(SECTION)
        named += [(SECTION, line[section])] if section is not None else []
        spelled = ["\"{}\" = '{}'".format(name, str(value).replace("'", "''")) for name, value in named]
        wanted = [value for _, value in named]
        alike = [
            one for one in frame.rows if [one[frame.label], *([one[section]] if section is not None else [])] == wanted
        ]
        conditions = spelled if len(alike) == 1 else [*spelled, *conditions]
    name = frame.columns[at].name
    return f'(SELECT "{name}" FROM data WHERE {" AND ".join(conditions)})'


def _exact(asked: Asked, sql: str | None) -> bool:
    if sql is None or asked.frame is None:
        return False
    try:
        rows = run(asked.frame, sql).rows
    except Refused:
        return False
    value = rows[0][-1] if rows else None
    return isinstance(value, int | float) and abs(round(value, 2) - round(asked.gold, 2)) < 0.006


def _ruled(asked: Asked) -> str | None:
    linked = link(asked.question, asked.frame) if asked.frame else None
    return linked.readings[0].sql if linked and linked.readings else None


def _composed(asked: Asked, engine: Engine) -> str | None:
    linked = link(asked.question, asked.frame) if asked.frame else None
    composed = compose_query(asked.question, asked.frame, linked, engine) if linked and asked.frame else None
    return composed.sql if composed else None


def _modelled(asked: Asked, engine: Engine) -> str | None:
    """What the model writes where it may ask for anything in the table."""
    frame = asked.frame
    if frame is None:
        return None
    numbers = [one.name for one in frame.columns if one.kind == "number" and one.name != ROW_NUMBER]
    label = frame.columns[frame.label].name if frame.label is not None else ""
    values = [str(row[frame.label]).replace("'", "''") for row in frame.rows] if frame.label is not None else []
    conditions = [f"\"{label}\" = '{value}'" for value in dict.fromkeys(values)]
    try:
        return write(asked.question, frame, Choices(OPERATIONS, numbers, conditions, label), engine)
    except PrivetError:
        return None


def _share(held: Sequence[bool]) -> float:
    return sum(held) / len(held) if held else 0.0
