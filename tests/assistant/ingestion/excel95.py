"""Makes workbooks of Excel 5 and 95: compound files of one stream, "Book", of BIFF5 records."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_SECTOR: Final = 512
_END, _FREE, _OF_FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_DATE: Final = 1
"""Which of the formats a number is shown in."""


def record(kind: int, data: bytes = b"") -> bytes:
    """One record."""
    return struct.pack("<HH", kind, len(data)) + data


def label(row: int, column: int, text: bytes) -> bytes:
    """A text in a cell."""
    return record(0x0204, struct.pack("<HHHH", row, column, 0, len(text)) + text)


def number(row: int, column: int, value: float) -> bytes:
    """A number in a cell."""
    return record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def date(row: int, column: int, days: float) -> bytes:
    """A day in a cell, counted from 1900."""
    return record(0x0203, struct.pack("<HHHd", row, column, _DATE, days))


def small_numbers(row: int, column: int, values: Sequence[int]) -> bytes:
    """Several whole numbers beside one another, packed as Excel does."""
    packed = b"".join(struct.pack("<HI", 0, value << 2 | 2) for value in values)
    return record(0x00BD, struct.pack("<HH", row, column) + packed + struct.pack("<H", column + len(values) - 1))


def formula(row: int, column: int, text: bytes) -> bytes:
    """A cell whose formula gave a text."""
    result = struct.pack("<HHH", row, column, 0) + b"\0\0\0\0\0\0\xff\xff" + struct.pack("<HIH", 0, 0, 0)
    return record(0x0006, result) + record(0x0207, struct.pack("<H", len(text)) + text)


def comment(row: int, column: int, pieces: Sequence[bytes]) -> bytes:
    """A comment, in several records where it is long."""
    total = sum(map(len, pieces))
    heads = [(row, column, total), *[(0xFFFF, 0, len(piece)) for piece in pieces[1:]]]
    return b"".join(
        record(0x001C, struct.pack("<HHH", *head) + piece) for head, piece in zip(heads, pieces, strict=True)
    )


def workbook(
    path: Path,
    sheets: Mapping[bytes, bytes],
    code_page: int = 1252,
    dates: tuple[int, bytes] = (164, b"yyyy-mm-dd"),
    country: int = 1,
) -> Path:
    """Write a workbook.

    sheets: the records of the cells of each, by its name. dates: the number of the format of days, and the format, b""
    where the workbook does not say it.
    """
    shown, spelled = dates
    head = _begin(0x0005) + record(0x0042, struct.pack("<H", code_page)) + record(0x0022, b"\0\0")
    head += record(0x041E, struct.pack("<HB", shown, len(spelled)) + spelled) if spelled else b""
    head += b"".join(record(0x00E0, struct.pack("<HHHHHHHH", 0, number, 1, 0x20, 0, 0, 0, 0)) for number in (0, shown))
    head += record(0x008C, struct.pack("<HH", country, country))
    bodies = [_begin(0x0010) + cells + record(0x000A) for cells in sheets.values()]
    at = len(head) + sum(4 + 7 + len(name) for name in sheets) + 4
    for name, body in zip(sheets, bodies, strict=True):
        head += record(0x0085, struct.pack("<IHB", at, 0, len(name)) + name)
        at += len(body)
    path.write_bytes(compound("Book", head + record(0x000A) + b"".join(bodies)))
    return path


def _begin(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHH", 0x0500, kind, 0, 0))


def compound(name: str, data: bytes) -> bytes:
    """A compound file of one stream (MS-CFB): header, directory, table of sectors, the stream."""
    data = data.ljust(max(4096, -(-len(data) // _SECTOR) * _SECTOR), b"\0")
    count = len(data) // _SECTOR
    table = [_END, _OF_FAT, *range(3, count + 2), _END]
    table += [_FREE] * (_SECTOR // 4 - len(table))
    assert len(table) == _SECTOR // 4, "too large for one sector of the table"
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 0, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 1, *[_FREE] * 108)
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 2, len(data))
    directory += _entry("", 0, _FREE, 0, 0) * 2
    return header + directory + struct.pack(f"<{_SECTOR // 4}I", *table) + data


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    spelled = (name + "\0").encode("utf-16-le") if name else b""
    numbers = struct.pack("<HBBIII", len(spelled), kind, 1, _FREE, _FREE, child)
    return spelled.ljust(64, b"\0") + numbers + bytes(36) + struct.pack("<IQ", start, size)
