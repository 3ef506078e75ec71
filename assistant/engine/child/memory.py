"""What the model has read and need not read again: states of earlier prompts, by the tokens they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_WORTH_KEEPING = 64
"""Tokens; reading fewer again costs less than copying their state."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The state of a sequence after `tokens`; opaque bytes of llama.cpp."""

    tokens: tuple[int, ...]
    state: bytearray


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two sequences begin with alike."""
    length = min(len(one), len(other))
    # Halving finds the place with slices compared in C, where a loop would look at every token in Python.
    low, high = 0, length
    while low < high:
        middle = (low + high + 1) // 2
        if list(one[low:middle]) == list(other[low:middle]):
            low = middle
        else:
            high = middle - 1
    return low


class PrefixMemory:
    """States within `capacity` bytes; the one that was not used for the longest time leaves first."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: list[Kept] = []  # least recently used first

    @property
    def size(self) -> int:
        """Bytes held."""
        return sum(len(kept.state) for kept in self._kept)

    def best(self, prompt: Sequence[int]) -> tuple[Kept | None, int]:
        """The state with the longest common beginning, and its length in tokens; (None, 0) without any."""
        best, longest = None, 0
        for kept in self._kept:
            common = common_prefix(kept.tokens, prompt)
            if common > longest:
                best, longest = kept, common
        if best is not None:
            self._kept.remove(best)
            self._kept.append(best)
        return best, longest

    def holds(self, tokens: Sequence[int]) -> bool:
        """True if a state covers `tokens` already, or they are too few to be worth one."""
        return len(tokens) < _WORTH_KEEPING or any(
            common_prefix(kept.tokens, tokens) == len(tokens) for kept in self._kept
        )

    def keep(self, tokens: Sequence[int], state: bytearray) -> None:
        """Hold a state; states of its own beginnings leave, and old ones where there is no room."""
        if len(state) > self._capacity:
            return
        self._kept = [kept for kept in self._kept if common_prefix(kept.tokens, tokens) < len(kept.tokens)]
        self._kept.append(Kept(tuple(tokens), state))
        while self.size > self._capacity:
            self._kept.pop(0)

    def clear(self) -> None:
        """Forget everything: the states belong to a model that is no longer loaded."""
        self._kept.clear()
