"""Lines that run along on every page, above or below the text; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from assistant.ingestion.formats.lines import Line

_NUMBER: Final = re.compile(r"\d+")
_AT_EACH_END: Final = 2
_LONGEST: Final = 120
_FEWEST_PAGES: Final = 4


class RunningLines:
    """Takes headers and footers off pages; the first of each kind stays where it stands, so no text is lost."""

    def __init__(self) -> None:
        self._kept: set[str] = set()

    def without(self, pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
        """The same pages without the lines that stand at the top or foot of most of them, numbers aside."""
        if len(pages) < _FEWEST_PAGES:
            return [list(lines) for lines in pages]
        ends = [_ends(lines) for lines in pages]
        often = Counter(key for lines in ends for key in {_key(line) for line in lines})
        running = {key for key, times in often.items() if times * 2 > len(pages) or times >= 8}
        return [
            [line for line in lines if not (line in at_ends and _key(line) in running and self._is_known(_key(line)))]
            for lines, at_ends in zip(pages, ends, strict=True)
        ]

    def _is_known(self, key: str) -> bool:
        known = key in self._kept
        self._kept.add(key)
        return known


def _ends(lines: Sequence[Line]) -> list[Line]:
    """The uppermost and lowest lines of a page."""
    ordered = sorted(lines, key=lambda line: line.bottom)
    ends = ordered if len(ordered) <= 2 * _AT_EACH_END else ordered[:_AT_EACH_END] + ordered[-_AT_EACH_END:]
    return [line for line in ends if len(line.text) <= _LONGEST]


def _key(line: Line) -> str:
    return _NUMBER.sub("#", line.text.casefold())
