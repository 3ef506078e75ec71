"""What an answer may go on with, looked up in what stands before it: the places where its last tokens came already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_PAIR: Final = 2
"""Tokens that have to agree before a place is looked at."""
_PLACES: Final = 8
"""Places, the latest, that are compared with one another."""
LONGEST: Final = 32
"""Tokens in common beyond which a place is no better."""


class Lookup:
    """Follows a place in prompt and answer that reads like the answer's end; what comes there is a good guess.

    Source of the idea: prompt lookup decoding (A. Saxena, 2023), a kind of speculative decoding (Leviathan et al.,
    ICML 2023) that needs no second model.
    """

    def __init__(self, said: Sequence[int]) -> None:
        """said: the prompt's tokens."""
        self._said: list[int] = []
        self._after: dict[tuple[int, int], list[int]] = {}
        self._at: int | None = None
        self._common = 0
        for token in said:
            self._append(token)
        self._search()

    @property
    def common(self) -> int:
        """How many tokens before the place and at the end agree; 0 where no place was found."""
        return self._common if self._at is not None else 0

    @property
    def next(self) -> int | None:
        """The token that is guessed, None where nothing is."""
        return None if self._at is None else self._said[self._at]

    def guess(self, count: int) -> list[int]:
        """At most `count` tokens that may come. Where the place runs into the end, it is gone through again."""
        if self._at is None:
            return []
        period = len(self._said) - self._at
        return [self._said[self._at + step % period] for step in range(count)]

    def add(self, token: int) -> None:
        """The answer went on with `token`."""
        followed = token == self.next
        self._append(token)
        if followed and self._at is not None:
            self._at += 1
            self._common = min(self._common + 1, LONGEST)
        else:
            self._search()

    def _append(self, token: int) -> None:
        if self._said:
            self._after.setdefault((self._said[-1], token), []).append(len(self._said) + 1)
        self._said.append(token)

    def _search(self) -> None:
        """Find the place with most in common with the end, the latest of several."""
        self._at, self._common = None, 0
        end = len(self._said)
        if end < _PAIR:
            return
        places = self._after.get((self._said[-2], self._said[-1]), [])
        # The last place is the end itself.
        for place in reversed(places[-1 - _PLACES : -1]):
            common = _PAIR
            while common < min(place, LONGEST) and self._said[place - 1 - common] == self._said[end - 1 - common]:
                common += 1
            if common > self._common:
                self._at, self._common = place, common
