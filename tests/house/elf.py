"""Reads of a shared library (ELF, 64 bits, little-endian) which functions it takes from others, as `nm -D -u` does."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

_HEADER: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION: Final = struct.Struct("<IIQQQQIIQQ")
_SYMBOL: Final = struct.Struct("<IBBHQQ")
_DYNAMIC_SYMBOLS: Final = 11


def is_elf(path: Path) -> bool:
    """True for a 64-bit little-endian ELF file."""
    with path.open("rb") as file:
        return file.read(6) == b"\x7fELF\x02\x01"


def imported(path: Path) -> frozenset[str]:
    """The names of the dynamic symbols that a library asks others for. Source: elf(5)."""
    data = path.read_bytes()
    header = _HEADER.unpack_from(data)
    offset, size, count = header[6], header[11], header[12]
    sections = [_SECTION.unpack_from(data, offset + number * size) for number in range(count)]
    names = set()
    for section in sections:
        if section[1] == _DYNAMIC_SYMBOLS:
            strings = sections[section[6]][4]
            for at in range(section[4], section[4] + section[5], _SYMBOL.size):
                name, _, _, place, _, _ = _SYMBOL.unpack_from(data, at)
                if place == 0 and name:
                    end = data.index(b"\0", strings + name)
                    names.add(data[strings + name : end].decode("ascii", "replace"))
    return frozenset(names)
