"""What is kept in a compound file (MS-CFB): older Word, Excel, PowerPoint, and Outlook's messages."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

import olefile

from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats import doc, msg, ppt, sheets
from assistant.ingestion.formats.cells import cell_range
from assistant.ingestion.formats.decoding import decoded_as
from assistant.ingestion.formats.embedded import native
from assistant.ingestion.formats.events import About, Event, Inside
from assistant.values import Block, BlockKind, Position, Unit
from assistant.workers import Refusal

_TXO, _CONTINUE, _NOTE, _CODE_PAGE, _BIFF_5 = 0x01B6, 0x003C, 0x001C, 0x0042, 0x0500
_OLD_SHEETS: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")  # how Excel 2, 3 and 4 begin
_PAGES: Final = {0x8000: "mac_roman", 0x8001: "cp1252"}  # code pages that have a name of their own
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
    """Blocks of whatever document it is. Raises Refusal: "password", "damaged", "unknown-format", "old-excel"."""
    file.seek(0)
    if file.read(4) in _OLD_SHEETS:
        raise Refusal("old-excel")
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
    """The cells, and what text boxes and comments say, which calamine leaves out."""
    for event in sheets.read(file):
        if isinstance(event, About):
            boxes = _comments_of_excel_95(records) if _is_of_excel_95(records) else _text_boxes(records)
            if boxes:
                yield Block(BlockKind.HEADING, "Text boxes and comments", event.pages, 1, Position(Unit.SHEET))
            yield from (Block(BlockKind.PARAGRAPH, box, event.pages, 0, Position(Unit.SHEET)) for box in boxes)
        yield event


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record of a workbook (MS-XLS, 2.1.4)."""
    at = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        yield kind, data[at + 4 : at + 4 + length]
        at += 4 + length


def _text_boxes(records: bytes) -> list[str]:
    """The texts of drawings and comments: after each TXO record, the text is in the next one (MS-XLS, 2.4.329)."""
    found: list[str] = []
    waits = False
    for kind, data in _records(records):
        if waits and kind == _CONTINUE and len(data) > 1:
            text = one_line(data[1:].decode("utf-16-le" if data[0] & 1 else "cp1252", "replace"))
            found += [text] if text else []
        waits = kind == _TXO
        if len(found) >= _MOST_TEXT_BOXES:
            break
    return found


def _is_of_excel_95(records: bytes) -> bool:
    return len(records) >= 6 and struct.unpack_from("<H", records, 4)[0] == _BIFF_5


def _comments_of_excel_95(records: bytes) -> list[str]:
    """The comments of Excel 5 and 95: row, column, length and text; row 65535 goes on with the one before."""
    found: list[tuple[str, bytes]] = []
    code_page = 1252
    for kind, data in _records(records):
        if kind == _CODE_PAGE and len(data) >= 2:
            code_page = struct.unpack_from("<H", data)[0]
        if kind != _NOTE or len(data) < 6 or len(found) >= _MOST_TEXT_BOXES:
            continue
        row, column = struct.unpack_from("<HH", data)
        if row == 0xFFFF and found:
            found[-1] = (found[-1][0], found[-1][1] + data[6:])
        else:
            found.append((cell_range(row + 1, row + 1, column, column), data[6:]))
    said = ((cell, one_line(decoded_as(text, _PAGES.get(code_page, f"cp{code_page}")))) for cell, text in found)
    return [f"Comment on {cell}: {text}" for cell, text in said if text]


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
