"""Files of programs long gone: read as far as they say what they hold, and else named for what they are."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from assistant.errors import DocumentUnreadable
from tests.assistant.ingestion import excel95
from tests.assistant.ingestion.reading import read

_CHINA = 86


@pytest.mark.parametrize(
    ("shown", "country", "value"),
    [
        ((50, b"0.0"), 1, 35000),  # as Gnumeric numbers formats
        ((50, b"yyyy-mm-dd"), 1, "1995-10-28"),
        ((50, b""), 1, 35000),
        ((50, b""), _CHINA, "1995-10-28"),
        ((50, b"0.0"), _CHINA, 35000),
        ((14, b""), 1, "1995-10-28"),
    ],
)
def test_a_number_is_a_date_where_its_workbook_says_so(
    tmp_path: Path, shown: tuple[int, bytes], country: int, value: object
) -> None:
    cells = excel95.label(0, 0, b"Rent") + excel95.label(0, 1, b"Since")
    cells += excel95.number(1, 0, 12.5) + excel95.date(1, 1, 35000)
    document = read(excel95.workbook(tmp_path / "a.xls", {b"Rents": cells}, dates=shown, country=country))
    assert document.tables[0].rows == (("Rent", "Since"), (12.5, value))


def old_word(identity: int, text: bytes, flags: int = 0, mac: bool = False, pieces: bytes = b"") -> bytes:
    """The stream of a text of Word 2, 6 or 95. pieces: its table of them, where it was saved fast."""
    head = bytearray(0x200)
    struct.pack_into("<HH", head, 0, identity, 0x65)
    struct.pack_into("<H", head, 0x0A, flags)
    head[0x12] = mac
    struct.pack_into("<II", head, 0x18, len(head), len(head) + len(text))
    struct.pack_into("<II", head, 0x160, len(head) + len(text), len(pieces))
    return bytes(head) + text + pieces


@pytest.mark.parametrize(("mac", "text"), [(False, "die Größe"), (True, "die Größe")])
def test_a_letter_of_word_2_is_read(tmp_path: Path, mac: bool, text: str) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(old_word(0xA5DB, f"The rent.\r{text}".encode("mac_roman" if mac else "cp1252"), mac=mac))
    assert [block.text for block in read(path).blocks] == ["The rent.", text]


def test_a_letter_of_word_95_that_was_saved_fast_is_put_in_order(tmp_path: Path) -> None:
    text = b"is due.\rThe rent "
    places, at = struct.pack("<3I", 0, 9, len(text)), (0x200 + 8, 0x200)
    plc = places + b"".join(struct.pack("<HIH", 0, each, 0) for each in at)
    path = tmp_path / "a.doc"
    stream = old_word(0xA5DC, text, 0x0004, pieces=b"\x02" + struct.pack("<I", len(plc)) + plc)
    path.write_bytes(excel95.compound("WordDocument", stream))
    assert [block.text for block in read(path).blocks] == ["The rent is due."]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.doc", b"\xfe\x37\x00\x23" + bytes(200), "Word 1, Word for DOS or the Mac"),
        ("a.doc", b"\xffWPC" + bytes(200), "WordPerfect"),
        ("a.doc", old_word(0xA5DB, b"fghi", 0x0100), "needs a password"),
        ("a.doc", excel95.compound("WordDocument", old_word(0xA5DC, b"fghi", 0x0100)), "needs a password"),
        ("a.docx", excel95.compound("EncryptedPackage", b"locked"), "needs a password"),
        ("a.ppt", excel95.compound("\x09DRMContent", b"locked"), "is protected in a way"),
        (
            "a.xls",
            excel95.compound("Book", excel95.record(0x0809, bytes(8)) + excel95.record(0x2F)),
            "needs a password",
        ),
    ],
)
def test_what_is_locked_or_too_old_is_not_called_damaged(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DocumentUnreadable, match=said):
        read(path)


def test_a_picture_of_a_rare_kind_is_not_called_damaged(tmp_path: Path) -> None:
    Image.new("RGB", (40, 40), "white").save(tmp_path / "a.tif")
    data = (tmp_path / "a.tif").read_bytes()
    entry = struct.pack("<HHI", 262, 3, 1)  # how points stand for colours
    at = data.index(entry) + len(entry)
    (tmp_path / "a.tif").write_bytes(data[:at] + struct.pack("<H", 34892) + data[at + 2 :])
    with pytest.raises(DocumentUnreadable, match="rare kind"):
        read(tmp_path / "a.tif")


def test_cells_with_line_ends_between_them_are_read(tmp_path: Path) -> None:
    names = (("office", "office"), ("text", "text"), ("table", "table"))
    spaces = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in names)
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    cells = "\n".join(map(cell.format, ("Rent", "Since")))
    row = f"<table:table-row>\n {cells}\n</table:table-row>"
    table = f'<table:table table:name="A">\n{row}\n</table:table>'
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{table}</office:spreadsheet>"
            "</office:body></office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert [block.text for block in read(tmp_path / "a.ods").blocks] == ["A", "| Rent | Since |\n|-|-|"]


def test_a_mailbox_with_words_before_its_first_message(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_text("Letters of May\n\nFrom a@b Mon May  1 10:00:00 2000\nSubject: Rent\n\nIt is due.\n")
    document = read(path)
    assert [block.text for block in document.blocks] == ["Letters of May", "Rent", "It is due."]
    assert document.pages == 2
