"""What a document looks like on the screen: its pages as drawn, and what is marked in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from assistant.values.documents import CellValue, DocumentInfo, PageText


class Box(NamedTuple):
    """A rectangle on a page, in shares of its width and height from its upper left corner, 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


class DrawnWord(NamedTuple):
    """A word as it stands on a drawn page; of a script without spaces, a single character."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page as a picture. data: blue, green, red and a fourth byte a point, rows from the top, 4 * width bytes each.

    number: from 1. words: in the order of the page's text.
    """

    number: int
    width: int
    height: int
    data: bytes
    words: tuple[DrawnWord, ...]


class Stretch(NamedTuple):
    """Characters of a text, from `start` up to `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Marked:
    """Where a passage stands in a page's text, and in it what answers."""

    passage: tuple[Stretch, ...] = ()
    quote: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundText:
    """A place where a document has the words that were searched. nth: it is so many-th on its page, from 0."""

    page: int
    start: int
    end: int
    nth: int


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as it stands in its sheet. row, column: of its upper left cell in the sheet, from 1.

    passage: first row, first column, last row, last column of what a passage covers, in the sheet's counting; None
    where none is told. quote: the rows of the sheet that hold what answers.
    """

    name: str
    rows: tuple[tuple[CellValue, ...], ...]
    row: int = 1
    column: int = 1
    passage: tuple[int, int, int, int] | None = None
    quote: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Opened:
    """A document as it is opened to be looked at.

    sizes: width and height of each page of the file in points (1/72 inch), empty where the file itself is not shown:
    then the text is that of the vault, and `why` is a sentence about that, "" where the format has no pages to draw.
    numbers: of the pages whose text is kept. page: to be shown first. marked: the pages that the passage may stand on.
    mail: it is a message, or several.
    """

    document: DocumentInfo
    numbers: tuple[int, ...]
    sizes: tuple[tuple[float, float], ...] = ()
    why: str = ""
    page: int = 1
    marked: range = range(0)
    table: ShownTable | None = None
    mail: bool = False


@dataclass(frozen=True, slots=True)
class ShownText:
    """A page's text and what is marked in it."""

    page: PageText
    marked: Marked = Marked()
