"""What the model has read and need not read again: states of earlier prompts, by the tokens they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.engine.prefix import common_prefix


@dataclass(frozen=True, slots=True)
class Kept:
    """The state of a sequence after `tokens`; opaque bytes of llama.cpp. adapters: in force when it was read."""

    tokens: tuple[int, ...]
    state: bytearray
    adapters: str = ""


class PrefixMemory:
    """States within `capacity` bytes; the one that was not used for the longest time leaves first."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: list[Kept] = []  # least recently used first

    @property
    def size(self) -> int:
        """Bytes held."""
        return sum(len(kept.state) for kept in self._kept)

    def __iter__(self) -> Iterator[Kept]:
        """The states, the one used last first."""
        return reversed(list(self._kept))

    def best(self, prompt: Sequence[int], adapters: str = "") -> tuple[Kept | None, int]:
        """The state with the longest common beginning, and its length in tokens; (None, 0) without any."""
        best, longest = None, 0
        for kept in self._kept:
            common = common_prefix(kept.tokens, prompt) if kept.adapters == adapters else 0
            if common > longest:
                best, longest = kept, common
        return best, longest

    def use(self, kept: Kept) -> None:
        """Remember that a state was needed, so that others leave before it; one that has left is not taken back."""
        others = [one for one in self._kept if one is not kept]
        if len(others) < len(self._kept):  # between being found and being used, another may have taken its room
            self._kept = [*others, kept]

    def holds(self, tokens: Sequence[int], adapters: str = "") -> bool:
        """True if a state covers `tokens` already."""
        return self.best(tokens, adapters)[1] == len(tokens)

    def fits(self, size: int) -> bool:
        """True if a state of this many bytes leaves room for another one of its kind."""
        return 2 * size <= self._capacity

    def keep(self, tokens: Sequence[int], state: bytearray, adapters: str = "") -> None:
        """Hold a state; states of its own beginnings leave, and old ones where there is no room."""
        if len(state) > self._capacity:
            return
        self._kept = [kept for kept in self._kept if not _begins(kept, tokens, adapters)]
        self._kept.append(Kept(tuple(tokens), state, adapters))
        while self.size > self._capacity:
            self._kept.pop(0)

    def clear(self) -> None:
        """Forget everything: the states belong to a model that is no longer loaded, or nobody may know them."""
        self._kept.clear()


def _begins(kept: Kept, tokens: Sequence[int], adapters: str) -> bool:
    return kept.adapters == adapters and common_prefix(kept.tokens, tokens) == len(kept.tokens)
