"""What is kept in a compound file (MS-CFB): older Word, Excel, PowerPoint, and Outlook's messages."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

import olefile

from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats import doc, msg, ppt, sheets
from assistant.ingestion.formats.embedded import native
from assistant.ingestion.formats.events import About, Event, Inside
from assistant.values import Block, BlockKind, Position, Unit
from assistant.workers import Refusal

_TXO, _CONTINUE, _BIFF_5 = 0x01B6, 0x003C, 0x0500
_MOST_TEXT_BOXES: Final = 20_000
_LARGEST_STREAM: Final = 256 << 20
_CONTENTS: Final = (
    "Package", "CONTENTS", "\x01Ole10Native", "WordDocument", "Workbook", "Book", "PowerPoint Document", "Contents",
)  # fmt: skip


class Compound:
    """An open compound file. Raises Refusal("damaged")."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._ole = olefile.OleFileIO(file, raise_defects=olefile.DEFECT_FATAL)
            self.streams = frozenset("/".join(path) for path in self._ole.listdir(streams=True, storages=False))
        except _FAULTS as error:
            raise Refusal("damaged", "compound") from error

    def has(self, name: str) -> bool:
        """True if there is a stream of this path, upper and lower case alike."""
        return self._ole.exists(name) and bool(self._ole.get_type(name) == olefile.STGTY_STREAM)

    def read(self, name: str) -> bytes:
        """A stream as a whole, b"" where it is not there. Raises Refusal "damaged" or "out-of-memory"."""
        if not self.has(name):
            return b""
        if self._ole.get_size(name) > _LARGEST_STREAM:
            raise Refusal("out-of-memory", "stream")
        try:
            with self._ole.openstream(name) as stream:
                return bytes(stream.read())
        except _FAULTS as error:
            raise Refusal("damaged", "stream") from error


# What olefile raises on files that break its expectations, which are more than its own kind of error.
_FAULTS: Final = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of whatever document it is. Raises Refusal: "password", "damaged", "unknown-format"."""
    try:
        yield from _read(file)
    except (struct.error, IndexError, RecursionError) as error:
        raise Refusal("damaged", "records") from error


def _read(file: BinaryIO) -> Iterator[Event]:
    file.seek(0)
    compound = Compound(file)
    if compound.has("EncryptedPackage") or compound.has("EncryptedSummary"):
        raise Refusal("password")
    if compound.has("WordDocument"):
        yield from _with_objects(doc.read(compound.read), compound)
    elif compound.has("PowerPoint Document"):
        yield from ppt.read(compound.read)
    elif compound.has("Workbook") or compound.has("Book"):
        if _is_locked(compound.read("Workbook") or compound.read("Book")):
            raise Refusal("password")
        records = compound.read("Workbook") or compound.read("Book")
        yield from _with_objects(_workbook(file, records), compound)
    elif compound.has("__properties_version1.0"):
        yield from msg.read(compound.read, compound.streams)
    elif inside := _wrapped(compound):
        yield inside
        yield About()
    else:
        raise Refusal("unknown-format", "compound")


def _workbook(file: BinaryIO, records: bytes) -> Iterator[Event]:
    """The cells, and what text boxes say, which calamine leaves out. Raises Refusal("old-excel")."""
    cells = False
    for event in sheets.read(file):
        cells = cells or isinstance(event, Block)
        if isinstance(event, About):
            boxes = _text_boxes(records)
            if not cells and not boxes and _is_of_excel_95(records):
                raise Refusal("old-excel")
            if boxes:
                yield Block(BlockKind.HEADING, "Text boxes and comments", event.pages, 1, Position(Unit.SHEET))
            yield from (Block(BlockKind.PARAGRAPH, box, event.pages, 0, Position(Unit.SHEET)) for box in boxes)
        yield event


def _text_boxes(records: bytes) -> list[str]:
    """The texts of drawings and comments: after each TXO record, the text is in the next one (MS-XLS, 2.4.329)."""
    found: list[str] = []
    at = 0
    waits = False
    while at + 4 <= len(records) and len(found) < _MOST_TEXT_BOXES:
        kind, length = struct.unpack_from("<HH", records, at)
        data = records[at + 4 : at + 4 + length]
        if waits and kind == _CONTINUE and len(data) > 1:
            text = one_line(data[1:].decode("utf-16-le" if data[0] & 1 else "cp1252", "replace"))
            found += [text] if text else []
        waits = kind == _TXO
        at += 4 + length
    return found


def _is_of_excel_95(records: bytes) -> bool:
    return len(records) >= 6 and struct.unpack_from("<H", records, 4)[0] == _BIFF_5


def _with_objects(events: Iterator[Event], compound: Compound) -> Iterator[Event]:
    """What a document's reader says, and before its end the objects in it; those that can't be read are counted in."""
    for event in events:
        if isinstance(event, About):
            unread = False
            for folder in sorted({path.rpartition("/")[0] for path in compound.streams if _is_of_object(path)}):
                inside = _wrapped(compound, f"{folder}/")
                if inside is not None:
                    yield inside
                elif compound.has(f"{folder}/WordDocument"):
                    page, position = event.pages or None, Position(event.unit)
                    yield Block(BlockKind.HEADING, "Embedded document", page, 1, position)
                    yield from _blocks_of(compound, folder, page, position)
                else:
                    unread = True
            event = replace(event, notes=(*event.notes, "embedded")) if unread else event
        yield event


def _is_of_object(path: str) -> bool:
    """True for the stream that makes a folder of a document an object: not for what describes one."""
    folder, _, name = path.rpartition("/")
    of_object = folder.startswith("ObjectPool/") or (folder.startswith("MBD") and "/" not in folder)
    return of_object and name in _CONTENTS


def _blocks_of(compound: Compound, folder: str, page: int | None, position: Position) -> Iterator[Block]:
    try:
        for event in doc.read(lambda name: compound.read(f"{folder}/{name}")):
            if isinstance(event, Block):
                yield replace(event, page=page, position=position)
    except Refusal:
        return  # what is in it is kept in another way


def _wrapped(compound: Compound, folder: str = "") -> Inside | None:
    """The file that an object of an office document wraps, if it is one. folder: where it lies, with a last "/"."""
    if package := compound.read(f"{folder}Package"):
        return Inside("package.zip", (package,))
    if contents := compound.read(f"{folder}CONTENTS"):
        return Inside("contents.pdf", (contents,)) if contents.startswith(b"%PDF-") else None
    return native(compound.read(f"{folder}\x01Ole10Native"))


def _is_locked(workbook: bytes) -> bool:
    """True if a FilePass record stands among a workbook's first records (MS-XLS, 2.4.117)."""
    at = 0
    for _ in range(40):
        if at + 4 > len(workbook):
            return False
        kind, length = (
            int.from_bytes(workbook[at : at + 2], "little"),
            int.from_bytes(workbook[at + 2 : at + 4], "little"),
        )
        if kind == 0x2F:
            return True
        at += 4 + length
    return False
