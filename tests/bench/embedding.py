"""How fast passages are turned into vectors in each precision, and how much less each finds than PyTorch."""

from __future__ import annotations

import json
import math
import re
import statistics
import time
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from assistant.embedding import Embedder, Precision
from tests.bench.figure import Figure
from tests.conftest import EMBEDDED_EMBEDDER, SHARED_DATA

TIMED: Final = 64
ROUNDS: Final = 3
_PRECISIONS: Final[tuple[Precision, ...]] = ("reference", "fp32", "int8")


def figures() -> list[Figure]:
    """Passages a second side by side; nDCG@10 on Cranfield and XQuAD; seconds from a child's start to a vector."""
    if not SHARED_DATA.is_dir():
        return []
    paragraphs, questions = _xquad()
    embedders = {precision: Embedder(EMBEDDED_EMBEDDER, precision=precision) for precision in _PRECISIONS}
    try:
        starts = {precision: _first_vector(embedder) for precision, embedder in embedders.items()}
        speeds = _speeds(embedders, paragraphs[:TIMED])
        rows = [
            Figure(
                "int8: passages a second against PyTorch", speeds["int8"], "passages/s", speeds["reference"], ">= 1.6"
            ),
            Figure("fp32: passages a second against PyTorch", speeds["fp32"], "passages/s", speeds["reference"]),
        ]
        for name, documents, asked in (("XQuAD-en", paragraphs, questions), ("Cranfield", *_cranfield())):
            # fp32 is PyTorch to five digits, which a test holds; it stands for it here, since it is quicker.
            exact, small = (_ndcg(embedders[precision], documents, asked) for precision in ("fp32", "int8"))
            rows.append(Figure(f"{name}: nDCG@10 in 8 bits", small, "nDCG@10", exact))
            rows.append(Figure(f"{name}: nDCG@10 lost in 8 bits", exact - small, "nDCG@10", None, "<= 0.005"))
        rows.append(Figure("from the child's start to a vector, PyTorch", starts["reference"], "s"))
        rows += [
            Figure(f"from the child's start to a vector, {precision}", starts[precision], "s", None, "<= 4")
            for precision in ("fp32", "int8")
        ]
        return rows
    finally:
        for embedder in embedders.values():
            embedder.close()


def _first_vector(embedder: Embedder) -> float:
    """With what is on the disk in memory already: the second start counts."""
    embedder.embed(["warm"])
    embedder.close()
    began = time.perf_counter()
    embedder.embed(["first"])
    return time.perf_counter() - began


def _speeds(embedders: Mapping[Precision, Embedder], passages: Sequence[str]) -> dict[Precision, float]:
    """Passages a second of each, measured in turns."""
    seconds: dict[Precision, list[float]] = {precision: [] for precision in embedders}
    for number in range(ROUNDS):
        for precision in sorted(embedders, reverse=bool(number % 2)):
            began = time.perf_counter()
            embedders[precision].embed(passages)
            seconds[precision].append(time.perf_counter() - began)
    return {precision: len(passages) / statistics.median(measured) for precision, measured in seconds.items()}


def _ndcg(embedder: Embedder, documents: Sequence[str], asked: Sequence[tuple[str, Mapping[int, int]]]) -> float:
    """Mean nDCG@10 with gains 2^relevance - 1 (Burges et al. 2005)."""
    kept = _rows(embedder, documents)
    total = 0.0
    for vector, (_, relevant) in zip(_rows(embedder, [question for question, _ in asked]), asked, strict=True):
        scores = [sum(a * b for a, b in zip(vector, row, strict=True)) for row in kept]
        best = sorted(range(len(kept)), key=lambda index: -scores[index])[:10]
        ideal = _gain(sorted(relevant.values(), reverse=True)[:10])
        total += _gain([relevant.get(index, 0) for index in best]) / ideal if ideal else 0.0
    return total / len(asked)


def _gain(relevances: Sequence[int]) -> float:
    return math.fsum((2.0**relevance - 1) / math.log2(rank + 2) for rank, relevance in enumerate(relevances))


def _rows(embedder: Embedder, texts: Sequence[str]) -> list[array[float]]:
    rows: list[array[float]] = []
    for vectors in embedder.stream(texts, batch=32):
        rows += [array("f", vectors.row(index)) for index in range(vectors.count)]
    return rows


def _xquad() -> tuple[list[str], list[tuple[str, Mapping[int, int]]]]:
    """All English paragraphs, and every fourth question with its paragraph."""
    data = json.loads((SHARED_DATA / "xquad" / "xquad.en.json").read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in data for paragraph in article["paragraphs"]]
    asked: list[tuple[str, Mapping[int, int]]] = [
        (qa["question"], {number: 1}) for number, one in enumerate(paragraphs) for qa in one["qas"]
    ]
    return [one["context"] for one in paragraphs], asked[::4]


def _cranfield() -> tuple[list[str], list[tuple[str, Mapping[int, int]]]]:
    """All abstracts, and all queries with their judgements; the queries are judged by position."""
    folder = SHARED_DATA / "cranfield"
    abstracts = _between(folder / "cran.all.1400.xml", "doc", "text")
    queries = _between(folder / "cran.qry.xml", "top", "title")
    judged: dict[int, dict[int, int]] = {}
    for line in (folder / "cranqrel.trec.txt").read_text(encoding="ascii").splitlines():
        query, _, document, relevance = (int(part) for part in line.split())
        judged.setdefault(query, {})[document - 1] = max(0, relevance)
    return abstracts, [(query, judged[number]) for number, query in enumerate(queries, 1) if number in judged]


def _between(path: Path, outer: str, inner: str) -> list[str]:
    """The texts of one element in each of another; the files are not quite XML."""
    text = path.read_text(encoding="utf-8", errors="replace")
    found = (
        re.search(rf"<{inner}>(.*?)</{inner}>", each, re.S)
        for each in re.findall(rf"<{outer}>.*?</{outer}>", text, re.S)
    )
    return [" ".join(one[1].split()) if one else "" for one in found]
