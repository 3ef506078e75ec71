"""Pictures that stand in office documents and books are looked at for text, where they stand, and marked."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from assistant.errors import DocumentUnreadable
from assistant.ingestion import children
from assistant.ingestion.formats import zipped
from assistant.ingestion.formats.events import About, Placed
from assistant.values import Unit
from tests.assistant.ingestion.making import WORD, paragraph
from tests.assistant.ingestion.reading import read

_DRAWING = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_PRESENTATION = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_ODF = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible"))
)
_ODF += ' xmlns:x="http://www.w3.org/1999/xlink"'


def png(text: str = "") -> bytes:
    picture = Image.new("RGB", (1200, 200), "white")
    ImageDraw.Draw(picture).text((60, 60), text, fill="black", font_size=48)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def packed(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, inside in members.items():
            archive.writestr(name, inside)
    return path


def relations(targets: dict[str, str]) -> str:
    ties = "".join(f'<Relationship Id="{tie}" Type="x/image" Target="{name}"/>' for tie, name in targets.items())
    return f"<Relationships>{ties}</Relationships>"


def drawing(tie: str, wide: int, high: int) -> str:
    """A picture in a paragraph. wide, high: in tenths of a centimetre."""
    extent = f'<wp:extent cx="{wide * 36_000}" cy="{high * 36_000}"/>'
    shown = f'<w:drawing><wp:inline xmlns:wp="wp">{extent}<a:blip r:embed="{tie}"/></wp:inline></w:drawing>'
    return f"<w:p><w:r>{shown}</w:r></w:p>"


def word(path: Path, body: str, data: bytes) -> Path:
    return packed(
        path,
        {
            "word/document.xml": f"<w:document {WORD} {_DRAWING}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": relations(
                {"scan": "media/scan.png", "logo": "media/logo.png", "plan": "media/plan.emf"}
            ),
            "word/media/scan.png": data,
            "word/media/logo.png": png("9"),
            "word/media/plan.emf": b"drawn",
        },
    )


def told(path: Path) -> list[tuple[int, int | None, Unit]]:
    """The pictures that a reader tells of, and their places."""
    with path.open("rb") as file:
        events = list(zipped.read(file, path.stat().st_size))
    return [(each.number, each.page, each.position.unit) for each in events if isinstance(each, Placed)]


def test_a_scan_pasted_into_a_letter_is_read_where_it_stands(tmp_path: Path) -> None:
    body = paragraph("The rent is due.") + drawing("scan", 150, 50) + paragraph("It was paid.")
    document = read(word(tmp_path / "a.docx", body, png("The deposit is 900 euros.")))
    assert [block.text for block in document.blocks] == [
        "The rent is due.",
        "The deposit is 900 euros.",
        "It was paid.",
    ]
    assert [block.position.ocr is not None for block in document.blocks] == [False, True, False]
    assert document.warnings[0].startswith("Text in a picture was recognised here, about 9")


def test_a_picture_that_is_damaged_or_without_text_is_told(tmp_path: Path) -> None:
    body = drawing("scan", 150, 50) + drawing("logo", 150, 50)  # the one damaged, the other with a letter on it
    with pytest.raises(DocumentUnreadable, match="holds only pictures, and no text could be recognised"):
        read(word(tmp_path / "a.docx", body, b"\x89PNG\r\n\x1a\nno picture"))
    document = read(word(tmp_path / "b.docx", paragraph("The rent.") + body, b"\x89PNG\r\n\x1a\nno picture"))
    assert document.warnings == (
        "A picture in this file is damaged or far too large; what text may be on them was not read.",
    )


def test_a_picture_whose_packing_is_damaged_is_told(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", paragraph("The rent.") + drawing("scan", 150, 50), b"not packed")
    path.write_bytes(path.read_bytes().replace(b"not packed", b"not_packed"))  # its checksum is that of the other
    document = read(path)
    assert document.warnings == (
        "A picture in this file is damaged or far too large; what text may be on them was not read.",
    )


def test_a_picture_is_recognised_with_memory_to_spare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_MEMORY", 880 << 20)  # of 1,000: how threads take turns may cost the rest
    body = drawing("scan", 150, 50) + drawing("logo", 150, 50)
    document = read(word(tmp_path / "a.docx", body, png("The deposit is 900 euros.")))
    assert "The deposit is 900 euros." in [block.text for block in document.blocks]


def test_small_pictures_are_left_alone_and_drawings_are_told(tmp_path: Path) -> None:
    body = drawing("logo", 30, 15) + drawing("scan", 100, 60) + drawing("scan", 100, 60) + drawing("plan", 100, 60)
    path = word(tmp_path / "a.docx", body, png())
    assert told(path) == [(3, None, Unit.PAGE)]
    with path.open("rb") as file:
        *_, end = zipped.read(file, path.stat().st_size)
    assert isinstance(end, About)
    assert end.notes == ("drawings",)


def test_pictures_on_slides_have_their_slide(tmp_path: Path) -> None:
    size = '<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5400000" cy="3600000"/></a:xfrm></p:spPr>'
    shown = f'<p:pic><p:blipFill><a:blip r:embed="one"/></p:blipFill>{size}</p:pic>'
    fall = f"<p:graphicFrame><p:oleObj>{shown.replace('one', 'two')}</p:oleObj></p:graphicFrame>"
    slides = '<p:sldIdLst><p:sldId r:id="a"/><p:sldId r:id="b"/></p:sldIdLst>'
    path = packed(
        tmp_path / "a.pptx",
        {
            "ppt/presentation.xml": f"<p:presentation {_PRESENTATION} {_DRAWING}>{slides}</p:presentation>",
            "ppt/_rels/presentation.xml.rels": relations({"a": "slides/slide1.xml", "b": "slides/slide2.xml"}),
            "ppt/slides/slide1.xml": f"<p:sld {_PRESENTATION} {_DRAWING}><p:spTree/></p:sld>",
            "ppt/slides/slide2.xml": f"<p:sld {_PRESENTATION} {_DRAWING}><p:spTree>{fall}{shown}</p:spTree></p:sld>",
            "ppt/slides/_rels/slide2.xml.rels": relations({"one": "../media/scan.png", "two": "../media/object.png"}),
            "ppt/media/scan.png": png(),
            "ppt/media/object.png": png(),
        },
    )
    assert told(path) == [(6, 2, Unit.SLIDE)]


@pytest.mark.parametrize(
    ("kind", "before", "after", "place"),
    [
        ("text", "", "", (None, Unit.PAGE)),
        ("presentation", "<draw:page/><draw:page>", "</draw:page>", (2, Unit.SLIDE)),
    ],
)
def test_pictures_in_open_documents_are_told(
    tmp_path: Path, kind: str, before: str, after: str, place: tuple[int | None, Unit]
) -> None:
    sizes = (("12cm", "Pictures/scan.png"), ("0.5in", "Pictures/logo.png"))
    shown = "".join(
        f'<text:p><draw:frame svg:width="{wide}" svg:height="60mm"><draw:image x:href="{name}"/></draw:frame></text:p>'
        for wide, name in sizes
    )
    body = f"<office:{kind}>{before}{shown}{after}</office:{kind}>"
    path = packed(
        tmp_path / "a.odt",
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document {_ODF}>{body}</office:document>",
            "Pictures/scan.png": png(),
            "Pictures/logo.png": png(),
        },
    )
    assert told(path) == [(3, *place)]


def test_a_chapter_that_is_a_picture_of_a_page_is_told(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "a.epub",
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfile full-path="b/c.opf"/></container>',
            "b/c.opf": '<p><manifest><item id="1" href="t/1.xhtml"/><item id="2" href="t/2.xhtml"/></manifest>'
            '<spine><itemref idref="1"/><itemref idref="2"/></spine></p>',
            "b/t/1.xhtml": f'<html><body><p>{"A chapter with words. " * 9}</p><img src="../i/2.png"/></body></html>',
            "b/t/2.xhtml": '<html><body><img class="page" src="../i/2.png"/></body></html>',
            "b/i/2.png": png(),
        },
    )
    assert told(path) == [(6, 2, Unit.CHAPTER)]
