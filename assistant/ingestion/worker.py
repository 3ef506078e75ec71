"""The child's side of reading: one file, by its descriptor, in a process that can do nothing else."""

from __future__ import annotations

import codecs
import importlib
import io
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

from assistant.ingestion import caps
from assistant.ingestion.families import Family
from assistant.ingestion.formats.events import About, Inside, PageRead, Placed, Reader
from assistant.privacy import narrow_to_descriptors
from assistant.values import NOWHERE, Block, Position, Table, Unit
from assistant.workers import Handler, Part, Refusal, Request

if TYPE_CHECKING:
    from assistant.ingestion.formats.pdfium import Pdf
    from assistant.ingestion.formats.showing import Shown

_CODECS = ("ascii", "latin-1", "utf-8", "utf-16-le", "cp437", "idna")  # cp437: names in ZIP files
_READERS: Final = {
    Family.PDF: ("pdf", "read"),
    Family.ZIPPED: ("zipped", "read"),
    Family.COMPOUND: ("compound", "read"),
    Family.RTF: ("rtf", "read"),
    Family.TABLE: ("csv", "read"),
    Family.HTML: ("html", "read"),
    Family.MARKDOWN: ("markdown", "read"),
    Family.RST: ("markup", "read_rst"),
    Family.ASCIIDOC: ("markup", "read_asciidoc"),
    Family.TEXT: ("text", "read"),
    Family.CODE: ("source", "read"),
    Family.JSON: ("json", "read"),
    Family.XML: ("elements", "read"),
    Family.MAIL: ("mail", "read"),
    Family.MAILBOX: ("mail", "read_mailbox"),
    Family.IMAGE: ("image", "read"),
}
_PIECE: Final = 1 << 20
_SAY_SECONDS: Final = 0.05


def handlers() -> Mapping[str, Handler]:
    """What this child does: "read" {descriptor, size, family, pages}, once; without a descriptor, of what it is sent.

    Or else "open" {descriptor, size, family}, once, of a PDF or a picture, which is then held; and "draw" {page, width}
    of that.
    """
    return {"read": _read, "open": _open, "draw": _draw}


def prepare(family: str) -> None:
    """Load what one kind of document needs, in a template: what is forked from it has it already."""
    _load(_READERS[Family(family)][0])
    if _guesses(Family(family)):
        from assistant.ingestion.formats import decoding

        decoding.prepare(io.BytesIO(), always=True)


def _read(request: Request) -> Iterator[Part]:
    descriptor, size = request.arguments.get("descriptor"), request.arguments.get("size")
    pages = request.arguments.get("pages")
    if not isinstance(size, int) or not (isinstance(descriptor, int) or len(request.payload) == size):
        raise Refusal("bug", "arguments")
    # A child that was forked from a template has no descriptor of the file: it is sent the bytes.
    with os.fdopen(descriptor, "rb") if isinstance(descriptor, int) else io.BytesIO(request.payload) as file:
        family = Family(str(request.arguments.get("family")))
        read = _reader(family, [page for page in pages if isinstance(page, int)] if isinstance(pages, list) else None)
        if _guesses(family):
            from assistant.ingestion.formats import decoding

            decoding.prepare(file, always=family in (Family.ZIPPED, Family.COMPOUND, Family.MAIL, Family.MAILBOX))
            file.seek(0)
        narrow_to_descriptors()
        yield Part()  # from here on it is the file's fault if this process ends
        batch = _Batch()
        for event in read(file, size):
            if request.cancelled.is_set():
                return
            match event:
                case PageRead(page, pages):
                    if batch.is_time(page in (1, pages)):
                        yield Part({"page": page, "pages": pages, "blocks": batch.empty()})
                case Table():
                    if batch.blocks:
                        yield Part({"blocks": batch.empty()})
                    if (rows := batch.take(event)) is not None:
                        yield Part({"table": [event.page or 0, _wire(event.position), rows]})
                case Inside():
                    yield Part({"blocks": batch.empty()})
                    yield from _inside(event)
                    batch.insides += 1
                case Placed(number, at, position):
                    yield Part({"blocks": batch.empty(), "picture": [number, at or 0, _wire(position)]})
                    batch.pictures += 1
                case About():
                    yield Part({"blocks": batch.empty()})
                    if not batch.characters and not (batch.insides or batch.pictures or event.picture_pages):
                        raise Refusal("blank" if event.pages and event.unit is Unit.PAGE else "no-text")
                    yield Part({"about": _about(event, cut=batch.full)})
                case Block():
                    for piece in _pieces(event):
                        if batch.add(piece):
                            yield Part({"blocks": batch.empty()})


def _guesses(family: Family) -> bool:
    """True for kinds of document that may be in an encoding which has to be guessed."""
    return family not in (Family.PDF, Family.IMAGE)


_held: Final[list[Pdf | Shown]] = []


def _open(request: Request) -> Iterator[Part]:
    """Hold a PDF or a picture to draw pages of: answers with their sizes."""
    descriptor, size = request.arguments.get("descriptor"), request.arguments.get("size")
    if not isinstance(size, int) or not isinstance(descriptor, int) or _held:
        raise Refusal("bug", "arguments")
    if request.arguments.get("family") == Family.IMAGE.value:
        showing = _load("showing")
        narrow_to_descriptors()
        with os.fdopen(descriptor, "rb") as file:
            shown = showing.Shown(file, size)
        _held.append(shown)
        yield Part({"sizes": shown.sizes})
        return
    pdf, drawing = _load("pdf"), _load("drawing")
    narrow_to_descriptors()
    with os.fdopen(descriptor, "rb") as file:
        held = pdf.Pdf(pdf.in_memory(file, size))
    _held.append(held)
    yield Part({"sizes": drawing.sizes(held)})


