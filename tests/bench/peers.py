"""How two peers find passages, their recipes made again with the embedder that Privet has.

GPT4All: stretches of at most 512 characters at the borders of words, the three nearest. AnythingLLM: stretches of at
most 1,000 characters with 20 of the one before, of the four nearest those of a cosine from .25 on. Neither looks at
words, headings or titles. A question counts as served where one of the passages shown is of the right document.
"""

from __future__ import annotations

import hashlib
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from assistant.embedding import Embedder
from tests.bench.corpora import BUILT, Text, articles, cranfield, reports
from tests.bench.figure import Figure
from tests.bench.retrieval import AMONG, ASKED, apart, ndcg
from tests.conftest import EMBEDDED_EMBEDDER, SHARED_DATA

_BATCH: Final = 64
_KEPT: Final = 1024
LEAST_COSINE: Final = 0.25


def gpt4all() -> list[Figure]:
    """512 characters, three passages."""
    return _figures("GPT4All's recipe", by_words, 3, -1.0)


def anythingllm() -> list[Figure]:
    """1,000 characters, four passages, threshold .25."""
    return _figures("AnythingLLM's recipe", overlapping, 4, LEAST_COSINE)


def by_words(text: str, most: int = 512) -> list[str]:
    """Stretches of whole words."""
    pieces: list[str] = []
    now = ""
    for word in text.split():
        if now and len(now) + 1 + len(word) > most:
            pieces.append(now)
            now = word
        else:
            now = f"{now} {word}" if now else word
    return [*pieces, now] if now else pieces


def overlapping(text: str, most: int = 1000, again: int = 20) -> list[str]:
    """Stretches that begin with the end of the one before."""
    pieces, begin = [], 0
    while begin < len(text):
        end = min(len(text), begin + most)
        if end < len(text):
            end = max(text.rfind(" ", begin, end), begin + most // 2)
        pieces.append(text[begin:end].strip())
        if end == len(text):
            break
        begin = end - again
    return pieces


def _figures(name: str, cut: Callable[[str], list[str]], shown: int, least: float) -> list[Figure]:
    if not SHARED_DATA.is_dir():
        return []
    embedder = Embedder(EMBEDDED_EMBEDDER, precision="int8")
    try:
        texts, asked = reports()
        some = random.Random(1).sample(asked, min(ASKED, len(asked)))
        abstracts, judged = cranfield()
        sets: list[tuple[str, Sequence[Text], list[tuple[str, Mapping[str, int]]]]] = [
            ("Cranfield", abstracts, [(one.text, one.grades) for one in judged]),
            ("reports", texts, [(one.text, {one.right: 1}) for one in some]),
            ("XQuAD-en", articles(), [(one.text, {one.right: 1}) for one in apart()]),
        ]
        figures = []
        for title, documents, questions in sets:
            whose = [one.name for one in documents for _ in cut("\n".join(one.passages))]
            rows = vectors(embedder, [piece for one in documents for piece in cut("\n".join(one.passages))])
            found, served = [], []
            for text, grades in questions:
                near = rows @ vectors(embedder, [text])[0]
                best = np.argsort(-near)[: 4 * AMONG]
                found.append(ndcg([whose[at] for at in best], grades))
                served.append(any(whose[at] in grades for at in best[:shown] if near[at] >= least))
            figures += [
                Figure(f"{title}: {name}", statistics.mean(found), "nDCG@10"),
                Figure(f"{title}: {name}, right document among {shown} shown", statistics.mean(served), "share"),
            ]
        return figures
    finally:
        embedder.close()


def vectors(embedder: Embedder, texts: Sequence[str]) -> Any:
    """The vectors of texts; those of many are kept for the next run, some hundred at a time."""
    if len(texts) == 1:
        return np.frombuffer(embedder.embed(texts).data, dtype="<f4").reshape(1, -1)
    BUILT.mkdir(parents=True, exist_ok=True)
    parts = []
    for start in range(0, len(texts), _KEPT):
        some = texts[start : start + _KEPT]
        kept = BUILT / f"peer-{hashlib.sha256(repr(some).encode()).hexdigest()[:16]}.npy"
        if not kept.is_file():
            data = b"".join(batch.data for batch in embedder.stream(some, batch=_BATCH))
            np.save(kept, np.frombuffer(data, dtype="<f4").reshape(len(some), -1))
        parts.append(np.load(kept))
    return np.concatenate(parts)
