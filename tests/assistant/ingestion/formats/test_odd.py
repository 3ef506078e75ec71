"""What programs write against the rules of their formats is read all the same, or told; none of it vanishes."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from assistant.errors import DocumentUnreadable
from assistant.ingestion.formats import mail
from assistant.ingestion.formats.events import About
from tests.assistant.ingestion.reading import read


def texts(path: Path) -> list[str]:
    return [block.text for block in read(path).blocks]


@pytest.mark.parametrize("name", ["export.xls", "export.xlsx", "export.csv"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_table_of_text_is_one_whatever_it_is_called(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes("Name;Sum;City\nQuince;12,5;York\nMüller;13,5;Bath\n".encode(encoding))
    [table] = read(path).tables
    assert table.rows[1:] == (("Quince", "12,5", "York"), ("Müller", "13,5", "Bath"))


def test_a_letter_of_text_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "letter.doc"
    path.write_text("The hedge at Harrow Lane is green.")
    assert texts(path) == ["The hedge at Harrow Lane is green."]


def test_excel_s_own_first_line_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"sep=;"\nname;value,full\nquince;3\n')
    [table] = read(path).tables
    assert table.rows == (("name", "value,full"), ("quince", 3))
    assert table.position.cells == "A1:B2"


def test_a_member_that_climbs_out_of_its_archive_is_read_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../climbs.txt", "About ladders.")
        archive.writestr(".hidden/no.txt", "No.")
    document = read(path)
    assert [part.name for part in document.parts] == ["climbs.txt"]
    assert document.blocks[-1].text == "About ladders."


def test_an_attachment_without_a_byte_is_told(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Lease"
    message.set_content("See attached.")
    message.add_attachment(b"", maintype="application", subtype="pdf", filename="lease.pdf")
    path = tmp_path / "a.eml"
    path.write_bytes(bytes(message))
    document = read(path)
    assert [(part.name, part.refused) for part in document.parts] == [
        ("lease.pdf", "lease.pdf is empty: it has 0 bytes.")
    ]
    assert any("lease.pdf" in warning for warning in document.warnings)


def test_a_message_of_endless_parts_says_that_there_were_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_MOST_PARTS", 2)
    message = EmailMessage()
    message.set_content("Text.")
    for number in range(3):
        message.add_attachment(f"{number}", filename=f"{number}.txt")
    found = mail._letter(bytes(message)).attached
    assert [(one.name, one.refused) for one in found] == [("0.txt", ""), ("further parts", "too-much")]


def epub(path: Path, manifest: str, spine: str = "", **pages: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml", '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>'
        )
        archive.writestr("b.opf", f"<package><manifest>{manifest}</manifest>{spine}</package>")
        for name, text in pages.items():
            archive.writestr(f"{name}.xhtml", f"<html><body><p>{text}</p></body></html>")
    return path


def test_a_book_that_names_no_order_is_read_and_a_chapter_that_is_not_there_is_lost(tmp_path: Path) -> None:
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in ("one", "two")
    )
    assert texts(epub(tmp_path / "a.epub", items, one="First.", two="Second.")) == ["First.", "Second."]
    spine = '<spine><itemref idref="one"/><itemref idref="two"/></spine>'
    document = read(epub(tmp_path / "b.epub", items, spine, one="First."))
    assert (document.pages, document.lost_pages, document.empty_pages) == (2, (2,), ())
    assert "Chapter 2 of 2 is damaged" in document.warnings[0]


def test_names_that_an_xml_file_explains_itself_are_spelled_out_and_others_are_told(tmp_path: Path) -> None:
    inside = '<!ENTITY firm "Harrow Lane"><!ENTITY loop "&firm;&firm;"><!ENTITY file SYSTEM "file:///etc/hostname">'
    path = tmp_path / "a.xml"
    path.write_text(f"<!DOCTYPE n [{inside}]><n><to>&firm; Ltd</to><p>At &firm;, now <b>x</b>&firm;.</p></n>")
    document = read(path)
    assert [block.text for block in document.blocks] == ["to: Harrow Lane Ltd", "At Harrow Lane, now xHarrow Lane."]
    assert document.warnings == ()
    for name in ("loop", "file", "unknown"):
        path.write_text(f"<!DOCTYPE n [{inside}]><n><p>Water &{name}; the hedge.</p></n>")
        document = read(path)
        assert "hedge" in document.blocks[0].text and "explained elsewhere" in document.warnings[0]


def test_names_in_xml_that_are_against_the_rules_cost_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text('<n><dc:Title>The hedge</dc:Title><dc:date opf:event="a" opf:event="b">May</dc:date></n>')
    assert [block.text for block in read(path).blocks] == ["The hedge", "date: May"]
    office = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    text = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    said = '<text:p xml:id="a#1">The hedge</text:p><text:p xml:id="b">is green.</text:p><text:p xml:id="b"/>'
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", f"<office:d {office} {text}><office:text>{said}</office:text></office:d>")
    assert [block.text for block in read(tmp_path / "a.odt").blocks] == ["The hedge", "is green."]
    with zipfile.ZipFile(tmp_path / "b.odt", "w") as archive:  # cut off besides: that is damage
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", f"<office:d {office} {text}><office:text>{said}")
    with pytest.raises(DocumentUnreadable, match="damaged"):
        read(tmp_path / "b.odt")


def test_a_mailbox_tells_a_message_that_was_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_LARGEST_MESSAGE", 200)
    data = b"From a\nSubject: One\n\n" + b"text of a long letter\n" * 30 + b"\nFrom b\nSubject: Two\n\nshort\n"
    *_, about = mail.read_mailbox(io.BytesIO(data), len(data))
    assert isinstance(about, About)
    assert about.pages == 2 and about.notes == ("more-mail",)


def test_a_book_whose_chapters_are_under_a_key_says_so(tmp_path: Path) -> None:
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="b/c.opf"/></container>',
        "META-INF/encryption.xml": '<encryption><CipherReference URI="b/1.xhtml"/></encryption>',
        "b/c.opf": '<p><manifest><item id="1" href="1.xhtml"/></manifest><spine><itemref idref="1"/></spine></p>',
        "b/1.xhtml": "locked",
    }
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as archive:
        for name, inside in parts.items():
            archive.writestr(name, inside)
    with pytest.raises(DocumentUnreadable, match="is protected in a way"):
        read(tmp_path / "a.epub")
