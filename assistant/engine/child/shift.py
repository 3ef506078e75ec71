"""Where a prompt goes on with something that was read at other positions: its oldest turns were left out."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.engine.prefix import common_prefix

_NEEDLE: Final = 16
"""Tokens that have to agree for a place to be looked at."""
_LOOKED_AT: Final = 64
"""Places looked at: a text that repeats itself has many that begin alike."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Drop read[first:last], and the prompt's first `known` tokens have been read."""

    first: int
    last: int
    known: int


def find(read: Sequence[int], wanted: Sequence[int], least: int) -> Shift | None:
    """The shift after which most of `wanted` is known; None where none saves `least` tokens.

    read: what the cache holds, position by position. wanted: the prompt. Looks for the longest stretch
    read[last:] that `wanted` goes on with after what both begin with.
    """
    first = common_prefix(read, wanted)
    if len(wanted) - first < max(least, _NEEDLE) or len(read) - first < max(least, _NEEDLE):
        return None
    rest = wanted[first:]
    lengths = {place: common_prefix(read[place:], rest) for place in _places(read, rest[:_NEEDLE], first + 1)}
    best = max(lengths, key=lambda place: lengths[place], default=None)
    if best is None or lengths[best] < least:
        return None
    return Shift(first, best, first + lengths[best])


def _places(read: Sequence[int], needle: Sequence[int], begin: int) -> Iterator[int]:
    """Where `needle` stands in `read` from `begin` on: the bytes of the tokens are searched, in C."""
    cells = array("i", read)
    text, wanted = cells.tobytes(), array("i", needle).tobytes()
    at, found = text.find(wanted, begin * cells.itemsize), 0
    while at >= 0 and found < _LOOKED_AT:
        if at % cells.itemsize == 0:
            yield at // cells.itemsize
            found += 1
        at = text.find(wanted, at + 1)
