"""What older and open office files carry besides their own text is read, or said to be left out."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from assistant.errors import DocumentUnreadable
from assistant.ingestion.formats import compound, ppt
from assistant.ingestion.formats.events import About, Inside
from assistant.values import Block, BlockKind, ReadDocument
from tests.assistant.ingestion import excel95
from tests.assistant.ingestion.reading import read


def events(path: Path) -> list[object]:
    """What the reader of compound files says, without a child."""
    with path.open("rb") as file:
        return [*compound.read(file, path.stat().st_size)]


@pytest.mark.parametrize(
    ("name", "inside", "notes"),
    [
        ("testWORD_embeded.doc", ["package.zip"], ("embedded",)),
        ("testPPT_embedded2.ppt", ["object 1.ole", "object 2.ole"], ()),
        ("testExcel_embeddedPDF.xls", ["contents.pdf"], ()),
    ],
)
def test_objects_in_old_files_are_handed_out_or_told(
    shared_data: Path, name: str, inside: list[str], notes: tuple[str, ...]
) -> None:
    found = events(next(shared_data.rglob(name)))
    assert [one.name for one in found if isinstance(one, Inside)] == inside
    about = found[-1]
    assert isinstance(about, About) and about.notes == notes


def test_a_document_inside_a_workbook_is_read_with_it(shared_data: Path) -> None:
    found = events(next(shared_data.rglob("testEXCEL_embeded.xls")))
    texts = [one.text for one in found if isinstance(one, Block)]
    assert texts.index("Embedded document") < len(texts) - 1


def test_what_lies_in_a_presentation_s_object_is_part_of_it(shared_data: Path) -> None:
    document = read(next(shared_data.rglob("testPPT_EmbeddedPDF.ppt")))
    parts = {part.name: part.refused for part in document.parts}
    assert any(name.endswith(".pdf") and not refused for name, refused in parts.items()), parts
    assert all(refused == "" or refused.endswith(".") for refused in parts.values())


def test_a_workbook_of_excel_95_is_read_with_its_comments(tmp_path: Path) -> None:
    cells = excel95.label(0, 0, b"Tenant") + excel95.label(0, 1, b"Rent") + excel95.label(0, 2, b"Since")
    cells += (
        excel95.label(1, 0, "Сад и ключ".encode("cp1251")) + excel95.number(1, 1, 1234.5) + excel95.date(1, 2, 35000)
    )
    cells += excel95.formula(2, 0, b"Harbour") + excel95.small_numbers(2, 1, [250, 7])
    cells += excel95.comment(1, 1, ["Оплачено".encode("cp1251"), b" in May"])
    sheets = {b"Rents": cells, b"Second": excel95.label(0, 0, b"barometer")}
    document = read(excel95.workbook(tmp_path / "old.xls", sheets, code_page=1251))
    assert document.pages == 2
    [table] = document.tables
    assert table.rows == (("Tenant", "Rent", "Since"), ("Сад и ключ", 1234.5, "1995-10-28"), ("Harbour", 250, 7))
    assert (table.position.name, table.position.cells) == ("Rents", "A1:C3")
    assert [block.text for block in document.blocks if block.page == 2] == [
        "Second", "barometer", "Text boxes and comments", "Comment on B2: Оплачено in May",
    ]  # fmt: skip


def test_a_workbook_of_excel_95_without_a_word_is_not_called_unreadable(shared_data: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="No text was found in"):
        read(next(shared_data.rglob("testEXCEL_95.xls")))


@pytest.mark.parametrize("head", ["0900040002001000", "09020600000010000000", "09040600000010000000"])
def test_a_sheet_of_excel_4_or_older_says_what_it_is(tmp_path: Path, head: str) -> None:
    path = tmp_path / "older.xls"
    path.write_bytes(bytes.fromhex(head) + bytes(200))
    with pytest.raises(DocumentUnreadable, match="Excel 4"):
        read(path)


def record(kind: int, data: bytes, container: bool = False, instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | (0xF if container else 0), kind, len(data)) + data


def test_a_damaged_object_is_told_and_one_that_unpacks_without_end_is_cut() -> None:
    packed = zlib.compress(b"compound")
    data = record(0x1011, struct.pack("<I", 8) + packed, instance=1) + record(0x1011, b"1234no", instance=1)
    data += record(0x1011, b"plain")
    starts = [0, len(data) - 13 - 14, len(data) - 13]
    found = list(ppt._Presentation(data)._objects(dict(enumerate(starts))))
    assert [(one.refused, b"".join(one.data)) for one in found] == [("", b"compound"), ("damaged", b""), ("", b"plain")]


ODF = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = " ".join(
    f'xmlns:{short}="{ODF}{full}:1.0"'
    for short, full in {
        "office": "office", "draw": "drawing", "text": "text", "style": "style", "presentation": "presentation",
    }.items()
)  # fmt: skip


def test_what_stands_on_every_slide_of_an_open_presentation_is_read_once(tmp_path: Path) -> None:
    def frame(text: str, more: str = "") -> str:
        return f"<draw:frame {more}><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"

    foot = "presentation:use-footer-name='f1'"
    pages = "".join(f"<draw:page {foot}>{frame(text)}</draw:page>" for text in ("The first.", "The second."))
    declared = "".join(
        f"<presentation:footer-decl presentation:name='{name}'>{text}</presentation:footer-decl>"
        for name, text in (("f1", "In confidence"), ("f2", "Used nowhere"))
    )
    shown, prompt = frame("Harrow Lane Ltd"), frame("Click to edit", "presentation:placeholder='true'")
    number = frame("12", "presentation:class='page-number'")
    notes = f"<presentation:notes>{frame('On the notes')}{prompt}</presentation:notes>"
    masters = f"<style:master-page>{shown}{prompt}{number}{notes}</style:master-page>" * 2
    path = tmp_path / "a.odp"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.presentation")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        body = f"<office:body><office:presentation>{declared}{pages}</office:presentation></office:body>"
        archive.writestr("content.xml", f"<office:document-content {NAMES}>{body}</office:document-content>")
        styles = f"<office:master-styles>{masters}</office:master-styles>"
        archive.writestr("styles.xml", f"<office:document-styles {NAMES}>{styles}</office:document-styles>")
    document = read(path)
    assert isinstance(document, ReadDocument)
    assert [(block.kind, block.page, block.text) for block in document.blocks] == [
        (BlockKind.PARAGRAPH, 1, "The first."),
        (BlockKind.PARAGRAPH, 2, "The second."),
        (BlockKind.HEADING, 2, "On every slide"),
        (BlockKind.PARAGRAPH, 2, "In confidence"),
        (BlockKind.PARAGRAPH, 2, "Harrow Lane Ltd"),
        (BlockKind.PARAGRAPH, 2, "On the notes"),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("testMasterFooter.odp", "Master footer is here"),
        ("testPPT_masterText.ppt", "Text that I added to the master slide"),
    ],
)
def test_what_stands_on_the_master_alone_is_read(shared_data: Path, name: str, said: str) -> None:
    document = read(next(shared_data.rglob(name)))
    assert [(block.text, block.page) for block in document.blocks] == [
        ("On every slide", document.pages),
        (said, document.pages),
    ]
