"""The records of older Excel's workbooks (MS-XLS): what calamine leaves out of them, and what it would misread."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.cells import cell_range
from assistant.ingestion.formats.decoding import decoded_as

_TXO, _CONTINUE, _NOTE, _CODE_PAGE, _BIFF_5 = 0x01B6, 0x003C, 0x001C, 0x0042, 0x0500
_FILE_PASS, _FORMAT, _LOOK, _COUNTRY = 0x002F, 0x041E, 0x00E0, 0x008C
_PAGES: Final = {0x8000: "mac_roman", 0x8001: "cp1252"}  # code pages that have a name of their own
_MOST_TEXT_BOXES: Final = 20_000
_FIRST_RECORDS: Final = 40
# Numbers of formats that are dates in the Excel of some countries, and anybody's elsewhere (ISO/IEC 29500-1, 18.8.30).
_DATES_OF_SOME: Final = frozenset((*range(27, 37), *range(50, 59)))
_THEIR_COUNTRIES: Final = frozenset((81, 82, 86, 886, 852, 853))
_GENERAL, _FIRST_OWN, _LAST_OWN = 0, 164, 382


def records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Kind, place of the content, and content of each record (MS-XLS, 2.1.4)."""
    at = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        yield kind, at + 4, data[at + 4 : at + 4 + length]
        at += 4 + length


def is_locked(data: bytes) -> bool:
    """True if a FilePass record stands among a workbook's first records (MS-XLS, 2.4.117)."""
    return any(kind == _FILE_PASS for (kind, _, _), _ in zip(records(data), range(_FIRST_RECORDS), strict=False))


def boxes(data: bytes) -> list[str]:
    """What text boxes and comments say."""
    is_of_excel_95 = len(data) >= 6 and struct.unpack_from("<H", data, 4)[0] == _BIFF_5
    return _comments_of_excel_95(data) if is_of_excel_95 else _text_boxes(data)


def _text_boxes(data: bytes) -> list[str]:
    """The texts of drawings and comments: after each TXO record, the text is in the next one (MS-XLS, 2.4.329)."""
    found: list[str] = []
    waits = False
    for kind, _, content in records(data):
        if waits and kind == _CONTINUE and len(content) > 1:
            text = one_line(content[1:].decode("utf-16-le" if content[0] & 1 else "cp1252", "replace"))
            found += [text] if text else []
        waits = kind == _TXO
        if len(found) >= _MOST_TEXT_BOXES:
            break
    return found


def _comments_of_excel_95(data: bytes) -> list[str]:
    """The comments of Excel 5 and 95: row, column, length and text; row 65535 goes on with the one before."""
    found: list[tuple[str, bytes]] = []
    code_page = 1252
    for kind, _, content in records(data):
        if kind == _CODE_PAGE and len(content) >= 2:
            code_page = struct.unpack_from("<H", content)[0]
        if kind != _NOTE or len(content) < 6 or len(found) >= _MOST_TEXT_BOXES:
            continue
        row, column = struct.unpack_from("<HH", content)
        if row == 0xFFFF and found:
            found[-1] = (found[-1][0], found[-1][1] + content[6:])
        else:
            found.append((cell_range(row + 1, row + 1, column, column), content[6:]))
    said = ((cell, one_line(decoded_as(text, _PAGES.get(code_page, f"cp{code_page}")))) for cell, text in found)
    return [f"Comment on {cell}: {text}" for cell, text in said if text]


def with_own_formats(data: bytes) -> bytes | None:
    """A workbook's records with each cell's number format under a number that is a date's nowhere; None if they are so.

    Some programs (Gnumeric) give formats of their own the numbers that are dates in the Excel of Japan, Korea and
    China, where no workbook has to say so; calamine takes them for dates whatever the workbook says.
    """
    looks: list[tuple[int, int]] = []  # where the number of a format stands, and the number
    declared: list[tuple[int, int]] = []
    countries: set[int] = set()
    for kind, at, content in records(data):
        if kind == _LOOK and len(content) >= 4:
            looks.append((at + 2, struct.unpack_from("<H", content, 2)[0]))
        elif kind == _FORMAT and len(content) >= 2:
            declared.append((at, struct.unpack_from("<H", content)[0]))
        elif kind == _COUNTRY and len(content) >= 4:
            countries.update(struct.unpack_from("<HH", content))
    numbers = {number for _, number in declared}
    wrong = {number for _, number in looks} & _DATES_OF_SOME
    if countries & _THEIR_COUNTRIES:
        wrong &= numbers
    if not wrong:
        return None
    free = (number for number in range(_FIRST_OWN, _LAST_OWN) if number not in numbers)
    new = {number: next(free, _GENERAL) if number in numbers else _GENERAL for number in sorted(wrong)}
    changed = bytearray(data)
    for at, number in (*looks, *declared):
        if number in new:
            struct.pack_into("<H", changed, at, new[number])
    return bytes(changed)
