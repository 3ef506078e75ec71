"""Spaces that a recogniser left out, told by the gaps between letters on the picture of a line; pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

Line = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
"""A line of text cut out of a page: rows, columns and colours, 0 to 255."""

_GAP: Final = 0.15  # of a line's height: no gap that is narrower parts words
_WIDE: Final = 0.2  # of a line's height, at least, is the mean gap between words; a single word has none
_APART: Final = 1.8  # times the mean gap between letters, at least, is that between words
_NEAR: Final = 0.6  # of a line's height: how far a recognised space may be from the gap that it is
_CLOSING: Final = ",.;:!?)]}%\u2019\u201d"
_INK: Final = 0.25  # of the strongest contrast on the line; thin strokes are pale
_LEAST_CONTRAST: Final = 30
_ROUNDS: Final = 10
_NO_SPACES: Final = (("\u2e80", "\u9fff"), ("\uac00", "\ud7af"), ("\uf900", "\ufaff"), ("\uff00", "\uffef"))


def with_spaces(line: Line, text: str, places: Sequence[float]) -> str:
    """`text` with a space at each wide gap of the picture that has none yet.

    places: of each character, about where its middle is, 0 (left edge) to 1.
    """
    if len(places) != len(text) or len(text) < 2:
        return text
    height, width = line.shape[:2]
    spaces = [place * width for letter, place in zip(text, places, strict=True) if letter.isspace()]
    after: set[int] = set()
    for gap in gaps(line):
        nearest = min(spaces, key=lambda space: abs(space - gap), default=None)
        if nearest is not None and abs(nearest - gap) <= _NEAR * height:
            spaces.remove(nearest)
            continue
        at = _between(text, places, gap / width)
        if at is not None and _has_spaces(text[at : at + 2]):
            after.add(at)
    return "".join(letter + (" " if at in after else "") for at, letter in enumerate(text))


def gaps(line: Line) -> Iterator[float]:
    """The middles of the gaps between words, in points from the left edge."""
    grey = line.mean(axis=2) if line.ndim == 3 else line.astype(float)
    contrast = np.abs(grey - np.median(grey)).max(axis=0)  # of each column; most of a line is its background
    strongest = float(contrast.max(initial=0.0))
    if strongest < _LEAST_CONTRAST:
        return
    inked = np.flatnonzero(contrast > _INK * strongest)
    widths = np.diff(inked)
    least = _least(sorted(int(width) for width in widths if width > 1), line.shape[0])
    for at in np.flatnonzero(widths >= least) if least else ():
        yield float(inked[at] + inked[at + 1]) / 2


def _least(widths: Sequence[int], height: float) -> float:
    """From which width on a gap parts words: half way between the means of two groups; 0 where there are not two."""
    if len(widths) < 2:
        return 0.0
    least = (widths[0] + widths[-1]) / 2
    narrow, wide = [], list(widths)
    for _ in range(_ROUNDS):
        narrow, wide = [one for one in widths if one < least], [one for one in widths if one >= least]
        if not narrow or not wide:
            return 0.0
        least = (statistics.fmean(narrow) + statistics.fmean(wide)) / 2
    apart = statistics.fmean(wide) >= max(_APART * statistics.fmean(narrow), _WIDE * height)
    return max(least, _GAP * height) if apart else 0.0


def _between(text: str, places: Sequence[float], gap: float) -> int | None:
    """The character after which a gap lies: of those around it, the one with the most room behind it."""
    before = sum(place < gap for place in places) - 1
    around = [
        at
        for at in (before - 1, before, before + 1)
        if 0 <= at < len(places) - 1
        and not (text[at].isspace() or text[at + 1].isspace())
        and text[at + 1] not in _CLOSING
    ]
    if not around:
        return None
    return max(around, key=lambda at: (places[at + 1] - places[at]) - abs((places[at] + places[at + 1]) / 2 - gap))


def _has_spaces(letters: str) -> bool:
    """False where one of the letters is of a script that is written without spaces."""
    return not any(first <= letter <= last for letter in letters for first, last in _NO_SPACES)
