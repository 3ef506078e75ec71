"""Reports that say the same of other companies and years, asked by name: what tells them apart is their titles alone.

Each of TAT-QA's excerpts is set into the reports of two companies and of two years, with other figures and shifted
years. So for every question four pages hold all of its words, and one of them answers: that of the report it names.
"""

from __future__ import annotations

import json
import random
import re
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from assistant.retrieval import reciprocal_rank_fusion
from tests.assistant.ingestion.making import pdf_of
from tests.bench.annual import COMPANIES, FIRST, Asked, cover, page, pages_of, read, share
from tests.bench.corpora import BUILT
from tests.bench.figure import Figure
from tests.bench.retrieval import ASKED
from tests.conftest import SHARED_DATA

YEARS: Final = (2018, 2019)
_COMPANIES: Final = COMPANIES[:4]
_EXCERPTS: Final = 70
_WAYS: Final = (
    "In the {year} annual report of {company}: {question}?",
    "{question}, according to {company}'s 10-K for {year}?",
    "What does {company} say in its {year} report: {question}?",
    "{company}, {year}: {question}?",
)
_YEAR: Final = re.compile(r"(?<![\d.,])20[01]\d(?![.,]?\d)")
_FIGURE: Final = re.compile(r"(?<![\d.,])\d[\d.,]*\d")


def figures() -> list[Figure]:
    """Whether the page that answers is the first, and whether it is among four."""
    if not SHARED_DATA.is_dir():
        return []
    folder = BUILT / "named-pdf"
    made = written(folder)
    asked = random.Random(7).sample(made, min(ASKED, len(made)))
    with read(folder, "named") as privet:
        pages = pages_of(privet)
        ways: list[list[list[tuple[str, int, int]]]] = [[], [], []]
        for one in asked:
            vector = privet.embedder.embed([one.text]).row(0)
            near, by_words = privet.retrieval.rankings(one.text, vector)
            found = privet.retrieval.search(one.text, vector, FIRST)
            fused = [id_ for id_, _ in reciprocal_rank_fusion([near, by_words])]
            for way, ids in zip(ways, ([hit.id for hit in found], by_words, fused), strict=True):
                way.append([pages[id_] for id_ in ids])
    both, words, fusion = (share(asked, way) for way in ways)
    first = share(asked, [found[:1] for found in ways[0]])
    right = statistics.mean(found[0][0] == one.file for one, found in zip(asked, ways[0], strict=True))
    return [
        Figure("reports asked by name: the page among four, against words alone", both, "share", words),
        Figure("reports asked by name: the page among four, against plain rank fusion", both, "share", fusion),
        Figure("reports asked by name: the page first", first, "share"),
        Figure("reports asked by name: the first passage is of the report that is named", right, "share"),
    ]


def written(folder: Path) -> list[Asked]:
    """Write the reports; returns every question, in one of the ways to ask of a report, with the page that answers."""
    data = json.loads((SHARED_DATA / "tatqa" / "tatqa_dataset_dev.json").read_text(encoding="utf-8"))
    chosen = random.Random(4).sample(range(len(data)), _EXCERPTS)
    folder.mkdir(parents=True, exist_ok=True)
    asked: list[Asked] = []
    for at, company in enumerate(_COMPANIES):
        for year in YEARS:
            file = f"{company} 10-K {year}.pdf"
            pages = [cover(company, year)]
            for number in (one for place, one in enumerate(chosen) if (place - at) % len(_COMPANIES) < 2):
                entry = _other(data[number], year - YEARS[-1], at)
                pages.append(page(entry))
                for question in entry["questions"]:
                    way = _WAYS[len(asked) % len(_WAYS)]
                    text = way.format(year=year, company=company, question=question["question"].rstrip("?. "))
                    asked.append(Asked(text, file, len(pages), question["answer_from"]))
            pdf_of(folder / file, pages)
    return asked


def _other(entry: Any, years: int, company: int) -> Any:
    """The excerpt with all years shifted and all other figures written in other digits."""
    digits = "0123456789"
    changed = digits[:1] + "".join(random.Random(f"{company} {years}").sample(digits[1:], 9))
    table = str.maketrans(digits, changed)

    def moved(text: str) -> str:
        shifted = _YEAR.sub(lambda found: f"\0{int(found.group()) + years}\0", text)
        parts: Sequence[str] = shifted.split("\0")
        return "".join(
            part if at % 2 else _FIGURE.sub(lambda found: found.group().translate(table), part)
            for at, part in enumerate(parts)
        )

    if isinstance(entry, str):
        return moved(entry)
    if isinstance(entry, list):
        return [_other(one, years, company) for one in entry]
    if isinstance(entry, dict):
        return {
            key: value if key in ("uid", "answer_from") else _other(value, years, company)
            for key, value in entry.items()
        }
    return entry
