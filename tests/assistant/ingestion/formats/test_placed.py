"""Pictures in old office files, RTF, web pages and workbooks are told, with their place as far as the file has one."""

from __future__ import annotations

import base64
import io
import struct
from pathlib import Path

import pytest

from assistant.ingestion.families import Family
from assistant.ingestion.formats import html, pictures, ppt, rtf, zipped
from assistant.ingestion.formats.blips import blips
from assistant.ingestion.formats.events import About, Event, Placed
from assistant.values import Block, Unit
from tests.assistant.ingestion import excel95
from tests.assistant.ingestion.formats.test_old import old_word
from tests.assistant.ingestion.formats.test_pictures import packed, png, relations
from tests.assistant.ingestion.reading import read

_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def blip(data: bytes, kind: int = 0xF01E, instance: int = 0x6E0, name: int = 1) -> bytes:
    """A record of a picture (MS-ODRAW, 2.2.28)."""
    inside = bytes([name]) * 16 + b"\xff" + data
    return struct.pack("<HHI", instance << 4, kind, len(inside)) + inside


def shown(events: list[Event]) -> list[str | int]:
    """Texts and numbers of pictures, in their order."""
    said: list[str | int] = []
    for event in events:
        if isinstance(event, Block | Placed):
            said.append(event.text if isinstance(event, Block) else event.number)
    return said


def test_a_scan_in_an_old_letter_is_read(tmp_path: Path) -> None:
    letter = old_word(0xA5DC, b"The rent is due.")
    letter += blip(png("The deposit is 900 euros.")) + blip(bytes(600), 0xF01A, 0x3D4, 2)
    path = tmp_path / "a.doc"
    path.write_bytes(excel95.compound("WordDocument", letter))
    document = read(path)
    assert [block.text for block in document.blocks] == ["The rent is due.", "The deposit is 900 euros."]
    assert [block.position.ocr is None for block in document.blocks] == [True, False]
    assert any("drawings" in warning for warning in document.warnings)


def test_pictures_are_found_once_and_bitmaps_get_their_head() -> None:
    dib = struct.pack("<IiiHHIIIIII", 40, 4, 4, 1, 24, 0, 48, 0, 0, 0, 0) + bytes(600)
    streams = {
        "Data": b"xx" + blip(png("A")) + blip(png("A")) + blip(b"short", name=3),
        "Pictures": blip(dib, 0xF01F, 0x7A8, 4) + blip(png("B"), name=5)[:400],
    }
    found = list(blips(lambda name: streams.get(name, b"")))
    assert [(each.stream, each.offset) for each in found] == [("Data", 2), ("Pictures", 0)]
    assert found[0].data == png("A") and found[1].data[:2] == b"BM" and found[1].data[14:] == dib


def record(kind: int, inside: bytes, instance: int = 0, container: bool = False) -> bytes:
    """A record of PowerPoint."""
    return struct.pack("<HHI", instance << 4 | (0xF if container else 0), kind, len(inside)) + inside


def test_pictures_on_old_slides_have_their_slide() -> None:
    def shape(number: int, wide: int, flags: int = 0) -> bytes:
        options = record(0xF00B, struct.pack("<HI", 0x4104, number), 1)
        anchor = record(0xF010, struct.pack("<4h", 0, 0, wide, 1500))
        return record(0xF004, record(0xF00A, struct.pack("<II", 1, flags)) + options + anchor, container=True)

    pictures_of = {0: (1, False), 900: (2, False), 1800: (3, True)}
    store = b"".join(record(0xF007, bytes(28) + struct.pack("<I", at) + bytes(4)) for at in pictures_of)
    document = record(0x03E8, record(0xF001, store, container=True), container=True)
    first = record(0x03EE, record(0x040C, shape(1, 100) + shape(2, 2000, 0x10), container=True), container=True)
    second = record(
        0x03EE, record(0x040C, shape(2, 2000) + shape(2, 2000) + shape(3, 2000), container=True), container=True
    )
    events = list(ppt._Presentation(document + first + second, pictures_of).events(b""))
    assert [(each.number, each.page, each.position.unit) for each in events if isinstance(each, Placed)] == [
        (2, 2, Unit.SLIDE)
    ]
    assert isinstance(events[-1], About) and events[-1].notes == ("drawings",)


