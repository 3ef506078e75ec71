"""Text read line by line with the numbers of its lines: source code as it stands, and what markup is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from assistant.ingestion import caps
from assistant.ingestion.cleaning import clean
from assistant.ingestion.formats.decoding import Decoded, decoded
from assistant.ingestion.formats.events import About, Event
from assistant.values import Block, BlockKind, Position

_MOST_BYTES: Final = 4 * caps.MAX_TEXT
_FEWEST_LINES: Final = 12
_MOST_LINES: Final = 80
_LONGEST_LINE: Final = 20_000
_BEGINS: Final = re.compile(r"[A-Za-z@#_/\[<(*]")  # at the margin, where definitions and their comments begin


class Line(NamedTuple):
    """A line of a text file. number: from 1. text: without the line feed."""

    number: int
    text: str


def lines(source: Decoded) -> Iterator[Line]:
    """The lines of a text file; one that is absurdly long comes in several with one number."""
    rest = ""
    number = 0
    for piece in source.pieces(_MOST_BYTES):
        *whole, rest = (rest + piece).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for text in whole:
            number += 1
            yield from _in_parts(number, text)
        if len(rest) > _LONGEST_LINE:
            yield from _in_parts(number + 1, rest)
            rest = ""
    if rest:
        yield from _in_parts(number + 1, rest)


def _in_parts(number: int, text: str) -> Iterator[Line]:
    text = clean(text)
    for start in range(0, max(1, len(text)), _LONGEST_LINE):
        yield Line(number, text[start : start + _LONGEST_LINE])


def span(first: int, last: int) -> Position:
    """The position of some lines."""
    return Position(line=first, last_line=last)


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Source code in stretches that end where a definition ends, as it stands. Raises Refusal("not-text")."""
    source = decoded(file)
    waiting: list[Line] = []
    blank = False
    for line in lines(source):
        starts = blank and bool(_BEGINS.match(line.text))
        if len(waiting) >= _MOST_LINES or (len(waiting) >= _FEWEST_LINES and starts):
            yield from code(waiting)
            waiting = []
        blank = not line.text.strip()
        waiting.append(line)
    yield from code(waiting)
    yield About(notes=("some-letters",) if source.uncertain else ())


def code(stretch: list[Line]) -> Iterator[Block]:
    """Some lines as one block of code, without the empty ones around them."""
    kept = [at for at, line in enumerate(stretch) if line.text.strip()]
    if kept:
        stretch = stretch[kept[0] : kept[-1] + 1]
        text = "\n".join(line.text.rstrip() for line in stretch)
        yield Block(BlockKind.CODE, text, position=span(stretch[0].number, stretch[-1].number))
