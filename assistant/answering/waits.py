"""What earlier answers took, so that the wait for the next one can be told before it begins."""

from __future__ import annotations

import statistics
from collections import deque
from typing import Final

from assistant.answering.written import Written
from assistant.values import Speed

_LAST: Final = 5
"""Answers that are gone by: few, since the machine may be busier or cooler than a while ago, and one may mislead."""
_NEWEST: Final = 3
"""Of these, as many tell how fast the machine is just now."""
_SHORT: Final = (16, 64)
"""Up to so many tokens a prompt takes longer to read for each than long ones do: they are learned apart."""
_SLOWER: Final = (1.25, 1.5)
"""How much longer, before that was learned."""
_TWICE: Final = 2500.0
"""So far into a window a token takes twice as long to read as at its beginning, for a start: with the shipped model on
one core it was 2,000 to 2,500 tokens; attention looks at every token that came before."""
_DOUBT: Final = 0.03
"""Weight of that, against 1 for each answer."""


class _Middle:
    """The median of the last few values; a guess is one of them until there are enough."""

    def __init__(self, guess: float) -> None:
        self._last = deque([guess], _LAST)

    @property
    def value(self) -> float:
        return statistics.median(self._last)

    def add(self, newest: float) -> None:
        self._last.append(newest)


class _Pace:
    """Seconds that a token takes to be read, by how many stand before it."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque(maxlen=_LAST)  # tokens before the middle one, seconds for each

    def add(self, unread: int, cached: int, seconds: float) -> None:
        """Learn from tokens that were read behind `cached` others."""
        self._seen.append((cached + unread / 2, seconds / unread))

    def seconds(self, unread: int, cached: int, speed: Speed) -> float:
        """What it takes to read so many; by the speed alone where nothing was learned yet."""
        if not self._seen:
            return unread / speed.read
        growth = self._growth()
        newest = list(self._seen)[-_NEWEST:]
        first = statistics.median(each / (1 + growth * before) for before, each in newest)
        return unread * first * (1 + growth * (cached + unread / 2))

    def _growth(self) -> float:
        """By which share of the first token's time a token takes longer for each before it.

        Of the straight line that misses the shares least (least squares), towards `_TWICE` where little is known.
        """
        usual = statistics.median(each for _, each in self._seen)
        rows = [(usual / each, usual * before / each, 1.0, 1.0) for before, each in self._seen]
        rows.append((-1.0, _TWICE, 0.0, _DOUBT))
        aa, ab, bb = (sum(weight * row[i] * row[j] for *row, weight in rows) for i, j in ((0, 0), (0, 1), (1, 1)))
        at, bt = (sum(weight * row[i] * row[2] for *row, weight in rows) for i in (0, 1))
        level, slope = at * bb - bt * ab, bt * aa - at * ab  # each times the same determinant
        return max(0.0, slope / level) if level > 0 else 1 / _TWICE


class Waits:
    """Learns from answers, from this start of Privet on."""

    def __init__(self) -> None:
        self._retrieval = _Middle(0.15)
        self._around = _Middle(0.01)  # seconds that are neither search nor reading
        # Tokens of the prompt for each of the embedder's; with what stands around a passage.
        self._per_expected = _Middle(1.25)
        self._model = ""
        self._learn_anew()

    def begin(self, model: str) -> None:
        """Speak of this model from now on; how long another one took to read is forgotten."""
        if model != self._model:
            self._model = model
            self._learn_anew()

    def passages(self, expected: float) -> int:
        """Tokens that passages will take in a prompt. expected: in the embedder's, as `Finding.expected`."""
        return round(expected * self._per_expected.value)

    def first_word(self, unread: int, cached: int, speed: Speed, *, documents: bool) -> float:
        """Seconds until the first word. unread: tokens of the prompt that have to be read, behind the `cached`."""
        search = self._retrieval.value if documents else 0.0
        reading = self._reading(unread, cached, speed)
        short = _class(unread)
        return search + self._around.value + (reading if short is None else reading * self._slower[short].value)

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
        unread, cached = cost.prompt_tokens - cost.cached_tokens, cost.cached_tokens
        if speed is None or not cost.read_seconds:
            return
        short = _class(unread)
        if short is None:
            self._pace.add(unread - 1, cached, max(cost.read_seconds - 1 / speed.write, cost.read_seconds / 2))
        else:
            self._slower[short].add(cost.read_seconds / self._reading(unread, cached, speed))

    def _reading(self, unread: int, cached: int, speed: Speed) -> float:
        """The last token of a prompt is read by itself, as slowly as one is written."""
        return self._pace.seconds(max(0, unread - 1), cached, speed) + 1 / speed.write

    def _learn_anew(self) -> None:
        self._pace = _Pace()
        self._slower = [_Middle(guess) for guess in _SLOWER]


def _class(unread: int) -> int | None:
    """Which of the short ones it is; None for a long one."""
    return next((place for place, limit in enumerate(_SHORT) if unread <= limit), None)
