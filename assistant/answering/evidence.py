"""Which sentence of the passages answers a question, and whether any does: by rules whose weights are data."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from assistant.answering.features import Piece, pieces_of, read_together, rows_of
from assistant.answering.kinds import counted
from assistant.answering.spans import Asked, Sentence, Telling, Weighed
from assistant.embedding import Nearness
from assistant.retrieval import language, terms
from assistant.values import Hit

Near = Callable[[str, Sequence[str], Sequence[tuple[int, int, int]]], Nearness | None]
"""As `Embedder.near`; raises nothing, None where meaning can't be told just now."""
WEIGHED: Final = 6
"""Passages that are looked at: how far the first are ahead of the others tells whether they answer."""

UNCOUNTED: Final = -1.3
"""What is to be counted ("how many rooms") is not in the passage for .13 of the questions that it answers, and for .47
of the others (15 questions each): too few to learn a weight on, so the logarithm of that ratio."""

_PASSAGES: Final = 4  # whose sentences are weighed
_MOST_SENTENCES: Final = 64
_CLOSELY: Final = 8
"""Sentences whose spans are weighed, besides one of each passage."""
_LIKELY_SPANS: Final = 50
_SCALE: Final = 5.0
"""Of the scores of spans, so that all features are about of one size."""


@dataclass(frozen=True, slots=True)
class Answering:
    """The sentence of a passage that answers best. place: the passage's, from 0. start, end: in its text.

    span_start, span_end: the words in it that do, in the passage's text; 0, 0 where it has none.
    """

    place: int
    start: int
    end: int
    score: float
    span_start: int = 0
    span_end: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best sentence of each passage, and how sure it is that one of them answers, 0 to 1."""

    sentences: tuple[Answering, ...]
    sureness: float


@dataclass(frozen=True, slots=True)
class Seen:
    """A sentence that was looked at closely. span: the best of it, by its characters. row: its features."""

    place: int
    start: int
    end: int
    text: str
    span: Weighed | None
    row: dict[str, float]


def weigh(question: str, hits: Sequence[Hit], telling: Telling, near: Near) -> Evidence | None:
    """Weigh the sentences of the best hits. None where their meaning can't be told."""
    seen = look(question, hits, telling, near)
    if not seen:
        return None
    scores = [score(one) for one in seen]
    chosen: dict[int, Answering] = {}
    for one, points in zip(seen, scores, strict=True):
        held = chosen.get(one.place)
        if held is None or points > held.score:
            span = (one.start + one.span.start, one.start + one.span.end) if one.span else (0, 0)
            chosen[one.place] = Answering(one.place, one.start, one.end, points, *span)
    told = about(question, seen, scores, hits, telling)
    # Where there are few passages, none can be far ahead of the others: a rule of its own was learned for that.
    rule = _weights()["answerable" if len(hits) >= WEIGHED else "answerable among few"]
    sureness = 1 / (1 + math.exp(-_dot(rule, told) - UNCOUNTED * told["uncounted"]))
    return Evidence(tuple(chosen[place] for place in sorted(chosen)), sureness)


def look(question: str, hits: Sequence[Hit], telling: Telling, near: Near) -> list[Seen]:
    """The sentences that may answer, with their features; none where their meaning can't be told."""
    pieces = [piece for place, hit in enumerate(hits[:_PASSAGES]) for piece in pieces_of(place, hit)][:_MOST_SENTENCES]
    found = near(question, *read_together(pieces, hits)) if pieces else None
    if found is None:
        return []
    rows = rows_of(question, pieces, hits, telling, found)
    asked = Asked.of(question, telling)
    seen = []
    for at in _closely(pieces, rows):
        piece, row = pieces[at], rows[at]
        ranked = Sentence(asked, piece.text, piece.language or "english").ranked()
        best = ranked[0].score if ranked else -_SCALE
        spread = sum(math.exp(one.score - best) for one in ranked[:_LIKELY_SPANS]) or 1.0
        row |= {"span": best / _SCALE, "spans": (best + math.log(spread)) / _SCALE}
        seen.append(Seen(piece.place, piece.start, piece.end, piece.text, ranked[0] if ranked else None, row))
    for name in ("span", "spans"):
        most = max(one.row[name] for one in seen)
        for one in seen:
            one.row[f"behind_{name}"] = one.row[name] - most
    return seen


def score(one: Seen) -> float:
    """How likely it is that this sentence answers, against the others."""
    return _dot(_weights()["sentence"], one.row)


def about(
    question: str, seen: Sequence[Seen], scores: Sequence[float], hits: Sequence[Hit], telling: Telling
) -> dict[str, float]:
    """What tells whether anything answers: the best sentence, how far it is ahead, and what of the question is missing.

    The question's words that the best sentence's passage does not have tell most when they are rare.
    """
    at = max(range(len(scores)), key=scores.__getitem__)
    best = seen[at]
    others = [points for points, one in zip(scores, seen, strict=True) if one.place != best.place]
    similarity = [hit.similarity or 0.0 for hit in hits[:WEIGHED]]
    close, covered = [hit.close for hit in hits[:WEIGHED]], [hit.covered for hit in hits[:WEIGHED]]
    text = hits[best.place].passage.text
    there = frozenset(terms(text, language(text)))
    things = [terms(thing, language(text)) for thing in counted(question)]
    missing = [weight for forms, weight in telling if not any(form in there for form in forms)]
    weights = [weight for _, weight in telling] or [0.0]
    return {
        **best.row,
        "bias": 1.0,
        "uncounted": float(bool(things) and not any(there.issuperset(forms) for forms in things)),
        "only": float(len(hits) == 1),
        "score": scores[at],
        "margin": scores[at] - sum(scores) / len(scores),
        "ahead": scores[at] - max(others, default=min(scores)),
        "passage_similarity": similarity[0],
        "most_similarity": max(similarity),
        "similarity_ahead": similarity[0] - _mean(similarity[1:]),
        "covered": covered[0],
        "most_covered": max(covered),
        "covered_ahead": covered[0] - _mean(covered[1:]),
        "close": close[0],
        "most_close": max(close),
        "close_ahead": close[0] - _mean(close[1:]),
        "nearest_sentence": max(one.row["near"] for one in seen),
        "most_share": max(one.row["share"] for one in seen),
        "most_around": max(one.row["share_around"] for one in seen),
        "words": len(telling) / 10,
        "telling": _mean(weights) / 10,
        "most_telling": max(weights) / 10,
        "most_missing": max(missing, default=0.0) / 10,
        "missing": sum(missing) / (sum(weights) or 1.0),
        "similar_covered": similarity[0] * covered[0],
        "near_close": max(one.row["near"] for one in seen) * close[0],
    }


def _closely(pieces: Sequence[Piece], rows: Sequence[dict[str, float]]) -> list[int]:
    """Which sentences are looked at closely, in their order."""
    likely = sorted(range(len(rows)), key=lambda at: -_first_look(rows[at]))
    each = {pieces[at].place: at for at in reversed(likely)}
    return sorted({*likely[:_CLOSELY], *each.values()})


def _first_look(row: dict[str, float]) -> float:
    return row["near_all"] + row["near_words"] + row["share"] + 0.5 * row["share_around"]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _dot(weights: dict[str, float], values: dict[str, float]) -> float:
    return sum(weight * values[name] for name, weight in weights.items())


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, float]]:
    read: dict[str, dict[str, float]] = json.loads(
        files("assistant.answering").joinpath("answerable.json").read_text(encoding="utf-8")
    )
    return read
