"""Tells when an answer goes round in circles: what was just written stands there three times running; pure."""

from __future__ import annotations

from typing import Final

_KEY: Final = 48
"""Letters from the end that are looked for further up."""
_REMEMBERED: Final = 6_000
_EVERY: Final = 16
"""Letters after which it is looked again."""
_COPIES: Final = 3
_LEAST: Final = 240
"""Letters that the copies have together, so that short words may be written more often."""
_TRIED: Final = 4


class Circles:
    """What a model wrote lately. Small models at temperature 0 can fall into writing one paragraph for ever."""

    def __init__(self) -> None:
        self._text = ""
        self._new = 0

    def add(self, text: str) -> bool:
        """Take in a piece; True where the model repeats itself, word for word."""
        self._text = (self._text + text)[-_REMEMBERED:]
        self._new += len(text)
        if self._new < _EVERY:
            return False
        self._new = 0
        return self._circling()

    def _circling(self) -> bool:
        text = self._text
        key = text[-_KEY:]
        end = len(text) - 1
        for _ in range(_TRIED):
            at = text.rfind(key, 0, end)
            if at < 0:
                return False
            period = len(text) - _KEY - at
            length = max(_LEAST, _COPIES * period)
            # It has a period where it equals itself, moved by that.
            if length <= len(text) and text[-length:-period] == text[-length + period :]:
                return any(letter.isalpha() for letter in text[-period:])
            end = at + _KEY - 1
        return False
