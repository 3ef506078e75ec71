"""What is kept in a compound file (MS-CFB): older Word, Excel, PowerPoint, and Outlook's messages."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

import olefile

from assistant.ingestion import caps
from assistant.ingestion.formats import biff, doc, msg, ppt, sheets
from assistant.ingestion.formats.blips import blips
from assistant.ingestion.formats.embedded import native
from assistant.ingestion.formats.events import About, Event, Inside, Placed
from assistant.values import NOWHERE, Block, BlockKind, Position, Unit
from assistant.workers import Refusal

_OLD_SHEETS: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")  # how Excel 2, 3 and 4 begin
_OLD_LETTERS: Final = (  # how Word 1, Word for DOS and Write, Word for the Mac 1 to 5, and WordPerfect begin
    b"\x9b\xa5", b"\x31\xbe", b"\x32\xbe", b"\xfe\x32", b"\xfe\x34", b"\xfe\x37", b"\xffWPC",
)  # fmt: skip
_MANAGED: Final = ("\x09DRMContent", "\x06DataSpaces/DataSpaceInfo/DRMEncryptedDataSpace")
_LARGEST_STREAM: Final = 256 << 20
_CONTENTS: Final = (
    "Package", "CONTENTS", "\x01Ole10Native", "WordDocument", "Workbook", "Book", "PowerPoint Document", "Contents",
)  # fmt: skip


class Compound:
    """An open compound file. Raises Refusal("damaged")."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
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

    def with_stream(self, name: str, data: bytes) -> io.BytesIO:
        """A copy of the whole file with other bytes, as many, in a stream. Raises Refusal("damaged")."""
        self._file.seek(0)
        copy = io.BytesIO(self._file.read())
        try:
            with olefile.OleFileIO(copy, write_mode=True) as ole:
                ole.write_stream(name, data)
        except _FAULTS as error:
            raise Refusal("damaged", "stream") from error
        return copy


# What olefile raises on files that break its expectations, which are more than its own kind of error.
_FAULTS: Final = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of whatever document it is. Raises Refusal: "password", "protected", "damaged", "old-excel"..."""
    file.seek(0)
    head = file.read(4)
    if head in _OLD_SHEETS:
        raise Refusal("old-excel")
    if head.startswith(doc.WORD_2):
        file.seek(0)
        document = file.read(size)
        yield from doc.read(lambda name: document if name == "WordDocument" else b"")
        return
    if head.startswith(_OLD_LETTERS):
        raise Refusal("old-word")
    try:
        yield from _read(file)
    except (struct.error, IndexError, RecursionError) as error:
        raise Refusal("damaged", "records") from error


def _read(file: BinaryIO) -> Iterator[Event]:
    file.seek(0)
    compound = Compound(file)
    if any(compound.has(name) for name in _MANAGED):
        raise Refusal("protected")
    if compound.has("EncryptedPackage") or compound.has("EncryptedSummary"):
        raise Refusal("password")
    if compound.has("WordDocument"):
        yield from _with_pictures(_with_objects(doc.read(compound.read), compound), compound)
    elif compound.has("PowerPoint Document"):
        yield from ppt.read(compound.read)
    elif compound.has("Workbook") or compound.has("Book"):
        yield from _with_pictures(_with_objects(_workbook(file, compound), compound), compound)
    elif compound.has("__properties_version1.0"):
        yield from msg.read(compound.read, compound.streams)
    elif inside := _wrapped(compound):
        yield inside
        yield About()
    else:
        raise Refusal("unknown-format", "compound")


def _workbook(file: BinaryIO, compound: Compound) -> Iterator[Event]:
    """The cells, and what text boxes and comments say, which calamine leaves out."""
    name = "Workbook" if compound.has("Workbook") else "Book"
    records = compound.read(name)
    if biff.is_locked(records):
        raise Refusal("password")
    changed = biff.with_own_formats(records)
    for event in sheets.read(compound.with_stream(name, changed) if changed is not None else file):
        if isinstance(event, About) and (boxes := biff.boxes(records)):
            yield Block(BlockKind.HEADING, "Text boxes and comments", event.pages, 1, Position(Unit.SHEET))
            yield from (Block(BlockKind.PARAGRAPH, box, event.pages, 0, Position(Unit.SHEET)) for box in boxes)
        yield event


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


def _with_pictures(events: Iterator[Event], compound: Compound) -> Iterator[Event]:
    """What a document's reader says, and before its end the pictures in it, which have no place in the text."""
    for event in events:
        if isinstance(event, About):
            page, position = event.pages or None, Position(event.unit) if event.pages else NOWHERE
            notes = dict.fromkeys(event.notes)
            drawn = 0
            for number, blip in enumerate(blips(compound.read), 1):
                if blip.drawn:
                    drawn += 1
                elif number <= caps.MAX_PICTURES:
                    yield Placed(number, page, position)
                else:
                    notes["more-pictures"] = None
            if drawn > sum(_is_of_object(path) for path in compound.streams):  # each object has one of how it looks
                notes["drawings"] = None
            event = replace(event, notes=tuple(notes))
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
