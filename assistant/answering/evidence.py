"""Which sentence of the passages answers a question, and whether any does: by a rule whose weights are data."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from assistant.answering.kinds import has, kind_of
from assistant.ingestion import sentence_spans
from assistant.retrieval import cosine, language, terms
from assistant.values import Hit

EmbedAll = Callable[[Sequence[str]], Sequence[bytes]]
"""Texts to vectors of unit length, float32 little-endian; b"" or [] where meaning can't be told just now."""
Telling = Sequence[tuple[tuple[str, ...], float]]
"""The words of a question: the forms of each, and how much it tells."""

_PASSAGES: Final = 4  # whose sentences are weighed
_LONG: Final = 300  # characters
_MOST_SENTENCES: Final = 64


@dataclass(frozen=True, slots=True)
class Answering:
    """The sentence of a passage that answers best. place: the passage's, from 0. start, end: in its text."""

    place: int
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best sentence of each passage, and how sure it is that one of them answers, 0 to 1."""

    sentences: tuple[Answering, ...]
    sureness: float


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    start: int
    end: int
    text: str
    terms: frozenset[str]


def weigh(question: str, vector: bytes, hits: Sequence[Hit], telling: Telling, embed: EmbedAll) -> Evidence | None:
    """Weigh the sentences of the best hits. vector: the question's. None where their meaning can't be told."""
    sentences = [sentence for place, hit in enumerate(hits[:_PASSAGES]) for sentence in _sentences(place, hit)]
    sentences = sentences[:_MOST_SENTENCES]
    if not sentences or not vector:
        return None
    vectors = embed([sentence.text for sentence in sentences])
    near = [cosine(vector, own) for own in vectors]
    if len(near) != len(sentences) or any(one is None for one in near):
        return None
    rows = [
        _features(question, sentence, around, similarity or 0.0, telling)
        for sentence, around, similarity in zip(sentences, _around(sentences), near, strict=True)
    ]
    scores = [_dot(_weights()["sentence"], row) for row in rows]
    best = max(range(len(scores)), key=scores.__getitem__)
    chosen: dict[int, Answering] = {}
    for sentence, score in zip(sentences, scores, strict=True):
        held = chosen.get(sentence.place)
        if held is None or score > held.score:
            chosen[sentence.place] = Answering(sentence.place, sentence.start, sentence.end, score)
    told = {
        **rows[best],
        "bias": 1.0,
        "margin": scores[best] - sum(scores) / len(scores),
        "covered": hits[0].covered,
        "most_covered": max(hit.covered for hit in hits[:_PASSAGES]),
        "passage_similarity": hits[0].similarity or 0.0,
    }
    sureness = 1 / (1 + math.exp(-_dot(_weights()["answerable"], told)))
    return Evidence(tuple(chosen[place] for place in sorted(chosen)), sureness)


def _sentences(place: int, hit: Hit) -> list[_Sentence]:
    text = hit.passage.text
    name = language(text)
    return [
        _Sentence(place, start, end, text[start:end], frozenset(terms(text[start:end], name)))
        for start, end in sentence_spans(text)
    ]


def _around(sentences: Sequence[_Sentence]) -> list[frozenset[str]]:
    """The terms of each sentence and its neighbours in the same passage."""
    around = [sentence.terms for sentence in sentences]
    for at, (one, other) in enumerate(pairwise(sentences)):
        if one.place == other.place:
            around[at] |= other.terms
            around[at + 1] |= one.terms
    return around


def _features(
    question: str, sentence: _Sentence, around: frozenset[str], similarity: float, telling: Telling
) -> dict[str, float]:
    share = _share(telling, sentence.terms)
    return {
        "similarity": similarity,
        "share": share,
        "share_around": _share(telling, around),
        "kind": has(kind_of(question), question, sentence.text),
        "first": float(sentence.place == 0),
        "second": float(sentence.place == 1),
        "third": float(sentence.place == 2),
        "length": min(len(sentence.text), _LONG) / _LONG,
        "both": similarity * share,
    }


def _share(telling: Telling, there: frozenset[str]) -> float:
    total = sum(weight for _, weight in telling)
    held = sum(weight for forms, weight in telling if any(form in there for form in forms))
    return held / total if total else 0.0


def _dot(weights: dict[str, float], values: dict[str, float]) -> float:
    return sum(weight * values[name] for name, weight in weights.items())


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, float]]:
    read: dict[str, dict[str, float]] = json.loads(
        files("assistant.answering").joinpath("answerable.json").read_text(encoding="utf-8")
    )
    return read
