"""Documents made by hand, so that a test knows what is in them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(path: Path, body: str, prologue: str = "", **parts: str) -> Path:
    """A Word document. body: what is inside w:body. parts: other XML parts of word/, as styles="<w:style ...>"."""
    document = f"{prologue}<w:document {WORD}><w:body>{body}</w:body></w:document>"
    others = {name: f"<w:{name} {WORD}>{inside}</w:{name}>" for name, inside in parts.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {"document": document, **others}.items():
            # Of one date always, so that the bytes are the same each time.
            archive.writestr(zipfile.ZipInfo(f"word/{name}.xml"), content, zipfile.ZIP_DEFLATED)
    return path


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of WordprocessingML."""
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def pdf(path: Path, pages: Sequence[Sequence[str]], size: int = 12, more: Iterable[bytes] = ()) -> Path:
    """A PDF with these lines on its pages, each 14 points under the one before, ASCII only.

    more: operators of the content stream put at the end of each page.
    """
    contents = []
    for lines in pages:
        shown = b"".join(b"(" + _escaped(line) + b") Tj 0 -14 Td " for line in lines)
        contents.append(b"BT /F1 %d Tf 60 760 Td " % size + shown + b"ET " + b" ".join(more))
    return pdf_of(path, contents)


def pdf_of(path: Path, contents: Sequence[bytes], count: int | None = None) -> Path:
    """A PDF whose pages have these content streams. count: the number of pages it claims to have."""
    first = 4
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>"
        % (b" ".join(b"%d 0 R" % (first + 2 * at) for at in range(len(contents))), count or len(contents)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for at, content in enumerate(contents):
        packed = zlib.compress(content, 9)
        resources = b"/Resources<</Font<</F1 3 0 R>>>>"
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R%s>>" % (first + 2 * at + 1, resources)
        )
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed))
    path.write_bytes(_assembled(objects))
    return path


def form(path: Path, widgets: Sequence[bytes], content: bytes = b"") -> Path:
    """A PDF of one page with these fields on it, each what is inside its dictionary."""
    first = 6
    numbers = b" ".join(b"%d 0 R" % (first + at) for at in range(len(widgets)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%s]>>>>" % numbers,
        b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R/Annots[%s]/Resources<</Font<</F1 3 0 R>>>>>>"
        % numbers,
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        *(b"<</Type/Annot/Subtype/Widget/Rect[60 700 200 720]%s>>" % widget for widget in widgets),
    ]
    path.write_bytes(_assembled(objects))
    return path


def _escaped(line: str) -> bytes:
    return line.encode("ascii").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _assembled(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table)
    return bytes(out)
