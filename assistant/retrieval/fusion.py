"""Fuse ranked lists, and say how much of a question stands in a passage: pure, without any index."""

from __future__ import annotations

import operator
import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from assistant.values import PassageId

_WORD: Final = re.compile(r"[^\W_]+")
# Endings that English puts on a word without changing what it is about; the longest that fits is cut off.
_ENDINGS: Final = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ed", "es", "ly", "s", "e", "y")
_SHORTEST_STEM: Final = 3


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[PassageId]], k: int = 60, weights: Sequence[float] = ()
) -> list[tuple[PassageId, float]]:
    """Fuse ranked lists into one, best first.

    rankings: each list best first; a passage may be missing from some. k: rank offset (60 in
    Cormack, Clarke & Buettcher, SIGIR 2009). weights: of the lists, 1 each where none are given. Score of a passage:
    sum of weight / (k + rank), rank from 1.
    """
    scores: dict[PassageId, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, passage in enumerate(ranking, 1):
            scores[passage] = scores.get(passage, 0.0) + weight / (k + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def cosine(one: bytes, other: bytes) -> float | None:
    """The cosine of two vectors of unit length, float32 little-endian; None where their lengths differ."""
    return Pointing(one).cosine(floats(other))


class Pointing:
    """A vector of unit length that others are held against."""

    def __init__(self, vector: bytes) -> None:
        """vector: float32 little-endian."""
        self._numbers = floats(vector)

    def cosine(self, other: Sequence[float]) -> float | None:
        """The cosine with another vector of unit length; None where their lengths differ."""
        if len(self._numbers) != len(other) or not other:
            return None
        product: float = sum(map(operator.mul, self._numbers, other))
        return max(-1.0, min(1.0, product))


def shared_words(words: Sequence[str], text: str) -> float:
    """The share of `words` (a question's, case-folded) that stand in `text` in some form, 0 to 1."""
    if not words:
        return 0.0
    there = _stems(_WORD.findall(unicodedata.normalize("NFC", text).casefold()))
    return sum(_stem(word) in there for word in words) / len(words)


def floats(vector: bytes) -> tuple[float, ...]:
    """The numbers of a vector, float32 little-endian; none where its bytes are no whole numbers."""
    return struct.unpack(f"<{len(vector) // 4}f", vector) if len(vector) % 4 == 0 else ()


def _stems(words: Iterable[str]) -> set[str]:
    return {_stem(word) for word in words}


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word
