"""Pictures in the files of older office programs, found by the records around them (MS-ODRAW, 2.2.23 to 2.2.31)."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from assistant.ingestion import caps
from assistant.ingestion.formats.biff import records

# Version and instance, then the kind, of a record; the last bit of the instance says that two names come first.
_HEADER: Final = re.compile(
    rb"(?:[\xa0\xb0]\x46|[\x20\x30]\x6e)[\x1d\x2a]\xf0|[\x00\x10]\x6e\x1e\xf0|[\x80\x90]\x7a\x1f\xf0"
    rb"|[\x40\x50]\x6e\x29\xf0|(?P<drawn>[\x40\x50]\x3d\x1a\xf0|[\x60\x70]\x21\x1b\xf0|[\x20\x30]\x54\x1c\xf0)"
)
_NAME: Final = 16
_DIB: Final = 0x1F
_STREAMS: Final = ("Data", "WordDocument", "Pictures")
_GROUP, _CONTINUE = 0x00EB, 0x003C
_LEAST_BYTES: Final = 500  # of a picture that may show a line of text
_FEW_COLOURS: Final = 8


@dataclass(frozen=True, slots=True)
class Blip:
    """A picture. stream, offset: where its record begins. drawn: whether it is a drawing, of which nothing is kept."""

    stream: str
    offset: int
    data: bytes
    drawn: bool = False


def blips(stream: Callable[[str], bytes]) -> Iterator[Blip]:
    """The pictures of a document, each once. stream: gives a stream of the compound file, b"" where it is not there."""
    seen: set[bytes] = set()
    sheets = stream("Workbook") or stream("Book")
    sources = [*((name, stream(name)) for name in _STREAMS), ("Workbook", _drawings(sheets))]
    for name, data in sources:
        at = 0
        while (found := _HEADER.search(data, at)) is not None:
            at = found.start() + 1
            length = struct.unpack_from("<I", data, found.end())[0] if found.end() + 4 <= len(data) else 0
            start, end = found.end() + 4, found.end() + 4 + length
            if length < _LEAST_BYTES or end > len(data):
                continue
            at = end
            own = data[start : start + _NAME]
            if own in seen:
                continue
            seen.add(own)
            if found["drawn"] is not None:
                yield Blip(name, found.start(), b"", drawn=True)
                continue
            names = 2 if found.group()[0] & 0x10 else 1
            inside = data[start + names * _NAME + 1 : end]
            yield Blip(name, found.start(), _bitmap(inside) if found.group()[2] == _DIB else inside)
            if len(seen) >= caps.MAX_MEMBERS:
                return


def _drawings(workbook: bytes) -> bytes:
    """What a workbook keeps of its drawings in common, put together from its records (MS-XLS, 2.4.171)."""
    pieces: list[bytes] = []
    goes_on = False
    for kind, _, content in records(workbook):
        goes_on = kind == _GROUP or (goes_on and kind == _CONTINUE)
        if goes_on:
            pieces.append(content)
    return b"".join(pieces)


def _bitmap(dib: bytes) -> bytes:
    """A bitmap with the header of a file before it."""
    if len(dib) < 40:
        return dib
    size, depth, used = (struct.unpack_from(kind, dib, at)[0] for kind, at in (("<I", 0), ("<H", 14), ("<I", 32)))
    colours = 4 * (used or (1 << depth if depth <= _FEW_COLOURS else 0))
    return b"BM" + struct.pack("<IHHI", 14 + len(dib), 0, 0, 14 + size + colours) + dib
