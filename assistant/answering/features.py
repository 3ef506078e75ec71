"""What speaks for a sentence of a passage as the answer to a question: words, what they mean, kind, place."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from assistant.answering.kinds import Kind, counted, counts, has, kind_of
from assistant.answering.spans import Telling
from assistant.embedding import Nearness
from assistant.ingestion import sentence_spans
from assistant.retrieval import STOP_WORDS, language, terms
from assistant.values import Hit

_LONG: Final = 300  # characters
_SHORT: Final = 40
_READ_AT_ONCE: Final = 1000  # characters of neighbouring sentences: about what an embedding model reads
_NEIGHBOURS: Final = 4  # terms between two that follow each other in the question
_PREFIX: Final = 5  # letters: "founder" and "founded" have them in common
_WORD: Final = re.compile(r"[^\W_]+")
_AGAINST: Final = ("share", "share_around", "near", "near_words", "near_all", "near_two", "pairs", "prefix", "count")
"""Features of which it is told too how far a sentence is behind the best."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence of a passage. place: the passage's, from 0. around: the terms of its neighbours and its own."""

    place: int
    start: int
    end: int
    text: str
    terms: frozenset[str]
    order: tuple[str, ...]
    language: str
    around: frozenset[str]


def pieces_of(place: int, hit: Hit) -> list[Piece]:
    """The sentences of a passage."""
    text = hit.passage.text
    name = language(text)
    spans = sentence_spans(text)
    cut = [tuple(terms(text[start:end], name)) for start, end in spans]
    around = [set(one) for one in cut]
    for at, (one, other) in enumerate(pairwise(cut)):
        around[at] |= set(other)
        around[at + 1] |= set(one)
    return [
        Piece(place, start, end, text[start:end], frozenset(order), order, name, frozenset(near))
        for (start, end), order, near in zip(spans, cut, around, strict=True)
    ]


def read_together(pieces: Sequence[Piece], hits: Sequence[Hit]) -> tuple[list[str], list[tuple[int, int, int]]]:
    """Texts for `Embedder.near`, each of neighbouring sentences, and where in them the pieces stand."""
    texts: list[str] = []
    spans: list[tuple[int, int, int]] = []
    first = last = None
    for piece in pieces:
        if first is None or last is None or piece.place != first.place or piece.end - first.start > _READ_AT_ONCE:
            first = piece
            texts.append("")
        last = piece
        texts[-1] = hits[piece.place].passage.text[first.start : piece.end]
        spans.append((len(texts) - 1, piece.start - first.start, piece.end - first.start))
    return texts, spans


def rows_of(
    question: str, pieces: Sequence[Piece], hits: Sequence[Hit], telling: Telling, near: Nearness
) -> list[dict[str, float]]:
    """The features of each piece. near: of `read_together`'s spans."""
    told = _Told(question, telling, near, pieces[0].language if pieces else "")
    rows = [
        {**_words(told, piece), **_meaning(told, whole, each), **_placed(piece, hits[piece.place])}
        for piece, whole, each in zip(pieces, near.whole, near.each, strict=True)
    ]
    for row in rows:
        row["both"] = row["near"] * row["share"]
    for name in _AGAINST:
        best = max((row[name] for row in rows), default=0.0)
        for row in rows:
            row[f"behind_{name}"] = row[name] - best
    return rows


class _Told:
    """A question, with what its words and its tokens tell."""

    def __init__(self, question: str, telling: Telling, near: Nearness, name: str) -> None:
        self.question = question
        self.kind = kind_of(question)
        self.things = counted(question)
        self.telling = telling
        self.total = sum(weight for _, weight in telling) or 1.0
        self.weights = {form: weight for forms, weight in telling for form in forms}
        said = [word for word in _WORD.findall(question) if word.casefold() not in STOP_WORDS]
        self.pairs = list(pairwise([term for word in said for term in terms(word, name)]))
        self.tokens = [self._of_token(start, end, name) for start, end in near.tokens]
        self.all_tokens = sum(self.tokens) or 1.0
        self.most = sorted(range(len(self.tokens)), key=lambda at: -self.tokens[at])[:2]

    def _of_token(self, start: int, end: int, name: str) -> float:
        """What the word tells that a token is of."""
        while start > 0 and self.question[start - 1].isalnum():
            start -= 1
        while end < len(self.question) and self.question[end].isalnum():
            end += 1
        return max((self.weights.get(term, 0.0) for term in terms(self.question[start:end], name)), default=0.0)


def _words(told: _Told, piece: Piece) -> dict[str, float]:
    places: dict[str, list[int]] = {}
    for at, term in enumerate(piece.order):
        places.setdefault(term, []).append(at)
    close = sum(
        any(abs(one - other) <= _NEIGHBOURS for one in places.get(first, ()) for other in places.get(second, ()))
        for first, second in told.pairs
    )
    begun = {term[:_PREFIX] for term in piece.terms}
    alike = sum(weight for forms, weight in told.telling if any(form[:_PREFIX] in begun for form in forms))
    missing = [weight for forms, weight in told.telling if not any(form in piece.terms for form in forms)]
    kind = has(told.kind, told.question, piece.text)
    return {
        "share": share(told.telling, piece.terms),
        "share_around": share(told.telling, piece.around),
        "pairs": close / (len(told.pairs) or 1),
        "prefix": alike / told.total,
        "held": -max(missing, default=0.0) / 10,
        "count": (len(told.telling) - len(missing)) / 5,
        "new": math.log1p(len(piece.terms - told.weights.keys())) / 4,
        "counted": counts(told.things, piece.text, piece.language),
        "has_number": kind if told.kind is Kind.NUMBER else 0.0,
        "has_time": kind if told.kind is Kind.TIME else 0.0,
        "has_name": kind if told.kind is Kind.NAME else 0.0,
    }


def _meaning(told: _Told, whole: float, each: Sequence[float]) -> dict[str, float]:
    """How near the question's words are to a sentence's, each to the nearest."""
    if not each:
        return {"near": whole, "near_words": 0.0, "near_all": 0.0, "near_two": 0.0, "near_one": 0.0}
    most = [each[at] for at in told.most]
    return {
        "near": whole,
        "near_words": sum(one * weight for one, weight in zip(each, told.tokens, strict=True)) / told.all_tokens,
        "near_all": sum(each) / len(each),
        "near_two": sum(most) / len(most),
        "near_one": most[0],
    }


def _placed(piece: Piece, hit: Hit) -> dict[str, float]:
    return {
        "first": float(piece.place == 0),
        "second": float(piece.place == 1),
        "third": float(piece.place == 2),
        "begins": float(piece.start == 0),
        "length": min(len(piece.text), _LONG) / _LONG,
        "short": float(len(piece.text) < _SHORT),
        "of_similarity": hit.similarity or 0.0,
        "of_close": hit.close,
        "of_covered": hit.covered,
    }


def share(telling: Telling, there: frozenset[str]) -> float:
    """The share of a question's words that are there, each by what it tells."""
    total = sum(weight for _, weight in telling)
    held = sum(weight for forms, weight in telling if any(form in there for form in forms))
    return held / total if total else 0.0
