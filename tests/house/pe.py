"""Reads of a Windows or macOS library which others it takes functions from, as `objdump -p` and `otool -L` do."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

_IMPORTS: Final = 1
_DELAYED: Final = 13
_NAME_IN: Final = {_IMPORTS: (20, 12), _DELAYED: (32, 4)}
"""Of each directory: the size of an entry, and where in it the name of the library is pointed to."""
_MACHO: Final = {b"\xcf\xfa\xed\xfe": 32, b"\xce\xfa\xed\xfe": 28}
_FAT: Final = b"\xca\xfe\xba\xbe"
_LOADS: Final = frozenset({0xC, 0x80000018, 0x8000001F, 0x80000023})


def is_pe(data: bytes) -> bool:
    """True for a program or library of Windows."""
    return data[:2] == b"MZ" and len(data) > 64 and data[_u32(data, 60) :][:4] == b"PE\0\0"


def is_macho(data: bytes) -> bool:
    """True for a program or library of macOS, of one processor or several."""
    return data[:4] in _MACHO or (data[:4] == _FAT and _fat_count(data) < 20)


def libraries(data: bytes) -> frozenset[str]:
    """The libraries that a PE file names, in lower case, those that it loads when first needed too.

    Source: "PE Format", Microsoft. Raises struct.error for one that is cut off.
    """
    header = _u32(data, 60)
    count, optional = struct.unpack_from("<H", data, header + 6)[0], header + 24
    wide = struct.unpack_from("<H", data, optional)[0] == 0x20B
    directories = optional + (112 if wide else 96)
    table = optional + struct.unpack_from("<H", data, header + 20)[0]
    sections = [struct.unpack_from("<IIII", data, table + 40 * number + 8) for number in range(count)]

    def place(address: int) -> int:
        for size, start, length, at in sections:
            if start <= address < start + max(size, length):
                return int(address - start + at)
        return 0

    found: set[str] = set()
    known = _u32(data, directories - 4)
    for directory, (stride, name_at) in _NAME_IN.items():
        at = place(_u32(data, directories + 8 * directory)) if directory < known else 0
        while at and (name := _u32(data, at + name_at)):
            found.add(_text(data, place(name)).lower())
            at += stride
    return frozenset(found)


def mac_libraries(data: bytes) -> frozenset[str]:
    """The libraries that a Mach-O file names, of all its processors. Source: mach-o/loader.h, mach-o/fat.h."""
    if data[:4] == _FAT:
        starts = [struct.unpack_from(">I", data, 8 + 20 * number + 8)[0] for number in range(_fat_count(data))]
        return frozenset[str]().union(*(mac_libraries(data[start:]) for start in starts))
    at, found = _MACHO[data[:4]], set()
    for _ in range(_u32(data, 16)):
        command, size = struct.unpack_from("<II", data, at)
        if command in _LOADS:
            found.add(_text(data, at + _u32(data, at + 8)))
        at += size
    return frozenset(found)


def mac_symbols(data: bytes) -> frozenset[str]:
    """The functions that a Mach-O file asks others for, without their underscore. Source: mach-o/nlist.h."""
    if data[:4] == _FAT:
        starts = [struct.unpack_from(">I", data, 8 + 20 * number + 8)[0] for number in range(_fat_count(data))]
        return frozenset[str]().union(*(mac_symbols(data[start:]) for start in starts))
    at, wide, found = _MACHO[data[:4]], data[:1] == b"\xcf", set()
    for _ in range(_u32(data, 16)):
        command, size = struct.unpack_from("<II", data, at)
        if command == 2:  # LC_SYMTAB
            symbols, count, strings = struct.unpack_from("<III", data, at + 8)
            for number in range(count):
                name, kind = struct.unpack_from("<IB", data, symbols + number * (16 if wide else 12))
                if kind & 0x0E == 0 and kind & 0xE0 == 0 and kind & 1:  # undefined, of the outside, no debugging
                    found.add(_text(data, strings + name).removeprefix("_"))
        at += size
    return frozenset(found)


def read(path: Path) -> bytes:
    """A file's bytes."""
    return path.read_bytes()


def _u32(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _fat_count(data: bytes) -> int:
    return int(struct.unpack_from(">I", data, 4)[0])


def _text(data: bytes, at: int) -> str:
    return data[at : data.index(b"\0", at)].decode("utf-8", "replace")
