"""The few calls of PDFium that reading needs, as typed Python. Source: fpdfview.h, fpdf_text.h, fpdf_doc.h."""

from __future__ import annotations

import ctypes
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pypdfium2_raw as api

from assistant.ingestion.formats.columns import Word, cells_of
from assistant.ingestion.formats.fields import Form, text_of
from assistant.ingestion.formats.lines import HYPHEN, Line
from assistant.ingestion.formats.texcodes import spelled
from assistant.workers import Refusal

_PASSWORD: Final = 4
_SECURITY: Final = 5
_MAX_BOOKMARKS: Final = 20_000
_MAX_TITLE: Final = 4_096
_LOOKED_AT_OBJECTS: Final = 200
_POINTS_AN_INCH: Final = 200
_MOST_POINTS: Final = 8_000_000
LARGEST_PAGE: Final = 100_000.0
"""Points (1/72 inch) beyond which a page is no page."""
_PICTURES: Final = (api.FPDF_PAGEOBJ_IMAGE, api.FPDF_PAGEOBJ_FORM)
_BOLD: Final = 600
_BOLD_NAME: Final = re.compile(rb"bold|black|heavy|demi|bx\d", re.IGNORECASE)  # "bx": TeX's bold extended
_LONGEST_HEADING: Final = 120
_MAX_FONT_NAME: Final = 128
_MAX_NOTES: Final = 500
_MAX_ATTACHMENTS: Final = 200
_MAX_ATTACHMENT: Final = 64 << 20
_NO_BOX: Final = (0.0, 0.0, 0.0, 0.0)
_WIDE: Final = 0.5  # of a line's height, a letter on average: more have lines with something apart on them
_LONGEST_ROW: Final = 300
_FIGURES: Final = re.compile(r"\d\S*\s+\S*\d")
_WORD: Final = re.compile(r"\S+")
_LETTER: Final = re.compile(r"[^\W_]")
_SILENT: Final = (api.FPDF_ANNOT_LINK, api.FPDF_ANNOT_WIDGET, api.FPDF_ANNOT_MOVIE, api.FPDF_ANNOT_SCREEN)


