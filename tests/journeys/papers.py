"""Documents made for tests: small, real files whose pages hold known sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FACTS = (
    "The hedge at Harrow Lane was planted in 1874 by Ottilie Brandt, the head gardener of the estate.",
    "The kettle in the garden hut holds four litres and takes eleven minutes to boil.",
    "In the winter of 1891 a fox named Barnaby lived under the greenhouse for three months.",
)


def pdf(path: Path, pages: Sequence[str]) -> Path:
    """Write a PDF (ISO 32000-1) with one page per text; "" makes an empty page. Lines break at 80 characters."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for text in pages:
        content = _content(text)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    written = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    path.write_bytes(written)
    return path


def _content(text: str) -> bytes:
    if not text:
        return b""
    words, lines = text.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 80:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    escaped = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in lines]
    shown = "".join(f"({line}) Tj 0 -14 Td " for line in escaped)
    return f"BT /F1 11 Tf 72 720 Td {shown}ET".encode("latin-1", "replace")


def facts(path: Path) -> Path:
    """A PDF with one fact a page, among sentences about nothing in particular."""
    filler = "This page belongs to the records of the estate and was copied by hand from the old ledger. "
    return pdf(path, [filler + fact for fact in FACTS])
