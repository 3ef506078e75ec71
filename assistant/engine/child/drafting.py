"""Whether a guess is worth a try, and how long it should be: from how often guesses were right and what rows cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from assistant.engine.child.lookup import LONGEST, Lookup

ROWS: Final = (2, 4, 8, 16, 32)
"""Sizes of batches whose cost is measured. 64 rows and more go another way through flash attention."""
_SHARE: Final = 0.02
"""Of the steps an answer takes, what wrong guesses may cost it: below the 0.03 that is promised."""
_FIRST: Final = 2.0
"""Steps that may be lost before there was time to win any; 0.03 of an answer of 70 tokens."""
_REMEMBERED: Final = 64
"""Guesses of a kind after which older ones count half: an answer changes between quoting and telling."""
_BEFORE: Final = (0.0, 0.0, 0.4, 0.7, 0.9, 0.95, 0.97)
"""How often guesses of each kind were right in answers of the embedded model that quoted its passages or told a story
(84 with two tokens in common, 40 with three, 323 with more); it counts as one guess that was seen."""


class Drafting:
    """Guesses how an answer goes on, and learns from each of its tokens, tried or not, whether that was right.

    Everything here follows from the tokens and the measured costs, not from the clock: the same prompt and seed
    are drafted for in the same way.
    """

    def __init__(self, said: Sequence[int], costs: Sequence[float]) -> None:
        """said: the prompt's tokens. costs: of a batch of each size in ROWS, in single steps; empty: no drafts."""
        self._lookup = Lookup(said) if costs else None
        self._costs = _costs(costs) if costs else []
        self._odds = _Odds()
        self._written = 0
        self._won = 0.0  # steps, less those lost
        self.steps = 0
        """Batches and single steps that were read."""

    def add(self, token: int) -> None:
        """The answer went on with `token`."""
        if self._lookup is None:
            return
        self._written += 1
        if self._lookup.next is not None:
            self._odds.learn(self._lookup.common, token == self._lookup.next)
        self._lookup.add(token)

    def draft(self, room: int) -> list[int]:
        """The tokens to try behind the one that is to be read, none where that would not pay. room: at most."""
        if self._lookup is None or self._lookup.next is None:
            return []
        best, fastest = 0, 1.0
        all_right, gained = 1.0, 1.0
        allowed = self._won + _FIRST + _SHARE * self._written
        for count in range(1, min(room, len(self._costs) - 2) + 1):
            cost = self._costs[count + 1]
            if cost - 1 > allowed:
                break  # all of them may be wrong
            all_right *= self._odds.right(self._lookup.common + count - 1)
            gained += all_right
            if gained / cost > fastest:
                best, fastest = count, gained / cost
        return self._lookup.guess(best)

    def tried(self, drafted: int, right: int) -> None:
        """`drafted` tokens were read with the one before them; the first `right` of them were right."""
        self.steps += 1
        if drafted:
            self._won += right + 1 - self._costs[drafted + 1]


class _Odds:
    """How often the next token was guessed, by how many tokens before it agreed."""

    def __init__(self) -> None:
        kinds = LONGEST.bit_length() + 1
        self._seen = [0.0] * kinds
        self._right = [0.0] * kinds

    def learn(self, common: int, right: bool) -> None:
        kind = _kind(common)
        if self._seen[kind] >= _REMEMBERED:
            self._seen[kind] /= 2
            self._right[kind] /= 2
        self._seen[kind] += 1
        self._right[kind] += right

    def right(self, common: int) -> float:
        """The probability that a guess is right: of those with as much in common, and no less than with less."""
        likely = 0.0
        for kind in range(_kind(common) + 1):
            likely = (self._right[kind] + max(likely, _BEFORE[kind])) / (self._seen[kind] + 1)
        return likely


def _kind(common: int) -> int:
    """0 for nothing in common, then one for each doubling."""
    return min(common, LONGEST).bit_length()


def _costs(measured: Sequence[float]) -> list[float]:
    """The cost of a batch of so many rows, by their number: in between on a straight line, and never falling."""
    known = [(1, 1.0), *zip(ROWS, measured, strict=False)]
    costs = [0.0, 1.0]
    for (low, cheap), (high, dear) in pairwise(known):
        dear = max(dear, cheap)
        costs += [cheap + (dear - cheap) * (rows - low) / (high - low) for rows in range(low + 1, high + 1)]
    return costs
