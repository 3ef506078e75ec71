"""PDF read with PDFium: the text of each page in its order, put back together into paragraphs."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import BinaryIO, Final

from assistant.ingestion import caps
from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.events import About, Event, PageRead
from assistant.ingestion.formats.lines import Line, body_height, compounds, page_blocks
from assistant.ingestion.formats.pdfium import Pdf
from assistant.ingestion.formats.running import RunningLines
from assistant.values import Block, BlockKind
from assistant.workers import Refusal

_WINDOW: Final = 32  # pages that are looked at together for their common size of text and running lines
_LOOKED_AT_PAGES: Final = 10
_PROGRAM_NAMES: Final = ("Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - ")


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks and pages of a PDF. Raises Refusal: "password", "protected", "damaged"."""
    # A private mapping is memory that ctypes may point into; nothing is copied unless it is written to.
    pdf = Pdf(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY))
    pages = min(pdf.page_count, caps.MAX_PAGES)
    outline = _outline(pdf)
    running = RunningLines()
    empty: list[int] = []
    lost: list[int] = []
    characters = 0
    for start in range(0, pages, _WINDOW):
        window: list[list[Line]] = []
        for index in range(start, min(start + _WINDOW, pages)):
            lines = pdf.lines(index, caps.MAX_TEXT - characters)
            if lines is None:
                lost.append(index + 1)
            elif not lines:
                empty.append(index + 1)
            window.append(lines or [])
            characters += sum(len(line.text) for line in window[-1])
            yield PageRead(index + 1, pages)
        yield from _window_blocks(running.without(window), start + 1, outline)
        if characters >= caps.MAX_TEXT:
            break
    if len(lost) == pages:
        raise Refusal("damaged")
    notes = ("more-pages",) if pdf.page_count > pages else ()
    pictures = any(pdf.shows_picture(page - 1) for page in empty[:_LOOKED_AT_PAGES])
    yield About(_title(pdf), pages, tuple(empty), tuple(lost), pictures, notes)


def _window_blocks(window: list[list[Line]], first: int, outline: dict[tuple[int, str], int]) -> Iterator[Block]:
    body, hyphenated = body_height(window), compounds(window)
    for page, lines in enumerate(window, first):
        for block in page_blocks(lines, page, body, hyphenated):
            level = outline.get((page, _key(block.text))) if outline and len(block.text) < 300 else None
            yield block if level is None else Block(BlockKind.HEADING, block.text, page, level)


def _outline(pdf: Pdf) -> dict[tuple[int, str], int]:
    """The level of each heading that the outline names, by its page and text."""
    return {(mark.page, _key(mark.title)): mark.level for mark in pdf.bookmarks() if mark.title.strip()}


def _key(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _title(pdf: Pdf) -> str:
    title = one_line(pdf.title())
    for name in _PROGRAM_NAMES:
        title = title.removeprefix(name)
    return "" if title.casefold() in ("untitled", "title") else title
