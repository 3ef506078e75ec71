"""PDF read with PDFium: the text of each page in its order, put back together into paragraphs."""

from __future__ import annotations

import ctypes
import io
import mmap
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import BinaryIO, Final

from assistant.ingestion import caps
from assistant.ingestion.cleaning import one_line, tidy
from assistant.ingestion.formats.events import About, Event, Inside, PageRead
from assistant.ingestion.formats.lines import Line, body_height, compounds, page_blocks
from assistant.ingestion.formats.pdfium import Pdf
from assistant.ingestion.formats.running import RunningLines
from assistant.values import Block, BlockKind
from assistant.workers import Meanwhile, Refusal

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_TURN_SECONDS: Final = 0.0002  # PDFium needs Python's lock for a moment after each page
_KEPT: Final = 32 << 20  # bytes; the most that the C library takes for either
_WINDOW: Final = 32  # pages that are looked at together for their common size of text and running lines
_LOOKED_AT_LINES: Final = 8
_FEW_LETTERS: Final = 60  # as a scanner's stamp or a page number has
_SHARE_OF_SCAN: Final = 0.5
_SHARE_OF_PICTURE: Final = 0.02
_SHARE_MEANINGLESS: Final = 0.25
_MEANINGLESS: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]"
)  # of fonts that don't say their letters
_PROGRAM_NAMES: Final = ("Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - ")


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks and pages of a PDF. Raises Refusal: "password", "protected", "damaged"."""
    pdf = Pdf(in_memory(file, size))
    pages = min(pdf.page_count, caps.MAX_PAGES)
    outline = _outline(pdf)
    running = RunningLines()
    empty: list[int] = []
    lost: list[int] = []
    pictures: list[int] = []
    characters = 0
    beside = Meanwhile[list[Block]]()
    for start in range(0, pages, _WINDOW):
        window: list[list[Line]] = []
        for index in range(start, min(start + _WINDOW, pages)):
            lines = pdf.lines(index, caps.MAX_TEXT - characters)
            if lines is None:
                lost.append(index + 1)
            elif not lines:
                empty.append(index + 1)
            if lines is not None and len(pictures) < caps.MAX_PICTURES and _wants_recognition(pdf, index, lines):
                pictures.append(index + 1)
            window.append(lines or [])
            characters += sum(len(line.text) for line in window[-1])
            yield PageRead(index + 1, pages)
        yield from beside.result() or ()
        put_together = partial(_put_together, window, start + 1, running, outline, pdf)
        last = start + _WINDOW >= pages or characters >= caps.MAX_TEXT
        if last:
            yield from put_together()
            break
        beside.begin(put_together)
    for name, data in pdf.attachments():
        yield Inside(name, (data,))
    if len(lost) == pages:
        raise Refusal("damaged")
    notes: tuple[str, ...] = ("more-pages",) if pdf.page_count > pages else ()
    notes += ("some-pictures",) if len(pictures) == caps.MAX_PICTURES else ()
    notes += ("form",) if pdf.is_made_by_a_program else ()
    yield About(_title(pdf), pages, tuple(empty), tuple(lost), tuple(pictures), notes)


def _put_together(
    window: list[list[Line]], first: int, running: RunningLines, outline: dict[tuple[int, str], int], pdf: Pdf
) -> list[Block]:
    return list(_window_blocks(running.without(window), first, outline, pdf))


def prepare() -> None:
    """Have the C library keep what PDFium frees, and threads take turns often; once, in the child.

    Each page takes and frees some hundred kilobytes in large pieces. Given back to the system and taken again for every
    page, they cost a fifth of reading the text: of 150 pages, 15,500 page faults against 1,800. The limits on the
    child's memory hold as before. Source: mallopt(3).
    """
    sys.setswitchinterval(_TURN_SECONDS)
    if sys.platform.startswith("linux"):
        with suppress(AttributeError):  # another C library than glibc
            change = ctypes.CDLL(None).mallopt
            change(_M_TRIM_THRESHOLD, _KEPT)
            change(_M_MMAP_THRESHOLD, _KEPT)


def in_memory(file: BinaryIO, size: int) -> mmap.mmap | bytearray:
    """The bytes of a file where ctypes may point at them: mapped, or as they came if there is no file to map."""
    if isinstance(file, io.BytesIO):
        return bytearray(file.getbuffer())
    # A private mapping is memory that ctypes may point into; nothing is copied unless it is written to.
    return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY)


def _wants_recognition(pdf: Pdf, index: int, lines: list[Line]) -> bool:
    """True for a page that is a picture but for a few letters, and for one whose letters stand for nothing."""
    text = "".join(line.text for line in lines[:_LOOKED_AT_LINES])
    if len(text) < _FEW_LETTERS:
        return pdf.picture_share(index) >= (_SHARE_OF_SCAN if text else _SHARE_OF_PICTURE)
    if text.isprintable() and "\ufffd" not in text:
        return False
    return len(_MEANINGLESS.findall(text)) > _SHARE_MEANINGLESS * len(text)


def _window_blocks(
    window: list[list[Line]], first: int, outline: dict[tuple[int, str], int], pdf: Pdf
) -> Iterator[Block]:
    body, hyphenated = body_height(window), compounds(window)
    for page, lines in enumerate(window, first):
        for block in page_blocks(lines, page, body, hyphenated):
            level = outline.get((page, _key(block.text))) if outline and len(block.text) < 300 else None
            yield block if level is None else Block(BlockKind.HEADING, block.text, page, level)
        if fields := pdf.fields.get(page):
            yield Block(BlockKind.PARAGRAPH, "\n".join(dict.fromkeys(fields)), page)
        for note in dict.fromkeys(pdf.notes.get(page, ())):
            yield Block(BlockKind.PARAGRAPH, f"Note: {tidy(note)}", page)


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
