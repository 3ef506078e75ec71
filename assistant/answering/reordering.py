"""Hits put in the order of a model's scores; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from assistant.values import Hit


class Ranks(Protocol):
    """Scores passages, as `assistant.models.Ordering` does."""

    @property
    def depth(self) -> int:
        """How many of the passages that were found are worth scoring; 0 where nobody scores."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Of the first texts, as many as there was time for; the higher, the better. None where the order stays."""


def reordered(hits: Sequence[Hit], scores: Sequence[float]) -> list[Hit]:
    """Those that have a score first, the best of them foremost; the others stay behind them in their order."""
    places = sorted(range(len(scores)), key=lambda at: -scores[at])
    order = [*places, *range(len(scores), len(hits))]
    # Where a hit stands is what its score tells: it goes with the place.
    return [replace(hits[at], score=hits[place].score) for place, at in enumerate(order)]


def text_of(hit: Hit) -> str:
    """A passage as it is scored: under its document's name and its headings, which say what its words are about."""
    return "\n".join((" > ".join((hit.document, *hit.passage.heading)), hit.passage.text))