def _draw(request: Request) -> Iterator[Part]:
    """One page of what is held, as a picture, with its words."""
    page, width = request.arguments.get("page"), request.arguments.get("width")
    if not isinstance(page, int) or not isinstance(width, int) or not _held:
        raise Refusal("bug", "arguments")
    held = _held[0]
    if hasattr(held, "look"):
        picture, words = held.look(page - 1, width), []
    else:
        picture, words = _load("drawing").look(held, page - 1, width) or (None, [])
    if picture is None:
        raise Refusal("page-not-drawn")
    yield Part({"width": picture.width, "height": picture.height, "words": words}, picture.data)


def _load(name: str) -> ModuleType:
    """The module of a format, with all that it will ever import: nothing can be opened afterwards."""
    # Nothing here multiplies large matrices; NumPy's library for that keeps memory for each processor: with two, 175 MB
    # of the little that this process may have, and on some days the recognition of text had none left.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    for codec in _CODECS:
        codecs.lookup(codec)  # Python imports a codec when it is first used, which would be too late
    module = importlib.import_module(f"assistant.ingestion.formats.{name}")
    if hasattr(module, "prepare") and name != "decoding":
        module.prepare()
    return module


def _reader(family: Family, pages: list[int] | None) -> Reader:
    """The reader of one kind of document. pages: those of a PDF that are pictures, or the pictures in a document."""
    name, function = _READERS[family]
    if pages is not None:
        name = "scan" if family is Family.PDF else "pictures"
    module = _load(name)
    reader: Reader
    if pages is None:
        reader = getattr(module, function)
    else:
        reader = module.reader(pages) if family is Family.PDF else module.reader(pages, family)
    return reader


def _inside(event: Inside) -> Iterator[Part]:
    """A file inside this one, in pieces."""
    yield Part({"inside": event.name[: caps.MAX_NAME], "refused": event.refused})
    if event.refused:
        return
    size = 0
    code = ""
    try:
        for data in event.data:
            size += len(data)
            if size > caps.MAX_PART:
                code = "large-part"
                break
            for start in range(0, len(data), _PIECE):
                yield Part({"more": True}, data[start : start + _PIECE])
    except (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        code = "damaged"
    yield Part({"inside_end": code})


@dataclass(slots=True)
class _Batch:
    """Blocks on their way out. characters: of the whole document so far. full: the cap was reached."""

    waiting: list[tuple[str, str, int, int, object]] = field(default_factory=list)
    size: int = 0
    characters: int = 0
    blocks: int = 0
    full: bool = False
    insides: int = 0
    pictures: int = 0
    cells: int = 0
    said: float = 0.0

    def add(self, block: Block) -> bool:
        """Take a block in, as far as the document's caps allow; True if it is time to send."""
        text = block.text[: caps.MAX_TEXT - self.characters]
        self.full = self.full or len(text) < len(block.text) or self.blocks >= caps.MAX_BLOCKS
        if text and self.blocks < caps.MAX_BLOCKS:
            level = min(max(block.level, 0), 9)
            self.waiting.append((block.kind.value, text, block.page or 0, level, _wire(block.position)))
            self.size += len(text)
            self.characters += len(text)
            self.blocks += 1
        return self.size >= caps.BATCH_CHARACTERS

    def is_time(self, certainly: bool) -> bool:
        """True if it is time to say how far reading has come: not for every page, there may be 500 a second."""
        now = time.monotonic()
        if not certainly and now - self.said < _SAY_SECONDS:
            return False
        self.said = now
        return True

    def take(self, table: Table) -> list[list[object]] | None:
        """The rows of a table as they travel, None where the document has had its share of cells."""
        self.cells += sum(len(row) for row in table.rows)
        return [list(row) for row in table.rows] if self.cells <= caps.MAX_CELLS else None

    def empty(self) -> list[tuple[str, str, int, int, object]]:
        """What waited, which waits no longer."""
        waiting, self.waiting, self.size = self.waiting, [], 0
        return waiting


def _wire(position: Position) -> list[object] | None:
    """A position as it travels; the part of an archive is known to the parent only."""
    if position == NOWHERE:
        return None
    ocr = -1.0 if position.ocr is None else position.ocr
    return [position.unit.value, position.name, position.cells, position.line, position.last_line, ocr]


def _pieces(block: Block) -> Iterator[Block]:
    """A block, in several where it is very long."""
    if len(block.text) <= caps.MAX_BLOCK:
        yield block
        return
    for start in range(0, len(block.text), caps.MAX_BLOCK):
        yield replace(block, text=block.text[start : start + caps.MAX_BLOCK])


def _about(about: About, cut: bool) -> dict[str, object]:
    return {
        "title": about.title[: caps.MAX_TITLE],
        "pages": about.pages,
        "unit": about.unit.value,
        "empty_pages": list(about.empty_pages),
        "lost_pages": list(about.lost_pages),
        "picture_pages": list(about.picture_pages),
        "notes": list(about.notes),
        "cut": cut,
    }
