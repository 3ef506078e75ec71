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
_ENOUGH_PAGES: Final = 8


class RunningLines:
    """Takes headers and footers off pages; the first of each kind stays where it stands, so no text is lost."""

    def __init__(self) -> None:
        self._kept: set[str] = set()

    def without(self, pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
        """The same pages without the lines that stand at the top or foot of most of them, numbers aside."""
        if len(pages) < _FEWEST_PAGES:
            return [list(lines) for lines in pages]
        ends = [_ends(lines) for lines in pages]
        often = Counter(key for keys in ends for key in set(keys.values()))
        running = {key for key, times in often.items() if times * 2 > len(pages) or times >= _ENOUGH_PAGES}
        return [
            [line for at, line in enumerate(lines) if keys.get(at) not in running or not self._is_known(keys[at])]
            for lines, keys in zip(pages, ends, strict=True)
        ]

    def _is_known(self, key: str) -> bool:
        known = key in self._kept
        self._kept.add(key)
        return known


def _ends(lines: Sequence[Line]) -> dict[int, str]:
    """The uppermost and lowest lines of a page, numbers aside, by their place in it."""
    ordered = sorted(range(len(lines)), key=lambda at: lines[at].bottom)
    places = {*ordered[:_AT_EACH_END], *ordered[-_AT_EACH_END:]}
    return {at: _NUMBER.sub("#", lines[at].text.casefold()) for at in places if len(lines[at].text) <= _LONGEST}
