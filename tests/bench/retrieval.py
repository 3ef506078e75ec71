"""Whether what answers is found: by words, by meaning and by both, in other languages, in reports, and how fast."""

from __future__ import annotations

import math
import os
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Final

from assistant.retrieval import reciprocal_rank_fusion
from assistant.values import DocumentId, Hit
from tests.bench.corpora import Collection, Question, articles, cranfield, grown, noise, opened, questions, reports
from tests.bench.figure import Figure
from tests.bench.learning import learns
from tests.conftest import SHARED_DATA

ASKED: Final = int(os.environ.get("PRIVET_BENCH_QUESTIONS", "200"))
"""Questions of a set, at most: of the articles that nothing was learned on, spread evenly."""
PASSAGES: Final = int(os.environ.get("PRIVET_BENCH_PASSAGES", "20000"))
_LANGUAGES: Final = ("es", "de", "ru", "zh")
AMONG: Final = 10


def apart(language: str = "en", most: int = ASKED) -> list[Question]:
    """Questions on articles that nothing was learned on, at most so many, spread evenly."""
    found = [one for one in questions(language) if not learns(one.group)]
    step = max(1.0, len(found) / most)
    return [found[int(at * step)] for at in range(min(most, len(found)))]


def built() -> list[Figure]:
    """The collection of most benches here, built where it is not there yet: minutes, of which the others are spared."""
    if not SHARED_DATA.is_dir():
        return []
    with opened("articles", articles()) as collection:
        return [Figure("passages among which XQuAD-en's paragraphs are found", collection.privet.retrieval.count(), "")]


def xquad() -> list[Figure]:
    """XQuAD-en (Rajpurkar et al. 2016; Artetxe et al. 2020) among the passages of squad_articles."""
    if not SHARED_DATA.is_dir():
        return []
    asked = apart()
    with opened("articles", articles()) as collection:
        both, words, meaning, fused = _ways(collection, [(one.text, {one.right: 1}) for one in asked])
    return [
        Figure("XQuAD-en paragraphs: both, against words alone", both.ndcg, "nDCG@10", words.ndcg),
        Figure("XQuAD-en paragraphs: both, against meaning alone", both.ndcg, "nDCG@10", meaning.ndcg),
        Figure("XQuAD-en paragraphs: both, against plain rank fusion", both.ndcg, "nDCG@10", fused.ndcg),
        Figure("XQuAD-en paragraphs: the right one among five", both.among, "recall@5", bar=">= 0.97"),
    ]


def cranfield_figures() -> list[Figure]:
    """Cranfield's queries (Cleverdon 1967) on its abstracts, all of them."""
    if not SHARED_DATA.is_dir():
        return []
    texts, judged = cranfield()
    with opened("cranfield", texts) as collection:
        both, words, meaning, fused = _ways(collection, [(one.text, one.grades) for one in judged])
    return [
        Figure("Cranfield: both", both.ndcg, "nDCG@10", bar=">= 0.455"),
        Figure("Cranfield: both, against words alone", both.ndcg, "nDCG@10", words.ndcg),
        Figure("Cranfield: both, against meaning alone", both.ndcg, "nDCG@10", meaning.ndcg),
        Figure("Cranfield: both, against plain rank fusion", both.ndcg, "nDCG@10", fused.ndcg),
    ]


