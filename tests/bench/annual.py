"""Annual reports of many pages, set from TAT-QA's excerpts: a page each, its paragraphs and its table, as PDF files.

No report comes with the data, so these are put together: the excerpts are dealt out to companies with invented names,
and each of a company's becomes a page of its report, behind a cover. A table is set as reports set one: labels on the
left, figures in columns, each row a line of the page and nothing that says it is a table. A question is asked as
somebody would who has all reports in one collection: of the company's name. The page that answers it is known.
"""

from __future__ import annotations

import json
import random
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.assistant.ingestion.making import pdf_of
from tests.conftest import SHARED_DATA

COMPANIES: Final = (
    "Harrow Industries", "Calloway Semiconductor", "Brandt Telecom", "Osprey Shipping",
    "Lindqvist Foods", "Meridian Software", "Tamar Energy", "Ashgrove Retail",
)  # fmt: skip
_SIZE: Final = 9
_PITCH: Final = 11
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 550, 760, 40
_COLUMNS: Final = 100  # characters of a line of running text
_PLAIN: Final = {
    "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
    "\u20ac": "EUR ", "\u00a3": "GBP ",
}  # fmt: skip
_LABEL: Final = 0.42  # of the width, for a table's labels


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the file that answers it and the page of that file."""

    text: str
    file: str
    page: int
    kind: str


def written(folder: Path, companies: Sequence[str] = COMPANIES) -> list[Asked]:
    """Write the reports; returns every question with the page that answers it, by its company where there are more."""
    data = json.loads((SHARED_DATA / "tatqa" / "tatqa_dataset_dev.json").read_text(encoding="utf-8"))
    order = list(range(len(data)))
    random.Random(3).shuffle(order)
    folder.mkdir(parents=True, exist_ok=True)
    asked: list[Asked] = []
    for at, company in enumerate(companies):
        file = f"{company} 10-K 2019.pdf"
        pages = [_cover(company)]
        for number in order[at :: len(companies)]:
            pages.append(_page(data[number]))
            for question in data[number]["questions"]:
                text = f"{question['question'].rstrip('?. ')} at {company}?" if companies[1:] else question["question"]
                asked.append(Asked(text, file, len(pages), question["answer_from"]))
        pdf_of(folder / file, pages)
    return asked


def _cover(company: str) -> bytes:
    lines = [company, "Form 10-K", "Annual report for the fiscal year 2019"]
    return b" ".join(_text(_LEFT, _TOP - _PITCH * at, line) for at, line in enumerate(lines))


def _page(entry: dict[str, Any]) -> bytes:
    """The first paragraph over the table, the others under it: where they stand in most reports."""
    paragraphs = [one["text"] for one in sorted(entry["paragraphs"], key=lambda one: one["order"])]
    rows = entry["table"]["table"]
    lines = [*_lines(paragraphs[:1]), *_rows(rows), [], *_lines(paragraphs[1:])]
    pitch = min(_PITCH, (_TOP - _BOTTOM) / len(lines))  # the longest would not fit otherwise
    size = max(1, int(_SIZE * pitch / _PITCH))
    return b" ".join(
        _text(left, _TOP - pitch * at, text, size) for at, shown in enumerate(lines) for left, text in shown
    )


def _lines(paragraphs: Sequence[str]) -> Iterator[list[tuple[float, str]]]:
    for paragraph in paragraphs:
        for line in textwrap.wrap(paragraph, _COLUMNS):
            yield [(_LEFT, line)]
        yield []


def _rows(rows: Sequence[Sequence[str]]) -> Iterator[list[tuple[float, str]]]:
    """Cells flush right in their columns, labels flush left, long ones in several lines."""
    count = max(map(len, rows))
    wide = _RIGHT - _LEFT
    step = wide * (1 - _LABEL) / max(1, count - 1)
    fits = max(8, int(step / 4.6))
    for row in rows:
        cells = [" ".join(cell.split()) for cell in row]
        label, values = textwrap.wrap(cells[0], 42), [textwrap.wrap(cell, fits) for cell in cells[1:]]
        for line in range(max(1, len(label), *map(len, values), 0)):
            shown: list[tuple[float, str]] = [(_LEFT, label[line])] if line < len(label) else []
            for at, value in enumerate(values):
                if line < len(value):
                    right = _LEFT + wide * _LABEL + step * (at + 1)
                    shown.append((right - 4.6 * len(value[line]), value[line]))
            yield shown


def _text(left: float, height: float, text: str, size: int = _SIZE) -> bytes:
    for mark, plain in _PLAIN.items():
        text = text.replace(mark, plain)
    data = text.encode("ascii", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F1 %d Tf %.1f %.1f Td (%s) Tj ET" % (size, left, height, data)
