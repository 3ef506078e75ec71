"""The order in which a page's lines are read, by the white space between them: columns first, then what is above; pure.

Source: the recursive X-Y cut (Nagy & Seth, ICPR 1984).
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Final

from assistant.ingestion.formats.lines import Line

_DEEPEST: Final = 60
_FEWEST_IN_COLUMN: Final = 3
_GUTTER: Final = 0.8  # times the height of a line: the least white space between two columns


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """The lines of a page as a person reads them: each column to its end, from left to right, under what spans them."""
    if not lines:
        return []
    return _cut(list(lines), statistics.median(line.top - line.bottom for line in lines), 0)


def _cut(lines: list[Line], height: float, depth: int) -> list[Line]:
    if len(lines) < 2 or depth > _DEEPEST:
        return _rows(lines, height)
    gutter = _gap(lines, lambda line: (line.left, line.right))
    if gutter is not None and gutter[1] >= _GUTTER * height:
        left = [line for line in lines if line.right <= gutter[0]]
        right = [line for line in lines if line.right > gutter[0]]
        if min(len(left), len(right)) >= _FEWEST_IN_COLUMN and _are_columns(left, right):
            return _cut(left, height, depth + 1) + _cut(right, height, depth + 1)
    band = _gap(lines, lambda line: (-line.top, -line.bottom))
    if band is not None and band[1] > 0:
        above = [line for line in lines if -line.bottom <= band[0]]
        below = [line for line in lines if -line.bottom > band[0]]
        return _cut(above, height, depth + 1) + _cut(below, height, depth + 1)
    return _rows(lines, height)


def _gap(lines: Sequence[Line], span: Callable[[Line], tuple[float, float]]) -> tuple[float, float] | None:
    """Where the widest gap between the lines begins, seen from one side, and how wide it is; None without any."""
    best: tuple[float, float] | None = None
    reached: float | None = None
    for start, end in sorted(map(span, lines)):
        if reached is not None and start > reached and (best is None or start - reached > best[1]):
            best = (reached, start - reached)
        reached = end if reached is None else max(reached, end)
    return best


def _are_columns(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """True where both sides are running text; short entries beside one another are a table, read row by row."""
    return all(
        statistics.median(len(line.text) for line in side) > 18
        and statistics.median(line.right - line.left for line in side)
        > 0.5 * (max(line.right for line in side) - min(line.left for line in side))
        for side in (left, right)
    )


def _rows(lines: Sequence[Line], height: float) -> list[Line]:
    """Lines from top to bottom, those in one row from left to right."""
    ordered: list[Line] = []
    row: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.top):
        if row and row[0].top - line.top > 0.5 * height:
            ordered += sorted(row, key=lambda each: each.left)
            row = []
        row.append(line)
    return ordered + sorted(row, key=lambda each: each.left)
