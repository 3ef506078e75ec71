"""Older and open office formats: what is said on slides, in paragraphs and cells, with where it stands."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from assistant.ingestion import chunk, read_document
from assistant.ingestion.formats import rtf
from assistant.values import BlockKind, ReadDocument, Unit
from assistant.workers import Refusal
from tests.assistant.ingestion.making import pdf
from tests.assistant.ingestion.reading import read, short

ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:'
    'text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)


def odt(path: Path, body: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        content = f"<office:document-content {ODF}><office:body><office:text>{body}</office:text></office:body>"
        archive.writestr("content.xml", f"{content}</office:document-content>")
    return path


def test_an_open_document_s_headings_lists_tables_and_notes(tmp_path: Path) -> None:
    body = (
        '<text:h text:outline-level="2">Rent</text:h><text:p>It is<text:s text:c="2"/>due<text:note>'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>By noon.</text:p>"
        "</text:note-body></text:note>"
        " soon.</text:p>"
        "<text:list><text:list-item><text:p>One</text:p></text:list-item></text:list>"
        '<table:table><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>a</text:p>'
        "</table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>b</text:p></table:table-cell>"
        "<table:table-cell><text:p>c</text:p></table:table-cell></table:table-row></table:table>"
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
    )
    assert short(list(read(odt(tmp_path / "a.odt", body)).blocks)) == [
        ("h2", "Rent"),
        ("paragraph", "It is due soon."),
        ("list", "- One"),
        ("table", "| a | a |\n|-|-|\n| b | c |"),
        ("h1", "Notes"),
        ("paragraph", "By noon."),
    ]


def test_rtf_in_code_pages_and_unicode_with_tables_and_hidden_text() -> None:
    source = (
        rb"{\rtf1\ansi\ansicpg1250{\fonttbl{\f0\fcharset238 Arial;}{\f1\fcharset204 Arial;}}"
        rb"{\stylesheet{\s1\outlinelevel0 heading 1;}{\*\cs2 c;}}{\info{\title No}}"
        rb"\pard\s1 N\'e1zev\par\pard\plain \u269\'e8as {\v hidden}{\f1 \'c4\'e0} \emdash  end\par"
        rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt shown}}\par"
        rb"\trowd\intbl a\cell b\cell\row\trowd\intbl c\cell d\cell\row\pard{\footnote \pard A note.\par}last\par"
        rb"{\pict\bin4 {{{{ 0102}}"
    )
    assert short(rtf.blocks_of(source)) == [
        ("h1", "Název"),
        ("paragraph", "čas Да — end"),
        ("paragraph", "shown"),
        ("table", "| a | b |\n|-|-|\n| c | d |"),
        ("paragraph", "last"),
        ("h1", "Notes"),
        ("paragraph", "A note."),
    ]


@pytest.mark.parametrize("source", [b"{\\rtf1 \\bin99999999999 x}", b"{\\rtf1\\u-1?\\'zz}"])
def test_odd_rtf_ends_well(source: bytes) -> None:
    assert isinstance(rtf.blocks_of(source), list)


def test_groups_without_end_are_damage() -> None:
    with pytest.raises(Refusal):
        rtf.blocks_of(b"{\\rtf1" + b"{" * 200_000)


@pytest.mark.parametrize("name", ["ppt/legacy_sample.ppt", "odf/odf_presentation_01.odp"])
def test_slides_have_numbers_titles_and_tables(shared_data: Path, name: str) -> None:
    document = read(shared_data / "formats" / name)
    assert (document.unit, document.pages) == (Unit.SLIDE, 3)
    titles = [(block.page, block.text) for block in document.blocks if block.level == 1]
    assert titles[:2] == [(1, "Test Table Slide"), (2, "Second slide title")]
    table = next(block for block in document.blocks if block.kind is BlockKind.TABLE)
    assert table.text.count("A merged with B") == 2


def test_old_word_knows_its_headings_and_tables(shared_data: Path) -> None:
    document = read(shared_data / "formats" / "doc" / "greek_heading_styles.doc")
    assert any(block.level for block in document.blocks)
    document = read(shared_data / "formats" / "doc" / "legacy_sample.doc")
    assert any(block.kind is BlockKind.TABLE for block in document.blocks)


def test_a_book_s_chapters_are_numbered(shared_data: Path) -> None:
    document = read(next((shared_data / "zoo" / "epub").iterdir()))
    assert document.unit is Unit.CHAPTER
    assert document.pages >= 1


def test_an_image_of_text_says_how_it_was_read(shared_data: Path) -> None:
    *_, document = read_document(shared_data / "zoo" / "pdf" / "testOCR.pdf")
    assert isinstance(document, ReadDocument)
    assert document.ocr_pages == (1,)
    assert document.empty_pages == ()
    [block] = document.blocks
    assert "Happy New Year 2003" in block.text
    assert block.position.ocr is not None
    assert 0.5 < block.position.ocr <= 1
    assert "recognised here" in document.warnings[0]


@pytest.mark.parametrize(
    ("name", "part", "words"),
    [
        ("docx/testAltChunkHTML.docx", "htmlDoc.html", "ROW 1"),
        ("docx/EmbeddedPDF.docx", "oleObject1.bin/contents.pdf", "2010 Word Document"),
        ("pdf/testPDF_multiFormatEmbFiles.pdf", "Test.txt", "embedded file"),
    ],
)
def test_files_embedded_in_documents_are_read(shared_data: Path, name: str, part: str, words: str) -> None:
    document = read(shared_data / "zoo" / name)
    assert part in [each.name for each in document.parts]
    assert any(words in block.text and block.position.part == part for block in document.blocks)


def test_notes_on_a_page_and_boxes_on_a_sheet_are_text(shared_data: Path) -> None:
    document = read(shared_data / "zoo" / "pdf" / "testPopupAnnotation.pdf")
    assert [block.text for block in document.blocks] == ["Note: this is the note"]
    assert document.empty_pages == ()
    document = read(shared_data / "zoo" / "xls" / "testEXCEL_textbox.xls")
    assert any("autoshape text" in block.text for block in document.blocks)


def test_a_mixed_pdf_s_pictures_are_read_and_marked_page_by_page(tmp_path: Path) -> None:
    picture = Image.new("RGB", (1200, 500), "white")
    ImageDraw.Draw(picture).text((60, 60), "The deposit is 900 euros.", fill="black", font_size=48)
    picture.save(tmp_path / "scan.pdf", resolution=150)
    written = pdf(tmp_path / "text.pdf", [["The rent is 500 euros, due on the first."] * 3, []])
    document = pypdfium2.PdfDocument(written)
    document.import_pages(pypdfium2.PdfDocument(tmp_path / "scan.pdf"), index=1)
    document.save(tmp_path / "mixed.pdf")
    mixed = read(tmp_path / "mixed.pdf")
    assert (mixed.pages, mixed.ocr_pages, mixed.empty_pages) == (3, (2,), (3,))
    passages = chunk(mixed.blocks, lambda texts: [len(text.split()) for text in texts])
    assert [passage.place for passage in passages] == ["page 1", "page 2, read from a picture"]
    assert passages[1].text == "The deposit is 900 euros."
    assert passages[0].position.ocr is None
