"""How fast passages are turned into vectors in each precision, and how much less each finds than in 32 bits."""

from __future__ import annotations

import json
import math
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy

from assistant.embedding import Embedder, Precision
from tests.bench.figure import Figure
from tests.conftest import EMBEDDED_EMBEDDER, SHARED_DATA

TIMED: Final = 64
ROUNDS: Final = 3
_PRECISIONS: Final[tuple[Precision, ...]] = ("reference", "bf16", "fp32", "int8")
_NAMES: Final[dict[Precision, str]] = {
    "reference": "PyTorch fp32",
    "bf16": "PyTorch bf16",
    "fp32": "ONNX fp32",
    "int8": "ONNX int8",
}


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
                f"{_NAMES[precision]}: passages a second against PyTorch fp32",
                speeds[precision],
                "passages/s",
                speeds["reference"],
                ">= 1.6" if precision == "int8" else None,
            )
            for precision in _PRECISIONS[1:]
        ]
        for name, documents, asked in (("XQuAD-en", paragraphs, questions), ("Cranfield", *_cranfield())):
            # ONNX fp32 is PyTorch to five digits, which a test holds; it stands for it here, since it is quicker.
            exact = _ndcg(embedders["fp32"], documents, asked)
            rows.append(Figure(f"{name}: nDCG@10, ONNX fp32", exact, "nDCG@10"))
            for precision in ("int8", "bf16"):
                lost = exact - _ndcg(embedders[precision], documents, asked)
                bar = "<= 0.005" if precision == "int8" else None
                rows.append(Figure(f"{name}: nDCG@10 lost, {_NAMES[precision]}", lost, "nDCG@10", None, bar))
        rows += [
            Figure(
                f"from the child's start to a vector, {_NAMES[precision]}",
                starts[precision],
                "s",
                None,
                "<= 4" if precision in ("fp32", "int8") else None,
            )
            for precision in _PRECISIONS
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
    scores = _rows(embedder, [question for question, _ in asked]) @ _rows(embedder, documents).T
    total = 0.0
    for row, (_, relevant) in zip(scores, asked, strict=True):
        best = numpy.argsort(-row, kind="stable")[:10]
        ideal = _gain(sorted(relevant.values(), reverse=True)[:10])
        total += _gain([relevant.get(int(index), 0) for index in best]) / ideal if ideal else 0.0
    return total / len(asked)


def _gain(relevances: Sequence[int]) -> float:
    return math.fsum((2.0**relevance - 1) / math.log2(rank + 2) for rank, relevance in enumerate(relevances))


def _rows(embedder: Embedder, texts: Sequence[str]) -> Any:
    """Vectors as rows; long texts first and together, as documents are learned."""
    order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
    parts = list(embedder.stream([texts[at] for at in order], batch=32))
    found = numpy.concatenate([numpy.frombuffer(part.data, "<f4").reshape(part.count, -1) for part in parts])
    rows = numpy.empty_like(found)
    rows[order] = found
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