# Asked for twice a line. A call that keeps Python's lock and takes plain addresses costs a third of the usual one.
_box_of: Final = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(api.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline. page: from 1. level: from 1."""

    title: str
    page: int
    level: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page drawn: blue, green, red and a fourth byte a point, rows of `stride` bytes from the top."""

    width: int
    height: int
    stride: int
    data: bytes


class Pdf:
    """An open PDF, read from mapped memory. Raises Refusal: "password", "protected" or "damaged"."""

    def __init__(self, mapped: mmap.mmap | bytearray) -> None:
        api.FPDF_InitLibraryWithConfig(ctypes.byref(api.FPDF_LIBRARY_CONFIG(version=2)))
        self._bytes = (ctypes.c_char * len(mapped)).from_buffer(mapped)
        self._document = api.FPDF_LoadMemDocument64(self._bytes, len(mapped), None)
        if not self._document:
            code = api.FPDF_GetLastError()
            raise Refusal({_PASSWORD: "password", _SECURITY: "protected"}.get(code, "damaged"))
        self.handle = self._document
        """PDFium's own, for what is drawn."""
        self.notes: dict[int, list[str]] = {}
        """What annotations say, by page, from 1; complete for the pages whose lines were asked for."""
        self.fields: dict[int, list[str]] = {}
        """What was filled into the fields of a form, as `notes`: "Name: Ann"."""
        kind = api.FPDF_GetFormType(self._document)
        self._form = Form(self._document) if kind != api.FORMTYPE_NONE else None
        self.is_made_by_a_program = kind == api.FORMTYPE_XFA_FULL
        """True for a form whose pages are made by the program that shows it (XFA), which PDFium is not."""
        self.page_count: int = api.FPDF_GetPageCount(self._document)

    def title(self) -> str:
        """The title the document gives itself, or ""."""
        size = api.FPDF_GetMetaText(self._document, b"Title", None, 0)
        if not 2 < size <= _MAX_TITLE:
            return ""
        buffer = ctypes.create_string_buffer(size)
        api.FPDF_GetMetaText(self._document, b"Title", buffer, size)
        return buffer.raw[: size - 2].decode("utf-16-le", "ignore")

    def bookmarks(self) -> Iterator[Bookmark]:
        """The outline in its order; loops in it are followed a bounded number of times."""
        waiting = [(api.FPDFBookmark_GetFirstChild(self._document, None), 1)]
        for _ in range(_MAX_BOOKMARKS):
            if not waiting:
                return
            mark, level = waiting.pop()
            if not mark:
                continue
            target = api.FPDFBookmark_GetDest(self._document, mark)
            page = api.FPDFDest_GetDestPageIndex(self._document, target) if target else -1
            if page >= 0:
                yield Bookmark(self._bookmark_title(mark), page + 1, level)
            waiting.append((api.FPDFBookmark_GetNextSibling(self._document, mark), level))
            if level < 9:
                waiting.append((api.FPDFBookmark_GetFirstChild(self._document, mark), level + 1))

    def _bookmark_title(self, mark: object) -> str:
        size = api.FPDFBookmark_GetTitle(mark, None, 0)
        if not 2 < size <= _MAX_TITLE:
            return ""
        buffer = ctypes.create_string_buffer(size)
        api.FPDFBookmark_GetTitle(mark, buffer, size)
        return buffer.raw[: size - 2].decode("utf-16-le", "ignore")

    def _remember_notes(self, page: object, index: int) -> None:
        """Keep what annotations of a page say, for `notes` and `fields`."""
        for at in range(min(api.FPDFPage_GetAnnotCount(page), _MAX_NOTES)):
            annotation = api.FPDFPage_GetAnnot(page, at)
            if not annotation:
                continue
            kind = api.FPDFAnnot_GetSubtype(annotation)
            if kind == api.FPDF_ANNOT_WIDGET and self._form is not None:
                if field := self._form.said(annotation):
                    self.fields.setdefault(index + 1, []).append(field)
            elif kind not in _SILENT:
                text = text_of(api.FPDFAnnot_GetStringValue, annotation, b"Contents")
                if text.strip():
                    self.notes.setdefault(index + 1, []).append(text)
            api.FPDFPage_CloseAnnot(annotation)

    def attachments(self) -> Iterator[tuple[str, bytes]]:
        """The files attached to the document: name and bytes."""
        for at in range(min(api.FPDFDoc_GetAttachmentCount(self._document), _MAX_ATTACHMENTS)):
            attachment = api.FPDFDoc_GetAttachment(self._document, at)
            name = text_of(api.FPDFAttachment_GetName, attachment)
            length = ctypes.c_ulong()
            if not api.FPDFAttachment_GetFile(attachment, None, 0, ctypes.byref(length)):
                continue
            if 0 < length.value <= _MAX_ATTACHMENT:
                room = ctypes.create_string_buffer(length.value)
                if api.FPDFAttachment_GetFile(attachment, room, length.value, ctypes.byref(length)):
                    yield name or f"attachment {at + 1}", room.raw[: length.value]

    def picture_share(self, index: int) -> float:
        """How much of a page its largest pictures cover, 0 to 1, by the first of its objects. index: from 0."""
        page = api.FPDF_LoadPage(self._document, index)
        if not page:
            return 0.0
        try:
            area: float = max(1.0, api.FPDF_GetPageWidthF(page) * api.FPDF_GetPageHeightF(page))
            edges = [ctypes.c_float() for _ in range(4)]
            covered = 0.0
            for at in range(min(api.FPDFPage_CountObjects(page), _LOOKED_AT_OBJECTS)):
                each = api.FPDFPage_GetObject(page, at)
                kind = api.FPDFPageObj_GetType(each)
                if kind in _PICTURES and api.FPDFPageObj_GetBounds(each, *(ctypes.byref(edge) for edge in edges)):
                    left, bottom, right, top = (edge.value for edge in edges)
                    covered += max(0.0, right - left) * max(0.0, top - bottom)
            return min(1.0, covered / area)
        finally:
            api.FPDF_ClosePage(page)

    def picture(self, index: int) -> Drawn | None:
        """A page as it is drawn, about 200 points an inch; None where it can't be. index: from 0."""
        page = api.FPDF_LoadPage(self._document, index)
        if not page:
            return None
        try:
            wide, high = api.FPDF_GetPageWidthF(page), api.FPDF_GetPageHeightF(page)
            if not (0 < wide < LARGEST_PAGE and 0 < high < LARGEST_PAGE):
                return None
            scale = min(_POINTS_AN_INCH / 72, (_MOST_POINTS / (wide * high)) ** 0.5)
            width, height = max(1, int(wide * scale)), max(1, int(high * scale))
            return drawn(page, width, height)
        finally:
            api.FPDF_ClosePage(page)

    def lines(self, index: int, most: int) -> list[Line] | None:
        """The lines of a page in the order of its text; None where the page can't be read.

        index: from 0. most: how many characters at most.
        """
        page = api.FPDF_LoadPage(self._document, index)
        if not page:
            return None
        try:
            text_page = api.FPDFText_LoadPage(page)
            if not text_page:
                return None
            try:
                self._remember_notes(page, index)
                return list(_lines(text_page, most))
            finally:
                api.FPDFText_ClosePage(text_page)
        finally:
            api.FPDF_ClosePage(page)


def drawn(page: object, width: int, height: int) -> Drawn | None:
    """An open page as a picture of this size, on white; None where there is no room for it."""
    bitmap = api.FPDFBitmap_Create(width, height, 0)
    if not bitmap:
        return None
    try:
        api.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        api.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, api.FPDF_ANNOT)
        stride = api.FPDFBitmap_GetStride(bitmap)
        return Drawn(width, height, stride, ctypes.string_at(api.FPDFBitmap_GetBuffer(bitmap), stride * height))
    finally:
        api.FPDFBitmap_Destroy(bitmap)