def languages() -> list[Figure]:
    """Questions in other languages on English paragraphs: reported as they are."""
    if not SHARED_DATA.is_dir():
        return []
    figures = []
    with opened("articles", articles()) as collection:
        for language in _LANGUAGES:
            hits = [(_search(collection, one.text, 5), one.right) for one in apart(language, ASKED // 4)]
            found = statistics.mean(_holds(collection, some, right) for some, right in hits)
            figures.append(Figure(f"XQuAD-{language} questions on English paragraphs", found, "recall@5"))
    return figures


def report_figures() -> list[Figure]:
    """Whether the excerpt of an annual report that answers is among the first four passages (TAT-QA)."""
    if not SHARED_DATA.is_dir():
        return []
    texts, asked = reports()
    some = random.Random(1).sample(asked, min(ASKED, len(asked)))
    with opened("reports", texts) as collection:
        both, words, meaning, fused = _ways(collection, [(one.text, {one.right: 1}) for one in some], 4)
    return [
        Figure("reports: the right excerpt among four, against words alone", both.among, "share", words.among),
        Figure("reports: the right excerpt among four, against meaning alone", both.among, "share", meaning.among),
        Figure("reports: the right excerpt among four, against plain rank fusion", both.among, "share", fused.among),
    ]


class _Scores:
    """Means over questions."""

    def __init__(self, ndcg: Sequence[float], among: Sequence[float]) -> None:
        self.ndcg, self.among = statistics.mean(ndcg), statistics.mean(among)


def _ways(
    collection: Collection, asked: Sequence[tuple[str, Mapping[str, int]]], k: int = 5
) -> tuple[_Scores, _Scores, _Scores, _Scores]:
    """As Privet searches; by words alone; by meaning alone; and with both ranks fused and nothing else."""
    owners = {id_: name for name, id_ in collection.ids.items()}
    library = collection.privet.retrieval
    whose = {passage: owners[id_] for id_ in owners for passage in library.passage_ids(id_)}
    ranked: list[list[list[str]]] = [[], [], [], []]
    for text, _ in asked:
        vector = collection.embed([text])[0]
        found = library.search(text, vector, AMONG)
        by_words = library.search(text, b"", AMONG)
        lists = library.rankings(text, vector)
        ranked[0].append([owners[hit.document_id] for hit in found])
        ranked[1].append([owners[hit.document_id] for hit in by_words])
        ranked[2].append([whose[id_] for id_ in lists[0]][:AMONG])
        ranked[3].append([whose[id_] for id_, _ in reciprocal_rank_fusion(lists)][:AMONG])
    made = []
    for way in ranked:
        judged = [(names, grades) for names, (_, grades) in zip(way, asked, strict=True)]
        among = [float(any(name in grades for name in names[:k])) for names, grades in judged]
        made.append(_Scores([ndcg(names, grades) for names, grades in judged], among))
    return made[0], made[1], made[2], made[3]


def _search(collection: Collection, question: str, k: int) -> list[Hit]:
    return collection.privet.retrieval.search(question, collection.embed([question])[0], k)


def _holds(collection: Collection, hits: Sequence[Hit], right: str) -> float:
    return float(collection.ids[right] in {hit.document_id for hit in hits})


def ndcg(names: Sequence[str], grades: Mapping[str, int]) -> float:
    """nDCG@10 of documents in order, each counted once; the grade is the gain."""
    seen = list(dict.fromkeys(names))[:AMONG]
    gained = sum(grades.get(name, 0) / math.log2(2 + at) for at, name in enumerate(seen))
    best = sum(gain / math.log2(2 + at) for at, gain in enumerate(sorted(grades.values(), reverse=True)[:AMONG]))
    return gained / best if best else 0.0


def speed() -> list[Figure]:
    """How long a search takes among PRIVET_BENCH_PASSAGES passages, the question's embedding included, all warm."""
    if not SHARED_DATA.is_dir():
        return []
    waits = []
    with opened(f"grown-{PASSAGES}", grown(PASSAGES), by_meaning=noise) as collection:
        _search(collection, "warm", 4)
        for one in apart(most=100):
            began = time.perf_counter()
            _search(collection, one.text, 4)
            waits.append(1000 * (time.perf_counter() - began))
    waits.sort()
    name = f"a search among {PASSAGES:,} passages: 95 of 100 are quicker than"
    return [Figure(name, waits[95 * len(waits) // 100 - 1], "ms", bar="<= 100")]


def missing(collection: Collection, right: str) -> list[DocumentId]:
    """All documents but the one that answers."""
    return [id_ for name, id_ in collection.ids.items() if name != right]
