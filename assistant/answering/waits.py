"""What earlier answers took, so that the wait for the next one can be told before it begins."""

from __future__ import annotations

import statistics
from collections import deque
from typing import Final

from assistant.answering.written import Written
from assistant.values import Speed

_LAST: Final = 5
"""Answers that are gone by: few, since the machine may be busier or cooler than a while ago, and one may mislead."""
_SHORT: Final = (64, 256)
"""Up to so many tokens a prompt takes longer to read for each than the speed, measured on long ones, says."""


class _Middle:
    """The median of the last few values; a guess is one of them until there are enough."""

    def __init__(self, guess: float) -> None:
        self._last = deque([guess], _LAST)

    @property
    def value(self) -> float:
        return statistics.median(self._last)

    def add(self, newest: float) -> None:
        self._last.append(newest)


class Waits:
    """Learns from answers, from this start of Privet on."""

    def __init__(self) -> None:
        self._retrieval = _Middle(0.15)
        self._around = _Middle(0.01)  # seconds that are neither search nor reading
        self._slower = [_Middle(1.5), _Middle(1.2), _Middle(1.0)]  # than by the measured speed, by length
        # Tokens of the prompt for each of the embedder's; with what stands around a passage.
        self._per_expected = _Middle(1.25)

    def passages(self, expected: float) -> int:
        """Tokens that passages will take in a prompt. expected: in the embedder's, as `Finding.expected`."""
        return round(expected * self._per_expected.value)

    def first_word(self, unread: int, speed: Speed, *, documents: bool) -> float:
        """Seconds until the first word. unread: tokens of the prompt that have to be read."""
        search = self._retrieval.value if documents else 0.0
        return search + self._around.value + _reading(unread, speed) * self._slower[_class(unread)].value

    def answered(self, written: Written, documents: int, expected: float, speed: Speed | None) -> None:
        """Learn from an answer. documents: tokens of its passages in the prompt; expected: what was thought of them."""
        if written.retrieval_seconds:
            self._retrieval.add(written.retrieval_seconds)
        if documents and expected:
            self._per_expected.add(documents / expected)
        cost = written.generated
        if cost is None or written.first_token_seconds is None:
            return
        around = written.first_token_seconds - written.retrieval_seconds - cost.read_seconds
        self._around.add(max(0.0, around))
        unread = cost.prompt_tokens - cost.cached_tokens
        if speed is not None and cost.read_seconds:
            self._slower[_class(unread)].add(cost.read_seconds / _reading(unread, speed))


def _reading(unread: int, speed: Speed) -> float:
    """The last token of a prompt is read by itself, as slowly as one is written."""
    return max(0, unread - 1) / speed.read + 1 / speed.write


def _class(unread: int) -> int:
    return sum(unread > limit for limit in _SHORT)
