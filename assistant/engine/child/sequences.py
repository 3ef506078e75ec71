"""What is put aside inside the context: sequences too large for a copy in memory, sharing cells with the live one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.engine.child.llama import Context
from assistant.engine.prefix import common_prefix

LIVE: Final = 0
"""The sequence that is read and written."""
_PARKED: Final = range(1, 8)
TEMPORARY: Final = range(8, 16)
"""Sequences for several answers at once; empty in between."""
_SHARE: Final = 4
"""Cells that are not the live sequence's: at most one in so many. They cost time at every token (measured on the
embedded model: 256 of them 5 %, 1,300 of them 25 %), which is little only for the large models this is for."""


@dataclass(slots=True)
class Parked:
    """A sequence that is not live. shared: so many of its first tokens lie in the live sequence's cells."""

    number: int
    tokens: tuple[int, ...]
    shared: int

    @property
    def own(self) -> int:
        """Cells that are there for this sequence alone, at most."""
        return len(self.tokens) - self.shared


class ParkedSequences:
    """Sequences put aside in a context; the one not used for the longest time leaves first."""

    def __init__(self) -> None:
        self._parked: list[Parked] = []  # least recently used first

    @property
    def own(self) -> int:
        """Cells that are not the live sequence's, at most."""
        return sum(parked.own for parked in self._parked)

    def best(self, wanted: Sequence[int]) -> tuple[Parked | None, int]:
        """The one with the longest common beginning, and its length in tokens; (None, 0) without any."""
        lengths = [(common_prefix(parked.tokens, wanted), parked) for parked in self._parked]
        length, best = max(lengths, key=lambda pair: pair[0], default=(0, None))
        return (best, length) if length else (None, 0)

    def park(self, context: Context, tokens: Sequence[int], shared: int) -> None:
        """Put the live sequence aside, of which the first `shared` tokens stay live."""
        if len(tokens) - shared > context.size // _SHARE:
            return
        for begun in [parked for parked in self._parked if tuple(tokens[: len(parked.tokens)]) == parked.tokens]:
            self._drop(context, begun)
        free = set(_PARKED) - {parked.number for parked in self._parked}
        if not free:
            free = {self._drop(context, self._parked[0])}
        number = min(free)
        context.copy_sequence(LIVE, number)
        self._parked.append(Parked(number, tuple(tokens), shared))
        self.make_room(context, context.size - context.size // _SHARE)

    def wake(self, context: Context, parked: Parked, length: int) -> None:
        """Make the first `length` tokens of one the live sequence."""
        context.copy_sequence(parked.number, LIVE, length)
        self.cut(0)
        parked.shared = length
        self._parked.remove(parked)
        self._parked.append(parked)

    def cut(self, length: int) -> None:
        """The live sequence has kept no more than its first `length` tokens."""
        for parked in self._parked:
            parked.shared = min(parked.shared, length)

    def make_room(self, context: Context, live: int) -> None:
        """Let the oldest go until the live sequence can have `live` cells."""
        while self._parked and live + self.own > context.size:
            self._drop(context, self._parked[0])

    def clear(self, context: Context) -> None:
        """Let all go."""
        while self._parked:
            self._drop(context, self._parked[0])

    def _drop(self, context: Context, parked: Parked) -> int:
        context.forget_from(0, parked.number)
        self._parked.remove(parked)
        return parked.number
