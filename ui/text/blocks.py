"""What a text in Markdown consists of, flat and in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    CODE = "code"
    TABLE = "table"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters that look alike. citation: the number of the source it points to, else None.

    doubtful: greyed. note: a small word about what stands before it. hint: what is said where a person points at it.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    struck: bool = False
    citation: int | None = None
    doubtful: bool = False
    note: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One block. line: the first line of the outermost block it belongs to, from 0.

    level: of a heading. depth: how many lists it stands in. quote: how many quotations. marker: "•" or "3." where a
    list item begins here. tight: no gap above. language: of code. rows: of a table, the first is its head; a cell is
    a row of spans.
    """

    kind: Kind
    spans: tuple[Span, ...] = ()
    line: int = 0
    level: int = 0
    depth: int = 0
    quote: int = 0
    marker: str = ""
    tight: bool = False
    language: str = ""
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = ()

    @property
    def text(self) -> str:
        """The characters alone."""
        return "".join(span.text for span in self.spans)
