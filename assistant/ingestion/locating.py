"""Finds a passage again in a page's text or among its words, however lines and spaces fall; pure.

What is compared are the letters and digits alone: between a page as it is drawn and a passage cut from it, spaces,
hyphens at line ends and the order of footnotes differ, the letters do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Final

from assistant.values import Stretch

_WORD: Final = re.compile(r"\w+")
_LEAST_WORDS: Final = 3  # of a run that is taken for a piece of the passage
_MOST_WORDS: Final = 4_000
_GAP: Final = 4  # words between two runs that belong together


def locate(sought: str, text: str) -> tuple[Stretch, ...]:
    """Where `sought` stands in `text`, as stretches in rising order; none where it does not.

    Where not all of it stands there in one piece, the pieces that do, of three words or more.
    """
    key, places = _key(text)
    wanted = _key(sought)[0]
    if not wanted or not key:
        return ()
    at = key.find(wanted)
    if at >= 0:
        return (Stretch(places[at], places[at + len(wanted) - 1] + 1),)
    return _pieces(sought, text)


def locate_words(sought: str, words: Sequence[str]) -> tuple[range, ...]:
    """Which of `words` make up `sought`, as ranges of their numbers; as `locate`."""
    ends = list(accumulate((len(word) + 1 for word in words), initial=0))
    found = locate(sought, " ".join(words))
    return tuple(range(_at(ends, stretch.start), _at(ends, stretch.end - 1) + 1) for stretch in found)


def occurrences(sought: str, text: str, most: int = 1_000) -> list[Stretch]:
    """Where the words that a person searches stand in `text`, whatever their case and the spaces between them."""
    parts = sought.split()
    if not parts:
        return []
    pattern = re.compile(r"\s+".join(map(re.escape, parts)), re.IGNORECASE)
    found = []
    for match in pattern.finditer(text):
        found.append(Stretch(*match.span()))
        if len(found) >= most:
            break
    return found


def word_occurrences(sought: str, words: Sequence[str]) -> list[range]:
    """The same among the words of a page, as ranges of their numbers."""
    ends = list(accumulate((len(word) + 1 for word in words), initial=0))
    return [
        range(_at(ends, stretch.start), _at(ends, stretch.end - 1) + 1)
        for stretch in occurrences(sought, " ".join(words))
    ]


def _at(ends: Sequence[int], character: int) -> int:
    """The number of the word that a character of the joined words belongs to."""
    low, high = 0, len(ends) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if ends[middle] <= character else (low, middle)
    return low


def _key(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, folded, and where each stands in it."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter.isalnum():
            for folded in letter.casefold():
                letters.append(folded)
                places.append(place)
    return "".join(letters), places


def _pieces(sought: str, text: str) -> tuple[Stretch, ...]:
    """The runs of words that both have, each of which stands once in both, in their order."""
    there = list(_WORD.finditer(text))[:_MOST_WORDS]
    wanted = [match.group().casefold() for match in _WORD.finditer(sought)][:_MOST_WORDS]
    matcher = SequenceMatcher(None, wanted, [match.group().casefold() for match in there], autojunk=False)
    least = min(_LEAST_WORDS, len(wanted))
    runs = [(block.b, block.b + block.size) for block in matcher.get_matching_blocks() if block.size >= max(1, least)]
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start - joined[-1][1] <= _GAP:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(Stretch(there[start].start(), there[end - 1].end()) for start, end in joined)