def test_pictures_in_rich_text_stand_after_their_paragraph() -> None:
    data = png("A")
    pict = r"{\pict%s\picwgoal%d\pichgoal5000{\*\blipuid 00ff}" + "\n" + data.hex() + "}"
    source = r"{\rtf1 One " + pict % (r"\pngblip", 9000) + r" and.\par {\*\shppict" + pict % (r"\pngblip", 500) + "}"
    source += r"{\nonshppict" + pict % (r"\wmetafile8", 9000) + "}" + pict % (r"\emfblip", 9000) + r"Two.\par}"
    file = io.BytesIO(source.encode())
    events = list(rtf.read(file, len(source)))
    assert shown(events) == ["One and.", 1, "Two."]
    assert events[-1] == About(notes=("drawings",))
    places = rtf.picture_places(source.encode())
    assert len(places) == 4 and rtf.picture(source.encode(), places[0]) == data
    binary = rb"{\rtf1{\pict\pngblip\bin4 }{}" + b"z}}"
    assert rtf.picture(binary, rtf.picture_places(binary)[0]) == b"}{}z"


def test_pictures_in_web_pages_stand_where_they_are_shown() -> None:
    source = "data:image/png;base64," + base64.b64encode(png("A")).decode()
    page = f'<p style="display:none"><img src="{source}"></p><p>One<img src="{source}">Two</p><img src="far.png">'
    page += f'<table><tr><td>Three</td><td><img src="{source}"></td></tr></table>'
    file = io.BytesIO(page.encode())
    assert shown(list(html.read(file, len(page)))) == ["One", 2, "Two", "| Three |  |\n|-|-|", 3]
    assert html.pictures(file) == [png("A")] * 3


def test_pictures_in_a_workbook_are_on_their_sheet(tmp_path: Path) -> None:
    sheets = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="s{at}"/>' for at, name in enumerate("AB", 1))
    pic = '<xdr:pic><xdr:blipFill><a:blip r:embed="one"/></xdr:blipFill></xdr:pic>'
    anchor = f'<xdr:oneCellAnchor><xdr:ext cx="5400000" cy="3600000"/>{pic}</xdr:oneCellAnchor>'
    main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheet = f'<worksheet {_SHEET}><sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData></worksheet>'

    def ties(kind: str, *names: str) -> str:
        each = (f'<Relationship Id="s{at}" Type="{main}/{kind}" Target="{to}"/>' for at, to in enumerate(names, 1))
        return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(each)}</Relationships>'

    path = packed(
        tmp_path / "a.xlsx",
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": ties("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f"<workbook {_SHEET} {_R}><sheets>{sheets}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": ties("worksheet", "worksheets/sheet1.xml", "worksheets/sheet2.xml"),
            "xl/worksheets/sheet1.xml": sheet,
            "xl/worksheets/sheet2.xml": sheet,
            "xl/worksheets/_rels/sheet2.xml.rels": ties("drawing", "../drawings/drawing1.xml"),
            "xl/drawings/drawing1.xml": f'<xdr:wsDr xmlns:xdr="xdr" {_A} {_R}>{anchor}</xdr:wsDr>',
            "xl/drawings/_rels/drawing1.xml.rels": relations({"one": "../media/scan.png"}),
            "xl/media/scan.png": png(),
        },
    )
    with path.open("rb") as file:
        events = list(zipped.read(file, path.stat().st_size))
    placed = [event for event in events if isinstance(event, Placed)]
    assert [(each.number, each.page, each.position.name) for each in placed] == [(10, 2, "B")]


@pytest.mark.parametrize("family", [Family.RTF, Family.HTML, Family.ZIPPED])
def test_a_picture_that_is_not_there_is_empty(family: Family, tmp_path: Path) -> None:
    data = {
        Family.RTF: b"{\\rtf1}",
        Family.HTML: b"<p>",
        Family.ZIPPED: packed(tmp_path / "a.zip", {"a": "b"}).read_bytes(),
    }[family]
    assert pictures._source(io.BytesIO(data), len(data), family)(9) == b""
