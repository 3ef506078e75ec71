"""Annual reports of many pages, set from TAT-QA's excerpts: a page each, its paragraphs and its table, as PDF files.

No report comes with the data, so these are put together: the excerpts are dealt out to companies with invented names,
and each of a company's becomes a page of its report, behind a cover. A table is set as reports set one: labels on the
left, figures in columns, each row a line of the page and nothing that says it is a table. A question is asked as
somebody would who has all reports in one collection: of the company's name. The page that answers it is known.
"""

from __future__ import annotations

import json
import random
import statistics
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pypdfium2

from assistant.app import Privet
from assistant.retrieval import reciprocal_rank_fusion
from assistant.settings import Folders
from assistant.values import DocumentId, PassageId, Stop
from assistant.vault import Unlock
from tests.assistant.ingestion.making import pdf_of
from tests.bench.corpora import BUILT
from tests.bench.figure import Figure
from tests.bench.peers import LEAST_COSINE, by_words, overlapping, vectors
from tests.bench.retrieval import ASKED
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


FIRST: Final = 4
"""Passages among which the page that answers has to be."""


def figures() -> list[Figure]:
    """Whether the page that answers is among the first passages: Privet's, and by the recipes of two peers."""
    if not SHARED_DATA.is_dir():
        return []
    folder = BUILT / "annual-pdf"
    asked = random.Random(5).sample(written(folder), ASKED)
    found = []
    with read(folder, "annual") as privet:
        pages = pages_of(privet)
        given = [privet.embedder.embed([one.text]).row(0) for one in asked]
        both, words, meaning, fused, known = (
            share(asked, [[pages[id_] for id_ in some] for some in way])
            for way in zip(
                *(_found(privet, one, vector) for one, vector in zip(asked, given, strict=True)), strict=True
            )
        )
        peers = [
            (name, _by_recipe(privet, folder, asked, given, cut, shown, least))
            for name, cut, shown, least in (
                ("GPT4All's recipe, its three passages", by_words, 3, -1.0),
                ("AnythingLLM's recipe", overlapping, 4, LEAST_COSINE),
            )
        ]
    name = "annual reports: the page among four"
    found.append(Figure(name, both, "share", bar=">= 0.65"))
    for other, served in (("words alone", words), ("meaning alone", meaning), ("plain rank fusion", fused), *peers):
        found.append(Figure(f"{name}, against {other}", both, "share", served))
    found.append(Figure(f"{name}, the report known beforehand", known, "share"))
    return found


Place = tuple[str, int, int]
"""A file, and the first and the last page of a stretch of it."""


@contextmanager
def read(folder: Path, name: str) -> Iterator[Privet]:
    """A Privet that read the reports as it reads anything; goes on where it was broken off. name: of its folder."""
    privet = Privet.open(Folders.inside(BUILT / name), Unlock(passphrase=lambda _: "bench", use_keychain=False))
    try:
        for _ in privet.documents.add(sorted(folder.glob("*.pdf")), Stop()):
            pass
        for _ in privet.retrieval.ensure(Stop()):
            pass
        yield privet
    finally:
        privet.close()


def pages_of(privet: Privet) -> dict[PassageId, Place]:
    """Where each passage stands."""
    return {
        id_: (info.title, one.page or 0, one.last_page or one.page or 0)
        for info in privet.retrieval.documents()
        for id_, one in zip(privet.retrieval.passage_ids(info.id), privet.retrieval.passages_of(info.id), strict=True)
    }


def _found(privet: Privet, one: Asked, vector: bytes) -> tuple[Sequence[PassageId], ...]:
    """As Privet searches, by words, by meaning, both by rank and nothing else, and with the report known."""
    library = privet.retrieval
    near, by_word = library.rankings(one.text, vector)
    right: set[DocumentId] = {info.id for info in library.documents() if info.title == one.file}
    return (
        [hit.id for hit in library.search(one.text, vector, FIRST)],
        by_word,
        near,
        [id_ for id_, _ in reciprocal_rank_fusion([near, by_word])],
        [hit.id for hit in library.search(one.text, vector, FIRST, right)],
    )


def _by_recipe(
    privet: Privet,
    folder: Path,
    asked: Sequence[Asked],
    given: Sequence[bytes],
    cut: Callable[[str], list[str]],
    shown: int,
    least: float,
) -> float:
    """A peer's stretches of each page's text, which is as kind to it as can be: none runs over the end of a page."""
    pieces: list[str] = []
    places: list[Place] = []
    for path in sorted(folder.glob("*.pdf")):
        pdf = pypdfium2.PdfDocument(path)
        for number in range(len(pdf)):
            some = cut(pdf[number].get_textpage().get_text_range())
            pieces += some
            places += [(path.name, number + 1, number + 1)] * len(some)
    rows = vectors(privet.embedder, pieces)
    best = []
    for vector in given:
        near = rows @ np.frombuffer(vector, dtype="<f4")
        best.append([places[at] for at in np.argsort(-near)[:shown] if near[at] >= least])
    return share(asked, best)


def share(asked: Sequence[Asked], found: Sequence[Sequence[Place]]) -> float:
    """Of how many questions the page is among the first places."""
    return statistics.mean(
        any(file == one.file and first <= one.page <= last for file, first, last in places[:FIRST])
        for one, places in zip(asked, found, strict=True)
    )


def written(folder: Path, companies: Sequence[str] = COMPANIES) -> list[Asked]:
    """Write the reports; returns every question with the page that answers it, by its company where there are more."""
    data = json.loads((SHARED_DATA / "tatqa" / "tatqa_dataset_dev.json").read_text(encoding="utf-8"))
    order = list(range(len(data)))
    random.Random(3).shuffle(order)
    folder.mkdir(parents=True, exist_ok=True)
    asked: list[Asked] = []
    for at, company in enumerate(companies):
        file = f"{company} 10-K 2019.pdf"
        pages = [cover(company, 2019)]
        for number in order[at :: len(companies)]:
            pages.append(page(data[number]))
            for question in data[number]["questions"]:
                text = f"{question['question'].rstrip('?. ')} at {company}?" if companies[1:] else question["question"]
                asked.append(Asked(text, file, len(pages), question["answer_from"]))
        pdf_of(folder / file, pages)
    return asked


def cover(company: str, year: int) -> bytes:
    """The first page of a report."""
    lines = [company, "Form 10-K", f"Annual report for the fiscal year {year}"]
    return b" ".join(_text(_LEFT, _TOP - _PITCH * at, line) for at, line in enumerate(lines))


def page(entry: dict[str, Any]) -> bytes:
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