def _lines(text_page: ctypes.c_void_p, most: int) -> Iterator[Line]:
    count = min(api.FPDFText_CountChars(text_page), most)
    if count <= 0:
        return
    # Some characters become two UTF-16 units, so there is room for twice as many and the closing zero.
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = api.FPDFText_GetText(text_page, 0, count, buffer)
    text = bytes(memoryview(buffer)[: max(0, written - 1)]).decode("utf-16-le", "surrogatepass")
    text = spelled(text)
    exact = len(text) == count  # else PDFium left characters out, and places must be asked for
    name = ctypes.create_string_buffer(_MAX_FONT_NAME)
    box = (ctypes.c_float * 4)()  # FS_RECTF: left, top, right, bottom
    into, page = ctypes.addressof(box), ctypes.cast(text_page, ctypes.c_void_p).value
    at = 0
    for raw in text.split("\r\n"):
        start, at = at, at + len(raw) + 2
        stripped = raw.strip()
        if not stripped:
            continue
        first = start + len(raw) - len(raw.lstrip())
        last = first + len(stripped) - 1
        if not exact:
            first = api.FPDFText_GetCharIndexFromTextIndex(text_page, first)
            last = api.FPDFText_GetCharIndexFromTextIndex(text_page, last)
        left, top, right, bottom = box if _box_of(page, first, into) else _NO_BOX
        if exact and not stripped[0].isalnum():  # a bullet's font is another one, and often larger
            letter = _LETTER.search(stripped)
            if letter and _box_of(page, first + letter.start(), into):
                top, bottom = box[1], box[3]
        height = top - bottom
        if _box_of(page, last, into):
            right = box[2]
            bottom = box[3] if HYPHEN in stripped else bottom
        else:
            right = 0.0
        bold = _may_be_heading(stripped) and _is_bold(text_page, first, name)
        cells: tuple[Word, ...] = ()
        if exact and _may_be_row(stripped, right - left, height):
            places = ((found, first + found.start(), first + found.end() - 1) for found in _WORD.finditer(stripped))
            words = [
                Word(found.group(), _edge(page, start, into, box, 0), _edge(page, end, into, box, 2))
                for found, start, end in places
            ]
            cells = cells_of(words, height)
        yield Line(stripped, left, right, bottom, top, height, bold, raw[-1] == " ", cells if len(cells) > 1 else ())


def _may_be_row(text: str, width: float, height: float) -> bool:
    """False for most lines, so that PDFium need not be asked where their words stand."""
    if " " not in text or len(text) > _LONGEST_ROW or HYPHEN in text:
        return False
    return width > _WIDE * height * len(text) or _FIGURES.search(text) is not None


def _edge(page: int | None, index: int, into: int, box: ctypes.Array[ctypes.c_float], which: int) -> float:
    """The left (0) or right (2) edge of a character, in points."""
    return float(box[which]) if _box_of(page, index, into) else 0.0


def _may_be_heading(text: str) -> bool:
    """False for most lines, so that PDFium need not be asked for their font."""
    return len(text) <= _LONGEST_HEADING and not text[0].islower() and text[-1] not in ".,;-" + HYPHEN


def _is_bold(text_page: object, index: int, name: ctypes.Array[ctypes.c_char]) -> bool:
    """True for a character in a bold font; many files give it away by the font's name only. name: room for that."""
    if api.FPDFText_GetFontWeight(text_page, index) >= _BOLD:
        return True
    api.FPDFText_GetFontInfo(text_page, index, name, _MAX_FONT_NAME, None)
    return _BOLD_NAME.search(name.value) is not None
