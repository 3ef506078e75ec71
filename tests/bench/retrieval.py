"""Whether the right paragraph is found, by words, by meaning and by both, and whether a missing one is admitted."""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant.answering.evidence import weigh
from assistant.app import Privet
from assistant.retrieval import NewDocument, content_words
from assistant.settings import Folders, options
from assistant.values import DocumentId, Hit, Passage
from assistant.vault import Unlock
from tests.bench.figure import Figure
from tests.conftest import SHARED_DATA

QUESTIONS = 300
AMONG = 10


def figures() -> list[Figure]:
    """nDCG@10 on XQuAD's English paragraphs (Rajpurkar et al. 2016; Artetxe et al. 2020), and calibrated silence."""
    if not SHARED_DATA.is_dir():
        return []
    paragraphs, questions = _xquad()
    with tempfile.TemporaryDirectory(prefix="privet-bench-") as folder:
        privet = Privet.open(Folders.inside(Path(folder)), Unlock(passphrase=lambda _: "bench", use_keychain=False))
        try:
            return _measured(privet, paragraphs, questions)
        finally:
            privet.close()


def _xquad() -> tuple[list[str], list[tuple[str, int]]]:
    """All paragraphs, and every fourth question or so with the number of its paragraph."""
    data = json.loads((SHARED_DATA / "xquad" / "xquad.en.json").read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in data for paragraph in article["paragraphs"]]
    asked = [(qa["question"], number) for number, paragraph in enumerate(paragraphs) for qa in paragraph["qas"]]
    step = len(asked) / QUESTIONS
    return [paragraph["context"] for paragraph in paragraphs], [asked[int(at * step)] for at in range(QUESTIONS)]


def _measured(privet: Privet, paragraphs: Sequence[str], questions: Sequence[tuple[str, int]]) -> list[Figure]:
    """Each paragraph is a document of one passage, so that a document can be taken away by scope."""
    vectors = [batch.data for batch in privet.embedder.stream(paragraphs, batch=len(paragraphs))]
    width = privet.embedder.dimensions * 4
    data = b"".join(vectors)
    owners: list[DocumentId] = []
    for number, text in enumerate(paragraphs):
        new = NewDocument(
            Path(f"/{number}.txt"),
            hashlib.sha256(text.encode()).hexdigest(),
            title=f"{number}.txt",
            pages=0,
            size=len(text),
            passages=[Passage(text, 0, len(content_words(text)))],
        )
        stored = privet.retrieval.put(new, data[number * width : (number + 1) * width])
        owners.append(stored.document.id)
    scores: dict[str, list[float]] = {"both": [], "words": []}
    kept = silent = 0
    threshold = privet.settings.get(options.RELEVANCE_THRESHOLD)
    for question, number in questions:
        vector = privet.embedder.embed([question]).data
        both = privet.retrieval.search(question, vector, AMONG)
        scores["both"].append(_ndcg(both, owners[number]))
        scores["words"].append(_ndcg(privet.retrieval.search(question, b"", AMONG), owners[number]))
        sure = _sureness(privet, question, vector, both[:4]) >= threshold
        kept += sure and owners[number] in {hit.document_id for hit in both[:4]}
        others = [owner for owner in owners if owner != owners[number]]
        left = privet.retrieval.search(question, vector, 4, others)
        silent += _sureness(privet, question, vector, left) < threshold
    fused, by_words = (sum(scores[name]) / len(questions) for name in ("both", "words"))
    return [
        Figure("XQuAD-en paragraphs, words and meaning, against words alone", fused, "nDCG@10", by_words),
        Figure("right paragraph among the four that are cited", kept / len(questions), "share"),
        Figure("nothing said when the right paragraph was taken away", silent / len(questions), "share"),
    ]


def _sureness(privet: Privet, question: str, vector: bytes, hits: Sequence[Hit]) -> float:
    """How sure Privet is that one of these passages answers, 0 to 1."""

    def embed(texts: Sequence[str]) -> list[bytes]:
        vectors = privet.embedder.embed(texts)
        return [vectors.row(place) for place in range(vectors.count)]

    evidence = weigh(question, vector, hits, privet.retrieval.telling(question), embed)
    return evidence.sureness if evidence else 0.0


def _ndcg(hits: Sequence[Hit], right: DocumentId) -> float:
    """nDCG@10 with one right answer: 1 / log2(1 + rank), rank from 1."""
    ranks = [rank for rank, hit in enumerate(hits, 1) if hit.document_id == right]
    return 1 / math.log2(1 + ranks[0]) if ranks else 0.0
