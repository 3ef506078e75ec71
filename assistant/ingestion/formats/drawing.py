"""Pages of an open PDF drawn as pictures, with where their words stand, in the child that holds the file."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Final

import pypdfium2_raw as api

from assistant.ingestion import caps
from assistant.ingestion.formats.pdfium import LARGEST_PAGE, Drawn, Pdf, drawn
from assistant.ingestion.formats.texcodes import spelled

_MEASURED_PAGES: Final = 3_000
_A4: Final = (595.0, 842.0)
_SCALE: Final = caps.BOX_SCALE
_ONE_BY_ONE: Final = (  # scripts without spaces: each character is a word
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF), (0x20000, 0x3FFFF),
)  # fmt: skip

Wire = tuple[str, int, int, int, int]
"""A word as it travels: its text, and left, top, right and bottom in ten-thousandths of the page."""


def sizes(pdf: Pdf) -> list[tuple[float, float]]:
    """Width and height of the pages in points, as they are shown; of a very long document the last are guessed."""
    found: list[tuple[float, float]] = []
    room = api.FS_SIZEF()
    count = min(pdf.page_count, caps.MAX_PAGES)
    for index in range(min(count, _MEASURED_PAGES)):
        known = api.FPDF_GetPageSizeByIndexF(pdf.handle, index, ctypes.byref(room))
        sound = known and 0 < room.width < LARGEST_PAGE and 0 < room.height < LARGEST_PAGE
        found.append((round(room.width, 2), round(room.height, 2)) if sound else _A4)
    return found + [found[-1]] * (count - len(found)) if found else []


def look(pdf: Pdf, index: int, width: int) -> tuple[Drawn, list[Wire]] | None:
    """A page about `width` points wide, and its words; None where it can't be drawn. index: from 0."""
    page = api.FPDF_LoadPage(pdf.handle, index)
    if not page:
        return None
    try:
        wide, high = api.FPDF_GetPageWidthF(page), api.FPDF_GetPageHeightF(page)
        if not (0 < wide < LARGEST_PAGE and 0 < high < LARGEST_PAGE):
            return None
        scale = min(width / wide, (caps.MAX_DRAWN_POINTS / (wide * high)) ** 0.5)
        picture = drawn(page, max(1, int(wide * scale)), max(1, int(high * scale)))
        return None if picture is None else (picture, list(_words(page)))
    finally:
        api.FPDF_ClosePage(page)


def _words(page: object) -> Iterator[Wire]:
    text_page = api.FPDFText_LoadPage(page)
    if not text_page:
        return
    try:
        count = min(api.FPDFText_CountChars(text_page), caps.MAX_DRAWN_LETTERS)
        box = api.FS_RECTF()
        word, edges = "", (0.0, 0.0, 0.0, 0.0)
        letters = spelled("".join(chr(api.FPDFText_GetUnicode(text_page, at)) for at in range(count)))
        for at, letter in enumerate(letters):
            code = ord(letter)
            parts = code <= 0x20 or code in (0xA0, 0xFFFE, 0x2028, 0x3000) or 0xD800 <= code < 0xE000
            if parts or not api.FPDFText_GetLooseCharBox(text_page, at, ctypes.byref(box)):
                if word:
                    yield _wire(page, word, edges)
                word = ""
                continue
            alone = code > 0xDFF and any(first <= code <= last for first, last in _ONE_BY_ONE)
            middle = (box.top + box.bottom) / 2
            if word and (alone or not edges[1] <= middle <= edges[3]):  # another line begins without a space
                yield _wire(page, word, edges)
                word = ""
            edges = _joined(edges, box) if word else (box.left, box.bottom, box.right, box.top)
            word += letter
            if alone:
                yield _wire(page, word, edges)
                word = ""
        if word:
            yield _wire(page, word, edges)
    finally:
        api.FPDFText_ClosePage(text_page)


def _joined(edges: tuple[float, float, float, float], box: api.FS_RECTF) -> tuple[float, float, float, float]:
    left, bottom, right, top = edges
    return min(left, box.left), min(bottom, box.bottom), max(right, box.right), max(top, box.top)


def _wire(page: object, word: str, edges: tuple[float, float, float, float]) -> Wire:
    """A word with its place on the page as it is shown: turned pages are turned."""
    x, y = ctypes.c_int(), ctypes.c_int()
    points = []
    for left, bottom in ((edges[0], edges[1]), (edges[2], edges[3])):
        api.FPDF_PageToDevice(page, 0, 0, _SCALE, _SCALE, 0, left, bottom, ctypes.byref(x), ctypes.byref(y))
        points.append((min(max(x.value, 0), _SCALE), min(max(y.value, 0), _SCALE)))
    (one, two), (three, four) = points
    return word[: caps.MAX_DRAWN_WORD], min(one, three), min(two, four), max(one, three), max(two, four)
