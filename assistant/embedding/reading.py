"""What a model that reads a passage with a question in mind finds: whether it answers, and with which words."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

LONGEST: Final = 24
"""Tokens of an answer: of SQuAD's (train-v1.1) .99 are no longer."""


@dataclass(frozen=True, slots=True)
class ReaderFiles:
    """A reader on the disk: `own`, a safetensors file with what it has learned, over the model in the folder `base`."""

    base: Path
    own: Path


@dataclass(frozen=True, slots=True)
class Pointed:
    """Words that may answer, by their characters. score: the logarithm of how likely they are among the passage's."""

    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Reading:
    """A passage as it was read for one question.

    answerable: the log-odds that it answers, as learned where half of the passages did. places: where its tokens
    stand in it, start and end in characters. starts, ends: a number a token, how well an answer begins or ends there.
    """

    answerable: float
    places: tuple[tuple[int, int], ...]
    starts: tuple[float, ...]
    ends: tuple[float, ...]

    def best(self, start: int, end: int) -> Pointed | None:
        """The likeliest words between two characters; None where none of them was read."""
        inside = [at for at, (first, last) in enumerate(self.places) if start <= first and last <= end]
        if not inside:
            return None
        found: tuple[float, int, int] | None = None
        stop = inside[-1] + 1
        for begin in inside:
            ends = self.ends[begin : min(stop, begin + LONGEST)]
            most = max(ends)
            if found is None or self.starts[begin] + most > found[0]:
                found = self.starts[begin] + most, begin, begin + ends.index(most)
        assert found is not None
        score, begin, last = found
        return Pointed(self.places[begin][0], self.places[last][1], score - self._whole)

    def score(self, start: int, end: int) -> float | None:
        """As `Pointed.score`, of these words; None where they do not begin and end with tokens that were read."""
        first, last = self._begins.get(start), self._lasts.get(end)
        if first is None or last is None or last < first:
            return None
        return self.starts[first] + self.ends[last] - self._whole

    @cached_property
    def _begins(self) -> dict[int, int]:
        return {start: at for at, (start, _) in reversed(list(enumerate(self.places)))}

    @cached_property
    def _lasts(self) -> dict[int, int]:
        return {end: at for at, (_, end) in enumerate(self.places)}

    @cached_property
    def _whole(self) -> float:
        return _log_sum(self.starts) + _log_sum(self.ends)


def read(places: Sequence[Sequence[Sequence[int]]], numbers: bytes) -> list[Reading] | None:
    """As the child sends it: float32, little-endian; of each text `answerable`, `starts`, `ends`. None for another."""
    values = array("f")
    if len(numbers) != 4 * sum(1 + 2 * len(text) for text in places):
        return None
    values.frombytes(numbers)
    if sys.byteorder == "big":
        values.byteswap()
    found, at = [], 0
    for text in places:
        count = len(text)
        starts, ends = values[at + 1 : at + 1 + count], values[at + 1 + count : at + 1 + 2 * count]
        where = tuple((int(start), int(end)) for start, end in text)
        found.append(Reading(values[at], where, tuple(starts), tuple(ends)))
        at += 1 + 2 * count
    return found


def _log_sum(values: Sequence[float]) -> float:
    most = max(values, default=0.0)
    return most + math.log(sum(math.exp(value - most) for value in values) or 1.0)
