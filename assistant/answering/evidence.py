"""Which sentence of the passages answers a question, and whether any does: by rules whose weights are data."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from typing import Final

from assistant.answering.features import Piece, pieces_of, read_together, rows_of
from assistant.answering.kinds import counted
from assistant.answering.spans import NEVER, Asked, Sentence, Telling, Weighed
from assistant.embedding import Nearness, Reading
from assistant.retrieval import language, terms
from assistant.values import Hit

Near = Callable[[str, Sequence[str], Sequence[tuple[int, int, int]]], Nearness | None]
"""As `Embedder.near`; raises nothing, None where meaning can't be told just now."""
Read = Callable[[str, Sequence[str]], Sequence[Reading] | None]
"""As `Embedder.read`; raises nothing, None where there is no reader just now."""
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
_RULES: Final = ("sentence", "answerable", "answerable among few")
_READ: Final = ("read", "read_span", "read_both")
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


def weigh(
    question: str, hits: Sequence[Hit], telling: Telling, near: Near, read: Read | None = None
) -> Evidence | None:
    """Weigh the sentences of the best hits. None where their meaning can't be told.

    read: for a reader's part in it; what it can't read, since it was learned on English only, is weighed without.
    """
    readings = readings_of(question, [hit.passage.text for hit in hits[:WEIGHED]], read)
    seen = look(question, hits, telling, near, readings)
    if not seen:
        return None
    rules = rules_of(readings)
    scores = [score(one, rules["sentence"]) for one in seen]
    chosen: dict[int, Answering] = {}
    for one, points in zip(seen, scores, strict=True):
        held = chosen.get(one.place)
        if held is None or points > held.score:
            span = (one.start + one.span.start, one.start + one.span.end) if one.span else (0, 0)
            chosen[one.place] = Answering(one.place, one.start, one.end, points, *span)
    told = about(question, seen, scores, hits, telling, readings)
    # Where there are few passages, none can be far ahead of the others: a rule of its own was learned for that.
    rule = rules["answerable" if len(hits) >= WEIGHED else "answerable among few"]
    sureness = 1 / (1 + math.exp(-_dot(rule, told) - UNCOUNTED * told["uncounted"]))
    return Evidence(tuple(chosen[place] for place in sorted(chosen)), sureness)


def readings_of(question: str, texts: Sequence[str], read: Read | None) -> Sequence[Reading]:
    """Passages as a reader reads them; none where it can't."""
    if read is None or any(language(text) != "english" for text in (question, *texts)):
        return ()
    return read(question, texts) or ()


def look(
    question: str, hits: Sequence[Hit], telling: Telling, near: Near, readings: Sequence[Reading] = ()
) -> list[Seen]:
    """The sentences that may answer, with their features; none where their meaning can't be told."""
    pieces = [piece for place, hit in enumerate(hits[:_PASSAGES]) for piece in pieces_of(place, hit)][:_MOST_SENTENCES]
    found = near(question, *read_together(pieces, hits)) if pieces else None
    if found is None:
        return []
    rows = rows_of(question, pieces, hits, telling, found)
    asked = Asked.of(question, telling)
    seen = []
    for at in _closely(pieces, rows, readings):
        piece = pieces[at]
        whole = readings[piece.place] if readings else None
        span, told = spanned(asked, piece.text, piece.language or "english", piece.start, whole)
        seen.append(Seen(piece.place, piece.start, piece.end, piece.text, span, rows[at] | told))
    set_against(seen)
    return seen


def spanned(
    asked: Asked, text: str, name: str, start: int, whole: Reading | None
) -> tuple[Weighed | None, dict[str, float]]:
    """The best span of a sentence, and what the spans and a reader tell of it. start: of it in its passage.

    name: of its language. whole: its passage as a reader read it.
    """
    ranked = Sentence(asked, text, name).ranked(partial(likely, whole, start) if whole else None)
    best = ranked[0].score if ranked else -_SCALE
    spread = sum(math.exp(one.score - best) for one in ranked[:_LIKELY_SPANS]) or 1.0
    told = {"span": best / _SCALE, "spans": (best + math.log(spread)) / _SCALE}
    if whole:
        pointed = whole.best(start, start + len(text))
        most = max(NEVER, pointed.score) if pointed else NEVER
        numbers = (whole.answerable, most, whole.answerable + most)
        told |= {name: value / _SCALE for name, value in zip(_READ, numbers, strict=True)}
    return ranked[0] if ranked else None, told


def set_against(seen: Sequence[Seen]) -> None:
    """Add to each how far it is behind the best, by its spans and by a reader."""
    for name in ("span", "spans", *_READ):
        most = max((one.row[name] for one in seen if name in one.row), default=None)
        for one in seen:
            if most is not None:
                one.row[f"behind_{name}"] = one.row[name] - most


def rules_of(readings: Sequence[Reading]) -> dict[str, dict[str, float]]:
    """The rules to weigh with: others were learned for what a reader has read."""
    rules = _weights()
    return {name: rules[f"{name}, read" if readings else name] for name in _RULES}


def score(one: Seen, rule: Mapping[str, float]) -> float:
    """How likely it is that this sentence answers, against the others."""
    return _dot(rule, one.row)


def likely(whole: Reading, at: int, start: int, end: int) -> float | None:
    """What a reader says of words of a sentence that begins at `at` in its passage; None for words it did not read."""
    return whole.score(at + start, at + end)


def about(
    question: str,
    seen: Sequence[Seen],
    scores: Sequence[float],
    hits: Sequence[Hit],
    telling: Telling,
    readings: Sequence[Reading] = (),
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
        **(_whether([one.answerable / _SCALE for one in readings]) if readings else {}),
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


def _whether(answerable: Sequence[float]) -> dict[str, float]:
    """What a reader tells of all that it has read: how likely the best of it answers, and how far that is ahead."""
    first, *others = sorted(answerable, reverse=True)
    return {"most_read": first, "read_ahead": first - _mean(others), "read_second": others[0] if others else -2.0}


def _closely(pieces: Sequence[Piece], rows: Sequence[dict[str, float]], readings: Sequence[Reading]) -> list[int]:
    """Which sentences are looked at closely, in their order."""
    looked = sorted(range(len(rows)), key=lambda at: -_first_look(rows[at]))
    each = {pieces[at].place: at for at in reversed(looked)}
    found = [whole.best(0, sys.maxsize) for whole in readings]
    read = [
        at
        for at, piece in enumerate(pieces)
        if readings and (best := found[piece.place]) and piece.start <= best.start < piece.end
    ]
    return sorted({*looked[:_CLOSELY], *each.values(), *read})


def _first_look(row: dict[str, float]) -> float:
    return row["near_all"] + row["near_words"] + row["share"] + 0.5 * row["share_around"]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _dot(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    return sum(weight * values[name] for name, weight in weights.items())


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, float]]:
    read: dict[str, dict[str, float]] = json.loads(
        files("assistant.answering").joinpath("answerable.json").read_text(encoding="utf-8")
    )
    return read
